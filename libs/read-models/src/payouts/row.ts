import type { ProviderName } from '#domain/provider/provider-name';
import type { BeneficiaryKind } from '#domain/provider/beneficiary';
import type { ParkReason } from '#domain/payout/events';

/**
 * How readers see a payout. `reserved` is known to them only: the account holds the money, and no request is under way
 * (none yet, or an attempt is proved dead and another may follow). Parked lies over the status.
 */
export const READER_STATUSES = [
  'requested',
  'reserved',
  'submitting',
  'submitted',
  'unknown',
  'succeeded',
  'failed',
  'rejected',
  'cancelled',
] as const;
export type ReaderStatus = (typeof READER_STATUSES)[number];

/** `payouts`: the present state of each payout. No personal data. */
export interface PayoutRow {
  readonly payout_id: string;
  readonly account_id: string;
  /** Of the current attempt; before there is one, the one asked for. */
  readonly provider: ProviderName;
  readonly currency: string;
  /** Decimal text in major units, and whole minor units as text: tokens of 18 decimals don't fit an integer. */
  readonly amount: string;
  readonly amount_minor: string;
  readonly payee_id: string;
  readonly beneficiary_kind: BeneficiaryKind;
  readonly caller: string;
  readonly command_id: string;
  readonly status: ReaderStatus;
  readonly parked_reason: ParkReason | null;
  readonly parked_detail: string | null;
  /** How often a final state turned. */
  readonly reversed_count: number;
  /** Why it was rejected, cancelled, failed, or why its outcome is unknown. */
  readonly reason: string | null;
  /** The reason in words, of a rejection. */
  readonly detail: string | null;
  /** The provider's own last word. */
  readonly raw_status: string | null;
  /** Counts from 1; null before the first. */
  readonly attempt: number | null;
  /** Our reference of that attempt, and the provider's number. */
  readonly reference: string | null;
  readonly order_id: string | null;
  /** What the beneficiary got and the provider charged; while it counts as succeeded only. */
  readonly paid: string | null;
  readonly paid_minor: string | null;
  readonly fee: string | null;
  readonly fee_minor: string | null;
  /** RFC 3339, UTC with milliseconds: text order is time order. */
  readonly requested_at: string;
  readonly updated_at: string;
  /** `positionKey` of its first event: unique, and the order of pages. */
  readonly opened_key: string;
  /** Log position and revision of the last event of the payout's own stream. */
  readonly position: string;
  readonly revision: string;
}
