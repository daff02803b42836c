import { evolveAccount, NO_ACCOUNT, type AccountState, type OpenedAccount } from '#domain/account/state';
import { isAccountEvent } from '#domain/codec/stored-event';
import type { AccountId, PayoutId } from '#domain/ids';
import { comparePositions } from '#domain/log-position';
import type { CurrencyCode } from '#domain/money/currency';
import { add, formatMoney, zero, type Money } from '#domain/money/money';
import { BOOKS, postings, type Book } from '#domain/postings/postings';
import { accountStream } from '#domain/streams';
import type { LogPosition } from '#event-store/event-store';
import { isoTime } from '#platform/time/clock';
import { at, readStream, type Log, type LoggedEvent } from '../log/log.js';
import type { AsOf } from './as-of.js';
import { NotOpenedByThenError, PositionAfterEndError, UnknownAccountError } from './errors.js';

/** The books of a funding account at one moment. Amounts are decimal text in the currency's major unit. */
export interface AccountReport {
  readonly accountId: AccountId;
  readonly currency: CurrencyCode;
  readonly status: 'open' | 'closed';
  /** The last event that counted. */
  readonly asOf: { readonly position: LogPosition; readonly revision: string; readonly recordedAt: string };
  /** Events of the account that counted. */
  readonly events: number;
  /** Credits less debits of each book. */
  readonly balances: Readonly<Record<Book, string>>;
  readonly openReservations: readonly { readonly payoutId: PayoutId; readonly amount: string }[];
  readonly check: DoubleEntryCheck;
}

export interface DoubleEntryCheck {
  readonly debits: string;
  readonly credits: string;
  /** Of all books; zero, or the books lie. */
  readonly sumOfBooks: string;
  /** Sum of the open reservations; the book `reserved`, or the books lie. */
  readonly reservations: string;
  readonly balanced: boolean;
}

/** What an account had, now or at an earlier moment: folded from its stream alone. */
export class AccountBalance {
  constructor(private readonly log: Log) {}

  /**
   * As of a time: the account as it was before the first of its events that was recorded later. Throws
   * `UnknownAccountError`, `NotOpenedByThenError`, `PositionAfterEndError` or `UnreadableLogError`.
   */
  async of(accountId: AccountId, asOf?: AsOf): Promise<AccountReport> {
    await this.#refuseFuture(asOf);
    let state: AccountState = NO_ACCOUNT;
    let last: LoggedEvent | undefined;
    let first: LoggedEvent | undefined;
    let events = 0;
    const turnover: Record<'debit' | 'credit', bigint> = { debit: 0n, credit: 0n };
    for await (const logged of readStream(this.log, accountStream(accountId))) {
      first ??= logged;
      if (asOf !== undefined && isAfter(logged, asOf)) break;
      const { recorded, event } = logged;
      if (!isAccountEvent(event)) continue;
      state = at(recorded, () => evolveAccount(state, event));
      for (const { side, amount } of at(recorded, () => postings(event))) turnover[side] += amount.minor;
      last = logged;
      events += 1;
    }
    if (first === undefined) throw new UnknownAccountError(accountId);
    if (state.status === 'absent' || last === undefined) throw new NotOpenedByThenError(accountId, first);
    return {
      accountId,
      currency: state.currency,
      status: state.status,
      asOf: {
        position: last.recorded.position,
        revision: last.recorded.revision.toString(),
        recordedAt: isoTime(last.metadata.recordedAt),
      },
      events,
      balances: printed(state),
      openReservations: [...state.holds.entries()]
        .map(([payoutId, amount]) => ({ payoutId, amount: formatMoney(amount) }))
        .sort((a, b) => (a.payoutId < b.payoutId ? -1 : 1)),
      check: check(state, turnover),
    };
  }

  async #refuseFuture(asOf: AsOf | undefined): Promise<void> {
    if (asOf?.kind !== 'position') return;
    const head = await this.log.head();
    if (head === undefined || comparePositions(asOf.position, head) > 0)
      throw new PositionAfterEndError(asOf.position, head);
  }
}

function isAfter({ recorded, metadata }: LoggedEvent, asOf: AsOf): boolean {
  switch (asOf.kind) {
    case 'position':
      return comparePositions(recorded.position, asOf.position) > 0;
    case 'time':
      return metadata.recordedAt > asOf.time;
  }
}

function printed({ balances }: OpenedAccount): Readonly<Record<Book, string>> {
  return Object.fromEntries(BOOKS.map((book) => [book, formatMoney(balances[book])])) as Record<Book, string>;
}

function check(
  { balances, holds, currency }: OpenedAccount,
  turnover: Readonly<Record<'debit' | 'credit', bigint>>,
): DoubleEntryCheck {
  const print = (minor: bigint): string => formatMoney({ minor, currency });
  const sumOfBooks = total(Object.values(balances), currency);
  const reservations = total(
    [...holds.entries()].map(([, amount]) => amount),
    currency,
  );
  return {
    debits: print(turnover.debit),
    credits: print(turnover.credit),
    sumOfBooks: formatMoney(sumOfBooks),
    reservations: formatMoney(reservations),
    balanced:
      turnover.debit === turnover.credit &&
      sumOfBooks.minor === 0n &&
      reservations.minor === balances.reserved.minor,
  };
}

function total(amounts: readonly Money[], currency: CurrencyCode): Money {
  return amounts.reduce(add, zero(currency));
}
