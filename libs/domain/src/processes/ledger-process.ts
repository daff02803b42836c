import type { AccountEvent, Cause, InstructionEvent } from '../account/events.js';
import { evolveAccount, isCarriedOut, type AccountState, type OpenedAccount } from '../account/state.js';
import type { AccountId } from '../ids.js';
import { add, compareMoney, sameMoney, subtract, zero, type Money } from '../money/money.js';
import type { PayoutEvent, PayoutEventOf } from '../payout/events.js';

/** What the log says that concerns an account's funds, with its place in the log. */
export interface FundsFact {
  readonly cause: Cause;
  readonly event: FundsEvent;
}

type FundsPayoutType =
  | 'PayoutRequested'
  | 'PayoutRejected'
  | 'PayoutCancelled'
  | 'PayoutStatusChanged'
  | 'PayoutReversed'
  | 'PayoutFeeChanged'
  | 'PayoutDuplicatePaid';
export type FundsEvent = PayoutEventOf<FundsPayoutType> | InstructionEvent;

export const FUNDS_TYPES: ReadonlySet<string> = new Set<FundsEvent['type']>([
  'PayoutRequested',
  'PayoutRejected',
  'PayoutCancelled',
  'PayoutStatusChanged',
  'PayoutReversed',
  'PayoutFeeChanged',
  'PayoutDuplicatePaid',
  'AccountInstructionGiven',
]);

/** Whether an event of this type concerns an account's funds at all. */
export function concernsFunds(event: PayoutEvent | InstructionEvent): event is FundsEvent {
  return FUNDS_TYPES.has(event.type);
}

export function accountOf(event: FundsEvent): AccountId {
  return event.data.accountId;
}

/** Why a fact leads to no event on the account. */
export type LedgerIgnore =
  'carried out already' | 'nothing was reserved' | 'account was never opened' | 'no change of funds';

export type LedgerStep = { readonly event: AccountEvent } | { readonly ignored: LedgerIgnore };

/** Money that can't be accounted for as the log says: the ledger process stops rather than guess. */
export class LedgerContradictionError extends Error {
  override readonly name = 'LedgerContradictionError';
}

/** What the account does about a fact: at most one event, since a cause is recognised by its position alone. */
export function ledgerStep(account: AccountState, { cause, event }: FundsFact): LedgerStep {
  // Rejected for this very reason, or an account that nobody opened: there is no stream to write to.
  if (account.status === 'absent') return { ignored: 'account was never opened' };
  if (isCarriedOut(account, cause)) return { ignored: 'carried out already' };
  switch (event.type) {
    case 'PayoutRequested':
      return reserve(account, cause, event);
    case 'PayoutRejected':
    case 'PayoutCancelled':
      return release(account, cause, event);
    case 'PayoutStatusChanged':
      return event.data.to === 'failed' ? release(account, cause, event) : settle(account, cause, event);
    case 'PayoutReversed':
      return reverse(account, cause, event);
    case 'PayoutFeeChanged': {
      const difference = subtract(event.data.to, event.data.from);
      return {
        event: {
          type: 'FundsFeeAdjusted',
          data: { ...base(account, cause), payoutId: event.data.payoutId, difference },
        },
      };
    }
    case 'PayoutDuplicatePaid': {
      const { payoutId, paid, fee } = event.data;
      return {
        event: { type: 'DuplicatePaymentPosted', data: { ...base(account, cause), payoutId, paid, fee } },
      };
    }
    case 'AccountInstructionGiven':
      return carryOut(account, cause, event);
  }
}

/** All the facts of a batch, in log order, on one account. */
export function ledgerSteps(
  account: AccountState,
  facts: Iterable<FundsFact>,
): { readonly events: readonly AccountEvent[]; readonly after: AccountState } {
  const events: AccountEvent[] = [];
  let after = account;
  for (const fact of facts) {
    const step = ledgerStep(after, fact);
    if ('ignored' in step) continue;
    events.push(step.event);
    after = evolveAccount(after, step.event);
  }
  return { events, after };
}

function reserve(
  account: OpenedAccount,
  cause: Cause,
  { data }: PayoutEventOf<'PayoutRequested'>,
): LedgerStep {
  const { payoutId, reserve: requested } = data;
  const refusal = reservationRefusal(account, requested);
  if (refusal === undefined) {
    return {
      event: { type: 'FundsReserved', data: { ...base(account, cause), payoutId, amount: requested } },
    };
  }
  const { available } = account.balances;
  return {
    event: {
      type: 'FundsReservationRefused',
      data: { ...base(account, cause), payoutId, requested, available, reason: refusal },
    },
  };
}

