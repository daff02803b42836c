import type { AccountId, CommandId, Fingerprint, InstructionId } from '../ids.js';
import type { CurrencyCode } from '../money/currency.js';
import type { AccountEvent, InstructionEvent } from './events.js';
import type { AccountState } from './state.js';

export interface OpenAccount {
  readonly type: 'OpenAccount';
  readonly accountId: AccountId;
  readonly currency: CurrencyCode;
  readonly name?: string;
  readonly caller: string;
  readonly commandId: CommandId;
  readonly fingerprint: Fingerprint;
  readonly at: number;
}

/** An order about an account: `Deposit`, `CorrectFunds` or `CloseAccount`. The ledger process carries it out. */
export interface InstructAccount {
  readonly type: 'InstructAccount';
  readonly instructionId: InstructionId;
  readonly accountId: AccountId;
  readonly instruction: InstructionEvent['data']['instruction'];
  readonly caller: string;
  readonly commandId: CommandId;
  readonly fingerprint: Fingerprint;
  readonly at: number;
}

export type AccountAnswer =
  { readonly outcome: 'accepted' } | { readonly outcome: 'refused'; readonly reason: AccountRefusal };

/** In the order in which they are tried. */
export type AccountRefusal =
  'command-id-reused' | 'account-exists' | 'unknown-account' | 'account-currency-differs';

export interface AccountDecision<E> {
  readonly events: readonly E[];
  readonly answer: AccountAnswer;
}

/** Opens the account, or answers as before when the same command comes again. */
export function decideOpen(state: AccountState, command: OpenAccount): AccountDecision<AccountEvent> {
  if (state.status !== 'absent') {
    const { caller, commandId, fingerprint } = state.openedBy;
    if (caller !== command.caller || commandId !== command.commandId) return refuse('account-exists');
    return fingerprint === command.fingerprint
      ? { events: [], answer: { outcome: 'accepted' } }
      : refuse('command-id-reused');
  }
  const { accountId, currency, name, caller, commandId, fingerprint, at } = command;
  const data = {
    accountId,
    currency,
    caller,
    commandId,
    fingerprint,
    openedAt: at,
    ...(name === undefined ? {} : { name }),
  };
  return { events: [{ type: 'AccountOpened', data }], answer: { outcome: 'accepted' } };
}

/**
 * Takes an order about an account. `given` is the instruction that this command id stands for already; `account` is
 * what never changes about the account.
 */
export function decideInstruction(
  given: InstructionEvent | undefined,
  account: { readonly currency: CurrencyCode } | 'unknown',
  command: InstructAccount,
): AccountDecision<InstructionEvent> {
  if (given !== undefined) {
    return given.data.fingerprint === command.fingerprint
      ? { events: [], answer: { outcome: 'accepted' } }
      : refuse('command-id-reused');
  }
  if (account === 'unknown') return refuse('unknown-account');
  const { instruction } = command;
  if (instruction.kind !== 'close' && instruction.amount.currency !== account.currency)
    return refuse('account-currency-differs');
  const { instructionId, accountId, caller, commandId, fingerprint, at } = command;
  return {
    events: [
      {
        type: 'AccountInstructionGiven',
        data: { instructionId, accountId, instruction, caller, commandId, fingerprint, givenAt: at },
      },
    ],
    answer: { outcome: 'accepted' },
  };
}

function refuse(reason: AccountRefusal): { events: readonly []; answer: AccountAnswer } {
  return { events: [], answer: { outcome: 'refused', reason } };
}
