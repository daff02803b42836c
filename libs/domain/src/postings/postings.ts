import type { AccountEvent } from '../account/events.js';
import type { AccountId } from '../ids.js';
import { zero, type Money } from '../money/money.js';

/**
 * The books of a funding account. `available`, `reserved` and `difference` are the client's money with us; `deposits`
 * and `corrections` are where it came from, `paid` and `fees` where it went; `duplicate-payment` is what left without
 * an order.
 */
export const BOOKS = [
  'deposits',
  'corrections',
  'available',
  'reserved',
  'difference',
  'paid',
  'fees',
  'duplicate-payment',
] as const;
export type Book = (typeof BOOKS)[number];

export interface Posting {
  readonly accountId: AccountId;
  readonly book: Book;
  readonly side: 'debit' | 'credit';
  /** Greater than zero. */
  readonly amount: Money;
}

/** Debits and credits of one event that differ: the process stops, since the books would lie (guarantee G36). */
export class UnbalancedPostingsError extends Error {
  override readonly name = 'UnbalancedPostingsError';
}

/** The double entry of an account event, a pure function of it. Throws `UnbalancedPostingsError`. */
export function postings(event: AccountEvent): readonly Posting[] {
  const entries = entriesOf(event);
  assertBalanced(event, entries);
  return entries;
}

function entriesOf(event: AccountEvent): readonly Posting[] {
  switch (event.type) {
    case 'AccountOpened':
    case 'AccountClosed':
    case 'AccountInstructionRefused':
    case 'FundsReservationRefused':
      return [];
    case 'FundsDeposited':
      return transfer(event, 'deposits', 'available', event.data.amount);
    case 'FundsCorrected':
      return transfer(event, 'corrections', 'available', event.data.amount);
    case 'FundsReserved':
      return transfer(event, 'available', 'reserved', event.data.amount);
    case 'FundsSettled': {
      const { paid, fee, released, difference, reserved } = event.data;
      return [
        ...entry(event, 'reserved', 'debit', reserved),
        ...entry(event, 'paid', 'credit', paid),
        ...entry(event, 'fees', 'credit', fee),
        ...entry(event, 'available', 'credit', released),
        ...entry(event, 'difference', 'credit', difference),
      ];
    }
    case 'FundsReleased':
      return transfer(event, 'reserved', 'available', event.data.amount);
    case 'FundsReturned':
      return [
        ...transfer(event, 'paid', 'available', event.data.paid),
        ...transfer(event, 'fees', 'available', event.data.fee),
      ];
    case 'FundsReclaimed':
      return [
        ...transfer(event, 'available', 'paid', event.data.paid),
        ...transfer(event, 'available', 'fees', event.data.fee),
      ];
    case 'FundsFeeAdjusted':
      return transfer(event, 'available', 'fees', event.data.difference);
    case 'DuplicatePaymentPosted':
      return [
        ...transfer(event, 'duplicate-payment', 'paid', event.data.paid),
        ...transfer(event, 'duplicate-payment', 'fees', event.data.fee),
      ];
  }
}

/** Moves an amount between two books; a negative one moves the other way. */
function transfer(event: AccountEvent, from: Book, to: Book, amount: Money): readonly Posting[] {
  return [...entry(event, from, 'debit', amount), ...entry(event, to, 'credit', amount)];
}

/** One side; nothing for zero, and the other side for a negative amount. */
function entry(event: AccountEvent, book: Book, side: 'debit' | 'credit', amount: Money): readonly Posting[] {
  if (amount.minor === 0n) return [];
  const { accountId } = event.data;
  if (amount.minor > 0n) return [{ accountId, book, side, amount }];
  const other = side === 'debit' ? 'credit' : 'debit';
  return [{ accountId, book, side: other, amount: { minor: -amount.minor, currency: amount.currency } }];
}

function assertBalanced(event: AccountEvent, entries: readonly Posting[]): void {
  const sums = new Map<string, bigint>();
  for (const { side, amount } of entries) {
    const signed = side === 'debit' ? amount.minor : -amount.minor;
    sums.set(amount.currency, (sums.get(amount.currency) ?? 0n) + signed);
  }
  for (const [currency, sum] of sums) {
    if (sum !== 0n) {
      throw new UnbalancedPostingsError(
        `${event.type} of ${event.data.accountId}: debits and credits differ by ${sum} in ${currency}`,
      );
    }
  }
}

/** What a book shows: credits less debits. Over all books of an account the sum is zero. */
export type Balances = Readonly<Record<Book, Money>>;

export function emptyBalances(currency: Money['currency']): Balances {
  const none = zero(currency);
  return {
    deposits: none,
    corrections: none,
    available: none,
    reserved: none,
    difference: none,
    paid: none,
    fees: none,
    'duplicate-payment': none,
  };
}

/** The balances after postings. Throws a `RangeError` when a posting is in another currency. */
export function post(balances: Balances, entries: readonly Posting[]): Balances {
  const after: Record<Book, Money> = { ...balances };
  for (const { book, side, amount } of entries) {
    const before = after[book];
    if (before.currency !== amount.currency)
      throw new RangeError(`${amount.currency} posted to an account in ${before.currency}`);
    after[book] = {
      minor: side === 'credit' ? before.minor + amount.minor : before.minor - amount.minor,
      currency: amount.currency,
    };
  }
  return after;
}
