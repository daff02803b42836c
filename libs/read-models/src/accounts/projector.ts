import {
  accountShapes,
  instructionShapes,
  type AccountEvent,
  type InstructionEvent,
} from '#domain/account/events';
import type { DomainEvent } from '#domain/codec/stored-event';
import { formatMoney } from '#domain/money/money';
import { emptyBalances, post, postings, type Balances } from '#domain/postings/postings';
import { isoTime } from '#platform/time/clock';
import { positionKey } from '../position-key.js';
import { UnprojectableEventError, type ProjectedEvent } from '../read-model.js';
import type { AccountRow, InstructionRow } from './row.js';

export const ACCOUNT_TYPES: ReadonlySet<string> = new Set(Object.keys(accountShapes));
export const INSTRUCTION_TYPES: ReadonlySet<string> = new Set(Object.keys(instructionShapes));

export function concernsAccount(event: DomainEvent): event is AccountEvent {
  return ACCOUNT_TYPES.has(event.type);
}

export function concernsInstruction(event: DomainEvent): event is InstructionEvent {
  return INSTRUCTION_TYPES.has(event.type);
}

/** An account with its books. */
export interface AccountView {
  readonly row: AccountRow;
  readonly balances: Balances;
}

/** The account after one more event; what the event posts is posted. Throws `UnprojectableEventError`. */
export function projectAccount(
  account: AccountView | undefined,
  projected: ProjectedEvent,
  event: AccountEvent,
): AccountView {
  if (event.type === 'AccountOpened') {
    if (account !== undefined) throw new UnprojectableEventError(projected, 'its account has a row already');
    return opened(projected, event.data);
  }
  if (account === undefined) throw new UnprojectableEventError(projected, 'there is no row of its account');
  const { position, revision, recordedAt } = projected;
  const row: AccountRow = {
    ...account.row,
    status: event.type === 'AccountClosed' ? 'closed' : account.row.status,
    updated_at: isoTime(recordedAt),
    position,
    revision: revision.toString(),
  };
  return { row, balances: post(account.balances, postings(event)) };
}

function opened(
  { position, revision, recordedAt }: ProjectedEvent,
  data: Extract<AccountEvent, { type: 'AccountOpened' }>['data'],
): AccountView {
  const row: AccountRow = {
    account_id: data.accountId,
    currency: data.currency,
    name: data.name ?? null,
    status: 'open',
    caller: data.caller,
    command_id: data.commandId,
    opened_at: isoTime(data.openedAt),
    updated_at: isoTime(recordedAt),
    opened_key: positionKey(position),
    position,
    revision: revision.toString(),
  };
  return { row, balances: emptyBalances(data.currency) };
}

export function newInstruction(
  { position, recordedAt }: ProjectedEvent,
  { data }: InstructionEvent,
): InstructionRow {
  const { instruction } = data;
  const amount = instruction.kind === 'close' ? undefined : instruction.amount;
  return {
    instruction_id: data.instructionId,
    account_id: data.accountId,
    kind: instruction.kind,
    currency: amount?.currency ?? null,
    amount: amount === undefined ? null : formatMoney(amount),
    amount_minor: amount === undefined ? null : amount.minor.toString(),
    status: 'given',
    reason: null,
    caller: data.caller,
    command_id: data.commandId,
    given_at: isoTime(data.givenAt),
    updated_at: isoTime(recordedAt),
    position,
  };
}

/** Which instruction an account event carries out or refuses; undefined when it comes from no instruction. */
export function instructionOf(event: AccountEvent): string | undefined {
  switch (event.type) {
    case 'FundsDeposited':
    case 'FundsCorrected':
    case 'AccountClosed':
    case 'AccountInstructionRefused':
      return event.data.instructionId;
    case 'AccountOpened':
    case 'FundsReserved':
    case 'FundsReservationRefused':
    case 'FundsSettled':
    case 'FundsReleased':
    case 'FundsReturned':
    case 'FundsReclaimed':
    case 'FundsFeeAdjusted':
    case 'DuplicatePaymentPosted':
      return undefined;
  }
}

/** The instruction after the account took it up. Throws `UnprojectableEventError`. */
export function projectInstruction(
  row: InstructionRow | undefined,
  projected: ProjectedEvent,
  event: AccountEvent,
): InstructionRow {
  if (row === undefined) throw new UnprojectableEventError(projected, 'there is no row of its instruction');
  const updated = { updated_at: isoTime(projected.recordedAt), position: projected.position };
  return event.type === 'AccountInstructionRefused'
    ? { ...row, ...updated, status: 'refused', reason: event.data.reason }
    : { ...row, ...updated, status: 'carried-out' };
}