/** The first reason that applies, in the order of `RESERVATION_REFUSALS`. */
function reservationRefusal(account: OpenedAccount, requested: Money) {
  if (requested.currency !== account.currency) return 'account-currency-differs';
  if (account.status === 'closed') return 'account-closed';
  const { available } = account.balances;
  if (available.minor < 0n) return 'account-overdrawn';
  if (compareMoney(available, requested) < 0) return 'insufficient-funds';
  return undefined;
}

function release(
  account: OpenedAccount,
  cause: Cause,
  { data }: PayoutEventOf<'PayoutRejected' | 'PayoutCancelled' | 'PayoutStatusChanged'>,
): LedgerStep {
  const amount = account.holds.get(data.payoutId);
  if (amount === undefined) return { ignored: 'nothing was reserved' };
  return {
    event: { type: 'FundsReleased', data: { ...base(account, cause), payoutId: data.payoutId, amount } },
  };
}

/**
 * Settles what was paid, and the fee apart. Of the reservation, what was kept for the fee and not charged is available
 * again; what was ordered and not paid is held as a difference (negative when more was paid), for a person to explain.
 */
function settle(
  account: OpenedAccount,
  cause: Cause,
  { data }: PayoutEventOf<'PayoutStatusChanged'>,
): LedgerStep {
  const { payoutId, paid, fee = zero(account.currency), ordered } = data;
  const reserved = account.holds.get(payoutId);
  if (reserved === undefined || paid === undefined || ordered === undefined) {
    throw new LedgerContradictionError(
      `payout ${payoutId} succeeded, but account ${account.accountId} holds nothing for it`,
    );
  }
  const forFee = subtract(reserved, ordered);
  const kept = subtract(forFee, fee);
  const released = kept.minor > 0n ? kept : zero(account.currency);
  const difference = subtract(subtract(subtract(reserved, paid), fee), released);
  return {
    event: {
      type: 'FundsSettled',
      data: { ...base(account, cause), payoutId, reserved, paid, fee, released, difference },
    },
  };
}

function reverse(
  account: OpenedAccount,
  cause: Cause,
  { data }: PayoutEventOf<'PayoutReversed'>,
): LedgerStep {
  const { payoutId, paid, fee } = data;
  if (data.to === 'failed') {
    return { event: { type: 'FundsReturned', data: { ...base(account, cause), payoutId, paid, fee } } };
  }
  const after = subtract(account.balances.available, add(paid, fee));
  return {
    event: {
      type: 'FundsReclaimed',
      data: { ...base(account, cause), payoutId, paid, fee, overdraws: after.minor < 0n },
    },
  };
}

function carryOut(account: OpenedAccount, cause: Cause, { data }: InstructionEvent): LedgerStep {
  const { instructionId, instruction } = data;
  const refuse = (reason: 'account-closed' | 'account-not-empty' | 'would-overdraw'): LedgerStep => ({
    event: { type: 'AccountInstructionRefused', data: { ...base(account, cause), instructionId, reason } },
  });
  if (account.status === 'closed') return refuse('account-closed');
  switch (instruction.kind) {
    case 'deposit':
      return {
        event: {
          type: 'FundsDeposited',
          data: { ...base(account, cause), instructionId, amount: instruction.amount },
        },
      };
    case 'correction': {
      const { amount, reason } = instruction;
      // A correction may lessen an overdraft that a reclaim made; it makes none.
      if (amount.minor < 0n && add(account.balances.available, amount).minor < 0n)
        return refuse('would-overdraw');
      return {
        event: { type: 'FundsCorrected', data: { ...base(account, cause), instructionId, amount, reason } },
      };
    }
    case 'close': {
      const { available, reserved, difference } = account.balances;
      const empty = [available, reserved, difference].every((balance) =>
        sameMoney(balance, zero(account.currency)),
      );
      return empty
        ? { event: { type: 'AccountClosed', data: { ...base(account, cause), instructionId } } }
        : refuse('account-not-empty');
    }
  }
}

function base(account: OpenedAccount, cause: Cause) {
  return { accountId: account.accountId, cause };
}
