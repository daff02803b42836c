import { BOOKS } from '#domain/postings/postings';
import { formatMoney } from '#domain/money/money';
import type { CurrencyCode } from '#domain/money/currency';
import type { PayoutStatus } from '#domain/payout/state';
import type { LogPosition } from '#event-store/event-store';
import type { Difference } from './difference.js';
import type { LedgerFold } from './ledger-fold.js';

/** What a replay of the whole log came to. */
export interface ReplayReport {
  readonly log: { readonly events: number; readonly lastPosition: LogPosition | null };
  readonly milliseconds: number;
  readonly eventsPerSecond: number;
  readonly payouts: {
    readonly total: number;
    readonly byStatus: Readonly<Partial<Record<PayoutStatus, number>>>;
    readonly parked: number;
    /** Payouts that turned at least once. */
    readonly reversed: number;
  };
  readonly accounts: { readonly total: number; readonly closed: number };
  readonly postings: number;
  readonly currencies: readonly CurrencyReport[];
  /** Accounts whose books don't sum to zero, or whose reservations aren't what the book `reserved` says. */
  readonly brokenAccounts: readonly string[];
  /** Absent when the file has none. */
  readonly readModels: readonly ReadModelReport[] | null;
  readonly differences: readonly Difference[];
  /** The books balance and every read model is what the log makes of it. */
  readonly equal: boolean;
}

/** Decimal text in major units, over all accounts of the currency. */
export interface CurrencyReport {
  readonly currency: CurrencyCode;
  readonly debits: string;
  readonly credits: string;
  /** Of the book `reserved`, and of the open reservations one by one. */
  readonly reserved: string;
  readonly openReservations: string;
  readonly balanced: boolean;
}

export interface ReadModelReport {
  readonly model: string;
  readonly checkpoint: LogPosition | null;
  /** Events of the log that it hasn't seen yet. It was compared with the log up to its checkpoint. */
  readonly eventsBehind: number;
  readonly rows: number;
  readonly differences: number;
}

export function payoutCounts(fold: LedgerFold): ReplayReport['payouts'] {
  const byStatus: Partial<Record<PayoutStatus, number>> = {};
  let [parked, reversed] = [0, 0];
  for (const { state, reversals } of fold.payouts.values()) {
    byStatus[state.status] = (byStatus[state.status] ?? 0) + 1;
    if ('parked' in state && state.parked !== undefined) parked += 1;
    if (reversals > 0) reversed += 1;
  }
  return { total: fold.payouts.size, byStatus, parked, reversed };
}

export function accountCounts(fold: LedgerFold): ReplayReport['accounts'] {
  const states = [...fold.accounts.values()];
  return { total: states.length, closed: states.filter(({ status }) => status === 'closed').length };
}

export function currencyReports(fold: LedgerFold): readonly CurrencyReport[] {
  const held = new Map<CurrencyCode, { reserved: bigint; open: bigint }>();
  for (const state of fold.accounts.values()) {
    if (state.status === 'absent') continue;
    const sums = held.get(state.currency) ?? { reserved: 0n, open: 0n };
    sums.reserved += state.balances.reserved.minor;
    for (const [, amount] of state.holds.entries()) sums.open += amount.minor;
    held.set(state.currency, sums);
  }
  return [...held]
    .map(([currency, { reserved, open }]) => {
      const { debits, credits } = fold.turnover.get(currency) ?? { debits: 0n, credits: 0n };
      const print = (minor: bigint): string => formatMoney({ minor, currency });
      return {
        currency,
        debits: print(debits),
        credits: print(credits),
        reserved: print(reserved),
        openReservations: print(open),
        balanced: debits === credits && reserved === open,
      };
    })
    .sort((a, b) => (a.currency < b.currency ? -1 : 1));
}

/** Account by account: two errors that cancel out in a currency's sum still show. */
export function brokenAccounts(fold: LedgerFold): readonly string[] {
  const broken: string[] = [];
  for (const [accountId, state] of fold.accounts) {
    if (state.status === 'absent') continue;
    const sum = BOOKS.reduce((total, book) => total + state.balances[book].minor, 0n);
    let held = 0n;
    for (const [, amount] of state.holds.entries()) held += amount.minor;
    if (sum !== 0n || held !== state.balances.reserved.minor) broken.push(accountId);
  }
  return broken;
}
