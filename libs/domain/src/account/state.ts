import type { AccountId, CommandId, Fingerprint } from '../ids.js';
import { comparePositions } from '../log-position.js';
import type { CurrencyCode } from '../money/currency.js';
import { sameMoney, type Money } from '../money/money.js';
import { emptyBalances, post, postings, type Balances } from '../postings/postings.js';
import type { AccountEvent, AccountEventOf, Cause } from './events.js';
import { Holds } from './holds.js';

export interface OpenedBy {
  readonly caller: string;
  readonly commandId: CommandId;
  readonly fingerprint: Fingerprint;
}

export type AccountState =
  | { readonly status: 'absent' }
  | {
      readonly status: 'open' | 'closed';
      readonly accountId: AccountId;
      readonly currency: CurrencyCode;
      readonly openedBy: OpenedBy;
      readonly balances: Balances;
      /** Open reservations, by payout. Their sum is the balance of `reserved`. */
      readonly holds: Holds;
      /** The highest cause that was carried out: whatever is not after it has been seen, for ever. */
      readonly lastCause?: Pick<Cause, 'epoch' | 'position'>;
    };
export type OpenedAccount = Exclude<AccountState, { status: 'absent' }>;

export const NO_ACCOUNT: AccountState = { status: 'absent' };

/** A history of an account that can't have happened. The reader stops. */
export class ImpossibleAccountHistoryError extends Error {
  override readonly name = 'ImpossibleAccountHistoryError';
}

export function foldAccount(events: Iterable<AccountEvent>, from: AccountState = NO_ACCOUNT): AccountState {
  let state = from;
  for (const event of events) state = evolveAccount(state, event);
  return state;
}

/** The account after one more event; the books are balanced again at this reading. */
export function evolveAccount(state: AccountState, event: AccountEvent): AccountState {
  if (event.type === 'AccountOpened') {
    if (state.status !== 'absent') return impossible(state, event);
    const { accountId, currency, caller, commandId, fingerprint } = event.data;
    const openedBy = { caller, commandId, fingerprint };
    return {
      status: 'open',
      accountId,
      currency,
      openedBy,
      balances: emptyBalances(currency),
      holds: Holds.none,
    };
  }
  if (state.status === 'absent') return impossible(state, event);
  const { epoch, position } = event.data.cause;
  if (isCarriedOut(state, event.data.cause)) return impossible(state, event);
  return {
    ...state,
    status: event.type === 'AccountClosed' ? 'closed' : state.status,
    balances: post(state.balances, postings(event)),
    holds: holdsAfter(state, event),
    lastCause: { epoch, position },
  };
}

/** Whether the cause, or a later one, was carried out already. */
export function isCarriedOut(account: OpenedAccount, cause: Pick<Cause, 'epoch' | 'position'>): boolean {
  const last = account.lastCause;
  if (last === undefined) return false;
  if (cause.epoch !== last.epoch) return cause.epoch < last.epoch;
  return comparePositions(cause.position, last.position) <= 0;
}

function holdsAfter(state: OpenedAccount, event: AccountEvent): Holds {
  switch (event.type) {
    case 'FundsReserved': {
      const { payoutId, amount } = event.data;
      return state.holds.get(payoutId) === undefined
        ? state.holds.with(payoutId, amount)
        : impossible(state, event);
    }
    case 'FundsSettled':
      return unhold(state, event, event.data.reserved);
    case 'FundsReleased':
      return unhold(state, event, event.data.amount);
    case 'AccountOpened':
    case 'AccountClosed':
    case 'FundsDeposited':
    case 'FundsCorrected':
    case 'AccountInstructionRefused':
    case 'FundsReservationRefused':
    case 'FundsReturned':
    case 'FundsReclaimed':
    case 'FundsFeeAdjusted':
    case 'DuplicatePaymentPosted':
      return state.holds;
  }
}

/** Exactly what was reserved leaves the reservation, so that the holds always sum to the balance of `reserved`. */
function unhold(
  state: OpenedAccount,
  event: AccountEventOf<'FundsSettled' | 'FundsReleased'>,
  amount: Money,
): Holds {
  const held = state.holds.get(event.data.payoutId);
  if (held === undefined || !sameMoney(held, amount)) return impossible(state, event);
  return state.holds.without(event.data.payoutId);
}

function impossible(state: AccountState, event: AccountEvent): never {
  throw new ImpossibleAccountHistoryError(
    `${event.type} can't follow in account ${event.data.accountId}, which is ${state.status}`,
  );
}
