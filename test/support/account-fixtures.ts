import type { AccountEvent, AccountEventOf, Cause, InstructionEvent } from '#domain/account/events';
import type { InstructAccount, OpenAccount } from '#domain/account/decide';
import { commandId, instructionId, payoutId, type PayoutId } from '#domain/ids';
import { logPosition } from '#domain/log-position';
import type { FundsEvent, FundsFact } from '#domain/processes/ledger-process';
import { ACCOUNT, PAYOUT, T0, USD, contentOf, usd } from './payout-fixtures.js';

/** A funding account in USD, its events, and facts of the log that concern it. */
export const INSTRUCTION = instructionId('0c8a1f52-77aa-5b61-8d4e-3f0b9a6c5d21');
export const OTHER_PAYOUT = payoutId('a10f3b1c-8a64-5a0e-9a3e-2f6c1d7b9e02');

/** The place in the log at which something happened; `at` counts up. */
export function causeAt(at: number, epoch = 1): Cause {
  return { epoch, position: logPosition(String(at)), stream: 'payout-x', revision: '0' };
}

export function fact(at: number, event: FundsEvent): FundsFact {
  return { cause: causeAt(at), event };
}

export const opened = (over: Partial<AccountEventOf<'AccountOpened'>['data']> = {}): AccountEvent => ({
  type: 'AccountOpened',
  data: {
    accountId: ACCOUNT,
    currency: USD,
    caller: 'treasury',
    commandId: commandId('open-1'),
    fingerprint: contentOf('open-1'),
    openedAt: T0,
    ...over,
  },
});

/** The smallest fields of an account event: the account and the place in the log of its cause. */
const base = (at: number) => ({ accountId: ACCOUNT, cause: causeAt(at) });

export const deposited = (at: number, amount: string): AccountEvent => ({
  type: 'FundsDeposited',
  data: { ...base(at), instructionId: INSTRUCTION, amount: usd(amount) },
});
export const corrected = (at: number, amount: string): AccountEvent => ({
  type: 'FundsCorrected',
  data: { ...base(at), instructionId: INSTRUCTION, amount: usd(amount), reason: 'bank fee' },
});
export const closed = (at: number): AccountEvent => ({
  type: 'AccountClosed',
  data: { ...base(at), instructionId: INSTRUCTION },
});
export const instructionRefused = (
  at: number,
  reason: AccountEventOf<'AccountInstructionRefused'>['data']['reason'],
): AccountEvent => ({
  type: 'AccountInstructionRefused',
  data: { ...base(at), instructionId: INSTRUCTION, reason },
});
export const reserved = (at: number, amount = '102.00', id: PayoutId = PAYOUT): AccountEvent => ({
  type: 'FundsReserved',
  data: { ...base(at), payoutId: id, amount: usd(amount) },
});
export const reservationRefused = (
  at: number,
  reason: AccountEventOf<'FundsReservationRefused'>['data']['reason'],
  available: string,
): AccountEvent => ({
  type: 'FundsReservationRefused',
  data: {
    ...base(at),
    payoutId: PAYOUT,
    requested: usd('102.00'),
    available: usd(available),
    reason,
  },
});
/** Parts as text: `settled(3, { paid: '100.00', fee: '1.50', released: '0.50' })`. */
export const settled = (
  at: number,
  parts: { reserved?: string; paid: string; fee?: string; released?: string; difference?: string },
): AccountEvent => ({
  type: 'FundsSettled',
  data: {
    ...base(at),
    payoutId: PAYOUT,
    reserved: usd(parts.reserved ?? '102.00'),
    paid: usd(parts.paid),
    fee: usd(parts.fee ?? '0.00'),
    released: usd(parts.released ?? '0.00'),
    difference: usd(parts.difference ?? '0.00'),
  },
});
export const released = (at: number, amount = '102.00'): AccountEvent => ({
  type: 'FundsReleased',
  data: { ...base(at), payoutId: PAYOUT, amount: usd(amount) },
});
export const returned = (at: number, paid = '100.00', fee = '0.00'): AccountEvent => ({
  type: 'FundsReturned',
  data: { ...base(at), payoutId: PAYOUT, paid: usd(paid), fee: usd(fee) },
});
export const reclaimed = (at: number, overdraws: boolean, paid = '100.00', fee = '0.00'): AccountEvent => ({
  type: 'FundsReclaimed',
  data: { ...base(at), payoutId: PAYOUT, paid: usd(paid), fee: usd(fee), overdraws },
});
export const feeAdjusted = (at: number, difference: string): AccountEvent => ({
  type: 'FundsFeeAdjusted',
  data: { ...base(at), payoutId: PAYOUT, difference: usd(difference) },
});
export const duplicatePosted = (at: number, paid = '100.00', fee = '0.00'): AccountEvent => ({
  type: 'DuplicatePaymentPosted',
  data: { ...base(at), payoutId: PAYOUT, paid: usd(paid), fee: usd(fee) },
});

export const instructed = (instruction: InstructionEvent['data']['instruction']): InstructionEvent => ({
  type: 'AccountInstructionGiven',
  data: {
    instructionId: INSTRUCTION,
    accountId: ACCOUNT,
    instruction,
    caller: 'treasury',
    commandId: commandId('instruct-1'),
    fingerprint: contentOf('instruct-1'),
    givenAt: T0,
  },
});

export function open(over: Partial<OpenAccount> = {}): OpenAccount {
  return {
    type: 'OpenAccount',
    accountId: ACCOUNT,
    currency: USD,
    caller: 'treasury',
    commandId: commandId('open-1'),
    fingerprint: contentOf('open-1'),
    at: T0,
    ...over,
  };
}

export function instruct(over: Partial<InstructAccount> = {}): InstructAccount {
  return {
    type: 'InstructAccount',
    instructionId: INSTRUCTION,
    accountId: ACCOUNT,
    instruction: { kind: 'deposit', amount: usd('500.00') },
    caller: 'treasury',
    commandId: commandId('instruct-1'),
    fingerprint: contentOf('instruct-1'),
    at: T0,
    ...over,
  };
}
