import type { CommandId, EvidenceHash, Fingerprint, PayoutId, ProviderReference } from '../ids.js';
import type { CurrencyCode } from '../money/currency.js';
import type { Money } from '../money/money.js';
import type { OrderTerms } from '../provider/contract-card.js';
import type { ProviderName } from '../provider/provider-name.js';
import type { ProviderOutcome, ReportSource } from '../provider/provider-report.js';
import type { FundsReference, ParkReason, PayoutEventOf, PayoutRequest } from './events.js';
import type { RejectionReason } from './rejections.js';

/** A caller's command about a payout. Where a time matters it is in the command; no clock is read in here. */
export interface RequestPayout {
  readonly type: 'RequestPayout';
  readonly request: PayoutRequest;
  /** What the provider takes in this currency, or why there are no terms. */
  readonly terms: OrderTerms | 'provider-not-set-up' | 'currency-not-paid';
  /** Why the provider can't pay this beneficiary, in words without personal data. */
  readonly beneficiaryProblem?: string;
  /** The account as far as it never changes: whether it was opened, and its currency. */
  readonly account: { readonly currency: CurrencyCode } | 'unknown';
}

export interface CancelPayout {
  readonly type: 'CancelPayout';
  readonly payoutId: PayoutId;
  readonly commandId: CommandId;
  readonly fingerprint: Fingerprint;
  readonly reason?: string;
}

/** A person's decision about a payout that is parked, by name and with a reason. */
export interface ResolvePayout {
  readonly type: 'ResolvePayout';
  readonly payoutId: PayoutId;
  readonly commandId: CommandId;
  readonly fingerprint: Fingerprint;
  /** `paid` and `not-paid` are the operator's evidence; `resume` lets the process go on by itself. */
  readonly decision: 'paid' | 'not-paid' | 'resume';
  readonly operator: string;
  readonly reason: string;
  /** In the payout's currency; what was ordered, if absent. */
  readonly paid?: Money;
  /** In the payout's currency; none, if absent. */
  readonly fee?: Money;
  /** Milliseconds since the epoch. After `resume`, the time until the next parking counts from here. */
  readonly at: number;
}

export type CallerCommand = RequestPayout | CancelPayout | ResolvePayout;

/** The funding account refused the reservation. */
export interface RejectPayout {
  readonly type: 'RejectPayout';
  readonly reason: RejectionReason;
  readonly detail: string;
}

/** The intent, to be durable before the first byte leaves. */
export interface StartSubmission {
  readonly type: 'StartSubmission';
  readonly attempt: number;
  readonly provider: ProviderName;
  readonly reference: ProviderReference;
  readonly businessHash: Fingerprint;
  readonly funds: FundsReference;
  readonly at: number;
}

export interface StartResend {
  readonly type: 'StartResend';
  readonly attempt: number;
  readonly rule: PayoutEventOf<'PayoutResendStarted'>['data']['rule'];
  readonly at: number;
}

/** The sends of the attempt were to end by now and nobody knows how: a crash, or a lost copy. */
export interface MarkOutcomeUnknown {
  readonly type: 'MarkOutcomeUnknown';
  readonly attempt: number;
  readonly reason: string;
}

/** No further attempt will be made after a proved failure. */
export interface ConcludeFailure {
  readonly type: 'ConcludeFailure';
}

export interface ParkPayout {
  readonly type: 'ParkPayout';
  readonly reason: ParkReason;
  readonly detail: string;
}

/** What a provider said, through whichever channel. */
export interface ApplyProviderReport {
  readonly type: 'ApplyProviderReport';
  readonly attempt: number;
  readonly source: ReportSource;
  readonly outcome: ProviderOutcome;
  readonly evidence?: EvidenceHash;
  readonly at: number;
  readonly rules: ReportRules;
}

/** What the provider's card says about reports. */
export interface ReportRules {
  readonly refusalIsProof: boolean;
  /** See `ContractCard.notFoundIsFinalAfter`. */
  readonly notFoundIsFinalAfter: number | null;
}

export type ProcessCommand =
  | RejectPayout
  | StartSubmission
  | StartResend
  | MarkOutcomeUnknown
  | ConcludeFailure
  | ParkPayout
  | ApplyProviderReport;

export type PayoutCommand = CallerCommand | ProcessCommand;
