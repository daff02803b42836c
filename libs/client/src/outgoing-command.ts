import {
  printCommand,
  readCommand,
  type CommandData,
  type CommandType,
  type WireCommand,
} from '#messaging/contracts/commands.v1';
import {
  CLOUD_EVENT_CONTENT_TYPE,
  HEADER_FORMS,
  HEADERS,
  type HeaderName,
} from '#messaging/contracts/headers';
import type { Problem } from '#messaging/contracts/problem';
import { testOf } from '#messaging/contracts/value-schema';
import type { OutgoingMessage } from '#messaging/message-bus';

/** A command that the ledger would refuse as it is. Nothing was sent. The message names fields, never their values. */
export class InvalidCommandError extends Error {
  override readonly name = 'InvalidCommandError';

  constructor(readonly problems: readonly Problem[]) {
    const lines = problems.map(({ field, message }) => (field === '' ? message : `${field}: ${message}`));
    super(`the ledger would refuse this command, correct it: ${lines.join('; ')}`);
  }
}

/** Commands that don't name the account, so that the caller has to say which it is about. */
export type WithoutAccount = 'CancelPayout' | 'ResolvePayout';

export interface CommandToSend<T extends CommandType> {
  readonly type: T;
  readonly data: CommandData<T>;
  readonly commandId: string;
  readonly caller: string;
  /** RFC 3339. */
  readonly time: string;
  readonly correlationId: string;
  readonly traceparent: string | undefined;
  /** The account that it is about: commands of one account keep their order. */
  readonly accountId: string | undefined;
}

/** The message for the bus, read by the ledger's own reader before it goes. Throws an `InvalidCommandError`. */
export function outgoingCommand<T extends CommandType>(command: CommandToSend<T>): OutgoingMessage {
  const { type, data, commandId, caller, time, correlationId, traceparent, accountId } = command;
  const value = printCommand({ type, commandId, caller, time, data } as unknown as WireCommand);
  const read = readCommand(value);
  if (!read.ok) throw new InvalidCommandError(read.problems);
  const key = 'accountId' in read.command.data ? read.command.data.accountId : accountId;
  if (key === undefined) {
    throw new InvalidCommandError([{ field: 'accountId', message: "is missing: give the payout's account" }]);
  }
  const headers = {
    [HEADERS.contentType]: CLOUD_EVENT_CONTENT_TYPE,
    [HEADERS.correlationId]: correlationId,
    ...(traceparent === undefined ? {} : { [HEADERS.traceparent]: traceparent }),
  };
  const wrong = Object.entries(headers).filter(([name, text]) => !isHeader(name as HeaderName, text));
  if (wrong.length > 0) {
    throw new InvalidCommandError(
      wrong.map(([name]) => ({ field: `header ${name}`, message: 'is not of its form (docs/api.md)' })),
    );
  }
  return { key, headers, value };
}

function isHeader(name: HeaderName, text: string): boolean {
  return testOf(HEADER_FORMS[name].schema)(text);
}
