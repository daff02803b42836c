import type { Finding } from './findings.js';
import { isFinal, type PayoutHistory } from './payout-history.js';

/** Each payout is in exactly one of these but `reversed`, which counts those that turned on the way. */
export interface PayoutCounts {
  readonly payouts: number;
  readonly succeeded: number;
  readonly failed: number;
  readonly rejected: number;
  readonly cancelled: number;
  /** Not final, and waiting for a person. */
  readonly parked: number;
  /** Not final, and still under way. */
  readonly open: number;
  readonly reversed: number;
}

/** What a run is judged to be. */
export interface RunReport extends PayoutCounts {
  /** By the provider that the payout was sent to, or was meant for; '-' where none was named. */
  readonly byProvider: Readonly<Record<string, PayoutCounts>>;
  readonly booksBalance: boolean;
  readonly providersAgree: boolean;
  /** Payouts of which more than one payment stands. */
  readonly paidTwice: number;
  readonly replayEqual: boolean;
  /** At least one for each claim that is false. */
  readonly findings: readonly Finding[];
}

export function countPayouts(payouts: Iterable<PayoutHistory>): PayoutCounts {
  const counts = {
    payouts: 0,
    succeeded: 0,
    failed: 0,
    rejected: 0,
    cancelled: 0,
    parked: 0,
    open: 0,
    reversed: 0,
  };
  for (const { status, parked, reversals } of payouts) {
    counts.payouts += 1;
    if (reversals > 0) counts.reversed += 1;
    counts[isFinal(status) ? status : parked ? 'parked' : 'open'] += 1;
  }
  return counts;
}

export function countByProvider(payouts: Iterable<PayoutHistory>): Readonly<Record<string, PayoutCounts>> {
  const groups = Map.groupBy(
    payouts,
    ({ attempts, provider }) => [...attempts.values()].at(-1) ?? provider ?? '-',
  );
  return Object.fromEntries(
    [...groups].sort(([a], [b]) => (a < b ? -1 : 1)).map(([provider, own]) => [provider, countPayouts(own)]),
  );
}
