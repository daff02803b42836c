import {
  accountId,
  amount,
  cause,
  commandId,
  fingerprint,
  instructionId,
  payoutId,
} from '../codec/common-fields.js';
import { branded, flag, instant, kinds, optional, shape, text, word } from '../codec/fields.js';
import { currencyCode } from '../money/currency.js';

export const RESERVATION_REFUSALS = [
  'account-currency-differs',
  'account-closed',
  'account-overdrawn',
  'insufficient-funds',
] as const;
export const INSTRUCTION_REFUSALS = ['account-closed', 'account-not-empty', 'would-overdraw'] as const;

/** The events of `account-<accountId>`. Each but the first names its cause and is written by the ledger process alone. */
export const accountShapes = {
  AccountOpened: shape({
    accountId,
    currency: branded(currencyCode),
    name: optional(text),
    caller: text,
    commandId,
    fingerprint,
    openedAt: instant,
  }),
  AccountClosed: shape({ accountId, cause, instructionId }),
  FundsDeposited: shape({ accountId, cause, instructionId, amount }),
  FundsCorrected: shape({
    accountId,
    cause,
    instructionId,
    /** Signed: a correction may take away. */
    amount,
    reason: text,
  }),
  AccountInstructionRefused: shape({
    accountId,
    cause,
    instructionId,
    reason: word(...INSTRUCTION_REFUSALS),
  }),
  FundsReserved: shape({ accountId, cause, payoutId, amount }),
  FundsReservationRefused: shape({
    accountId,
    cause,
    payoutId,
    requested: amount,
    available: amount,
    reason: word(...RESERVATION_REFUSALS),
  }),
  FundsSettled: shape({
    accountId,
    cause,
    payoutId,
    /** The whole reservation; it equals paid + fee + released + difference. */
    reserved: amount,
    paid: amount,
    fee: amount,
    /** Reserved for a fee that wasn't charged: available again. */
    released: amount,
    /** Ordered but not paid (negative: paid but not ordered). Held until a person explains it. */
    difference: amount,
  }),
  FundsReleased: shape({ accountId, cause, payoutId, amount }),
  FundsReturned: shape({ accountId, cause, payoutId, paid: amount, fee: amount }),
  FundsReclaimed: shape({
    accountId,
    cause,
    payoutId,
    paid: amount,
    fee: amount,
    /** The account is below zero after it, and refuses reservations until it is covered. */
    overdraws: flag,
  }),
  FundsFeeAdjusted: shape({
    accountId,
    cause,
    payoutId,
    /** Signed: what the fee is more than was settled. */
    difference: amount,
  }),
  DuplicatePaymentPosted: shape({ accountId, cause, payoutId, paid: amount, fee: amount }),
} as const;

/** The one event of `instruction-<instructionId>`: an order about an account, which the ledger process carries out. */
export const instructionShapes = {
  AccountInstructionGiven: shape({
    instructionId,
    accountId,
    instruction: kinds({
      deposit: shape({ amount, note: optional(text) }),
      correction: shape({ amount, reason: text }),
      close: shape({}),
    }),
    caller: text,
    commandId,
    fingerprint,
    givenAt: instant,
  }),
} as const;

type AccountShapes = typeof accountShapes;
export type AccountEventType = keyof AccountShapes;
type AccountDataOf<T extends AccountEventType> = AccountShapes[T] extends { decode(...args: never): infer D }
  ? D
  : never;
export type AccountEvent = {
  [T in AccountEventType]: { readonly type: T; readonly data: AccountDataOf<T> };
}[AccountEventType];
export type AccountEventOf<T extends AccountEventType> = Extract<AccountEvent, { type: T }>;
export type Cause = AccountEventOf<'FundsReserved'>['data']['cause'];

type InstructionData = ReturnType<(typeof instructionShapes)['AccountInstructionGiven']['decode']>;
export interface InstructionEvent {
  readonly type: 'AccountInstructionGiven';
  readonly data: InstructionData;
}
