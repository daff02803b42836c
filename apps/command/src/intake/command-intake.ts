import { Injectable } from '@nestjs/common';
import { HeldMessages, type HeldMessage } from '#coordination/held-messages';
import { readCommand, type WireCommand } from '#messaging/contracts/commands.v1';
import type { HandlerDecision, ReceivedMessage } from '#messaging/message-bus';
import { Logger } from '#platform/logging/logger';
import { Clock } from '#platform/time/clock';
import { CommandExecutor } from './command-executor.js';
import { InvalidFieldError } from './command-translation.js';
import { addressOf, arrivalOf, problemsAround } from './message-headers.js';
import { lineOf, ReplySender, type FieldProblem, type ReplyAddress } from './reply-sender.js';

type Message = Pick<ReceivedMessage, 'topic' | 'key' | 'headers' | 'value' | 'offset' | 'partition'>;

const TRIES = 4;

/**
 * Takes commands from the bus. The answer goes out when the fact is durable, and the offset moves after it.
 * An invalid message is refused and parked. A failure of our own is tried a few times, then the message is held, and
 * later commands of the same payout wait behind it; nobody else does.
 */
@Injectable()
export class CommandIntake {
  constructor(
    private readonly executor: CommandExecutor,
    private readonly replies: ReplySender,
    private readonly held: HeldMessages,
    private readonly clock: Clock,
    private readonly logger: Logger,
  ) {}

  async handle(message: ReceivedMessage, signal: AbortSignal): Promise<HandlerDecision> {
    const address = addressOf(message);
    const read = readCommand(message.value);
    if (!read.ok) return this.refuse(address, read.commandId, read.reason, read.problems);
    const { command } = read;
    const around = problemsAround(message);
    if (around.length > 0) return this.refuse(address, command.commandId, 'invalid-field', around);
    const holdKey = this.executor.holdKeyOf(command);
    if (await this.held.holdIfHeld(holdKey, asHeld(message))) {
      await this.replies.held(address, command.commandId);
      return { kind: 'done' };
    }
    return this.execute(message, command, address, holdKey, signal);
  }

  /** A held message once more, at an operator's word. True when it is dealt with. */
  async retry(
    message: HeldMessage,
  ): Promise<{ readonly done: true } | { readonly done: false; readonly reason: string }> {
    const read = readCommand(message.value);
    if (!read.ok) return { done: false, reason: read.reason };
    const address = addressOf(message);
    try {
      const reply = await this.executor.execute(read.command, arrivalOf(message));
      await this.replies.send(address, read.command.commandId, reply);
      return { done: true };
    } catch (error) {
      this.logger.alarm('held-command-failed-again', { error });
      return { done: false, reason: reasonOf(error) };
    }
  }

  private async execute(
    message: Message,
    command: WireCommand,
    address: ReplyAddress,
    holdKey: string,
    signal: AbortSignal,
  ): Promise<HandlerDecision> {
    for (let attempt = 1; ; attempt += 1) {
      try {
        const reply = await this.executor.execute(command, arrivalOf(message));
        await this.replies.send(address, command.commandId, reply);
        return reply.reason === 'unknown-payout'
          ? { kind: 'park', reason: 'unknown-payout' }
          : { kind: 'done' };
      } catch (error) {
        if (error instanceof InvalidFieldError) {
          return this.refuse(address, command.commandId, 'invalid-field', [error]);
        }
        // Being stopped is nobody's failure: the message comes again after the start.
        if (signal.aborted) return { kind: 'retry', reason: 'stopping' };
        if (attempt === TRIES) return this.hold(message, command, address, holdKey, error);
        await this.clock.sleep(50 * 4 ** attempt, signal);
      }
    }
  }

  private async refuse(
    address: ReplyAddress,
    commandId: string | undefined,
    reason: string,
    problems: readonly FieldProblem[],
  ): Promise<HandlerDecision> {
    await this.replies.refuse(address, commandId, reason, problems);
    return { kind: 'park', reason: `${reason}: ${lineOf(problems)}` };
  }

  private async hold(
    message: Message,
    command: WireCommand,
    address: ReplyAddress,
    holdKey: string,
    error: unknown,
  ): Promise<HandlerDecision> {
    this.logger.alarm('command-held', { holdKey, commandId: command.commandId, error });
    await this.held.hold(holdKey, asHeld(message), reasonOf(error));
    await this.replies.held(address, command.commandId);
    return { kind: 'done' };
  }
}

function asHeld({ topic, key, headers, value, offset, partition }: Message): HeldMessage {
  return { topic, key, headers, value, offset: `${partition}/${offset}` };
}

function reasonOf(error: unknown): string {
  return error instanceof Error ? error.name : 'unknown error';
}
