/**
 * Why a payout is refused for good, in the order in which the reasons are tried: with two things wrong, every build
 * gives the same one. The first seven are known when the request is decided; the rest come from the funding account.
 */
export const REJECTION_REASONS = [
  'provider-unavailable',
  'currency-not-paid-by-provider',
  'amount-too-precise-for-provider',
  'amount-outside-provider-limits',
  'beneficiary-not-payable',
  'unknown-account',
  'account-currency-differs',
  'account-closed',
  'account-overdrawn',
  'insufficient-funds',
] as const;
export type RejectionReason = (typeof REJECTION_REASONS)[number];

/** Why a well-formed command does nothing, in the order in which the reasons are tried. */
export const REFUSAL_REASONS = [
  'command-id-reused',
  'unknown-payout',
  'already-rejected',
  'already-cancelled',
  'already-submitted',
  'already-final',
  'not-parked',
  'never-submitted',
  'settlement-currency-differs',
] as const;
export type RefusalReason = (typeof REFUSAL_REASONS)[number];
