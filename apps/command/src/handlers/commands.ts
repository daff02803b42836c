import { Command } from '@nestjs/cqrs';
import type { WireCommand } from '#messaging/contracts/commands.v1';
import type { EventContext } from '../streams/event-encoding.js';
import type { Origin } from '../intake/command-translation.js';

/** What the sender of a command is told. */
export interface CommandReply {
  /** `accepted` and `rejected` are durable facts; `refused`: nothing happened. */
  readonly outcome: 'accepted' | 'rejected' | 'refused';
  readonly reason?: string;
  readonly message?: string;
  readonly payoutId?: string;
  readonly accountId?: string;
  readonly instructionId?: string;
  /** Where in the log the fact lies, to wait for it when reading. */
  readonly position?: string;
  readonly revision?: string;
}

type Wire<T extends WireCommand['type']> = Extract<WireCommand, { type: T }>;

/** A command from the wire, who sent it, and the context of the events that it leads to. */
abstract class CallerCommand<T extends WireCommand['type']> extends Command<CommandReply> {
  constructor(
    readonly wire: Wire<T>,
    readonly origin: Origin,
    readonly context: EventContext,
  ) {
    super();
  }
}

export class RequestPayoutCommand extends CallerCommand<'RequestPayout'> {}
export class CancelPayoutCommand extends CallerCommand<'CancelPayout'> {}
export class ResolvePayoutCommand extends CallerCommand<'ResolvePayout'> {}
export class OpenAccountCommand extends CallerCommand<'OpenAccount'> {}
/** Deposit, correction and closing: orders that the ledger process carries out. */
export class InstructAccountCommand extends CallerCommand<'Deposit' | 'CorrectFunds' | 'CloseAccount'> {}
