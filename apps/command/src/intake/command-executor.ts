import { Injectable } from '@nestjs/common';
import { CommandBus } from '@nestjs/cqrs';
import type { WireCommand } from '#messaging/contracts/commands.v1';
import {
  CancelPayoutCommand,
  InstructAccountCommand,
  OpenAccountCommand,
  RequestPayoutCommand,
  ResolvePayoutCommand,
  type CommandReply,
} from '../handlers/commands.js';
import type { EventContext } from '../streams/event-encoding.js';
import { CommandTranslation, type Origin } from './command-translation.js';

/** Where a command came from, as the intake knows it. */
export interface Arrival {
  readonly correlationId?: string;
  readonly traceparent?: string;
  readonly authenticatedBy: string;
  readonly issuer: string;
}

/** What a command is about: its payout, else its account. */
export type Subject = { readonly payoutId: string } | { readonly accountId: string };

/** Dispatches a command of the wire to its handler. */
@Injectable()
export class CommandExecutor {
  constructor(
    private readonly bus: CommandBus,
    private readonly translate: CommandTranslation,
  ) {}

  /** Rejects with `InvalidFieldError` when a field isn't what it should be; then nothing has happened. */
  execute(command: WireCommand, arrival: Arrival): Promise<CommandReply> {
    const origin = this.translate.originOf(command);
    const context = contextOf(origin, arrival);
    switch (command.type) {
      case 'RequestPayout':
        return this.bus.execute(new RequestPayoutCommand(command, origin, context));
      case 'CancelPayout':
        return this.bus.execute(new CancelPayoutCommand(command, origin, context));
      case 'ResolvePayout':
        return this.bus.execute(new ResolvePayoutCommand(command, origin, context));
      case 'OpenAccount':
        return this.bus.execute(new OpenAccountCommand(command, origin, context));
      case 'Deposit':
      case 'CorrectFunds':
      case 'CloseAccount':
        return this.bus.execute(new InstructAccountCommand(command, origin, context));
    }
  }

  /** What it is about, told without deciding anything. */
  subjectOf(command: WireCommand): Subject {
    switch (command.type) {
      case 'RequestPayout':
        return { payoutId: this.translate.payoutIdFor(this.translate.originOf(command)) };
      case 'CancelPayout':
      case 'ResolvePayout':
        return { payoutId: command.data.payoutId };
      case 'OpenAccount':
      case 'Deposit':
      case 'CorrectFunds':
      case 'CloseAccount':
        return { accountId: command.data.accountId };
    }
  }
}

/** What later commands wait behind while one of ours is held: the payout, else the account. */
export function holdKeyOf(subject: Subject): string {
  return 'payoutId' in subject ? `payout-${subject.payoutId}` : `account-${subject.accountId}`;
}

function contextOf(
  origin: Origin,
  { correlationId, traceparent, issuer, authenticatedBy }: Arrival,
): EventContext {
  const { caller, commandId, fingerprint } = origin;
  return {
    caller: { subject: caller, issuer, authenticatedBy },
    // With the fingerprint: the same id with other content must not pass for the same event.
    causationId: `${caller} ${commandId} ${fingerprint}`,
    commandId,
    correlationId: correlationId ?? commandId,
    ...(traceparent === undefined ? {} : { traceparent }),
  };
}
