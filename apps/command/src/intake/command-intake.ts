import { Injectable } from '@nestjs/common';
import { HeldMessages, type HeldMessage } from '#coordination/held-messages';
import { readCommand, type WireCommand } from '#messaging/contracts/commands.v1';
import type { HandlerDecision, ReceivedMessage } from '#messaging/message-bus';
import { Logger } from '#platform/logging/logger';
import { OutageError } from '#platform/outage/outage-error';
import { Clock } from '#platform/time/clock';
import type { CommandReply } from '../handlers/commands.js';
import { CommandWatch, type CommandOutcome, type CommandSubject } from '../observing/command-watch.js';
import { CommandExecutor, holdKeyOf, type Arrival } from './command-executor.js';
import { InvalidFieldError } from './command-translation.js';
import { addressOf, arrivalOf, problemsAround } from './message-headers.js';
import { lineOf, ReplySender, type FieldProblem, type ReplyAddress } from './reply-sender.js';

type Message = Pick<ReceivedMessage, 'topic' | 'key' | 'headers' | 'value' | 'offset' | 'partition'>;

const TRIES = 4;

/** What becomes of the message, and what its sender was told. */
interface Taken {
  readonly decision: HandlerDecision;
  readonly outcome: CommandOutcome;
}

/** What goes along with a command that is carried out. */
interface Around {
  readonly address: ReplyAddress;
  readonly holdKey: string;
  readonly traceparent?: string | undefined;
}

const DONE: HandlerDecision = { kind: 'done' };

/**
 * Takes commands from the bus. The answer goes out when the fact is durable, and the offset moves after it.
 * An invalid message is refused and parked. A failure of our own is tried a few times, then the message is held, and
 * later commands of the same payout wait behind it; nobody else does. While an engine is away, messages just wait.
 */
@Injectable()
export class CommandIntake {
  constructor(
    private readonly executor: CommandExecutor,
    private readonly replies: ReplySender,
    private readonly held: HeldMessages,
    private readonly watch: CommandWatch,
    private readonly clock: Clock,
    private readonly logger: Logger,
  ) {}

  async handle(message: ReceivedMessage, signal: AbortSignal): Promise<HandlerDecision> {
    const address = addressOf(message);
    const { correlationId } = address;
    const read = readCommand(message.value);
    if (!read.ok) {
      const { commandId, reason, problems } = read;
      const subject = { type: 'unreadable', correlationId };
      return this.take(message, subject, () => this.refuse(address, commandId, reason, problems));
    }
    const { command } = read;
    const { type, commandId } = command;
    const around = problemsAround(message);
    if (around.length > 0) {
      const subject = { type, commandId, correlationId };
      return this.take(message, subject, () => this.refuse(address, commandId, 'invalid-field', around));
    }
    const about = this.executor.subjectOf(command);
    const holdKey = holdKeyOf(about);
    return this.take(message, { type, commandId, correlationId, ...about }, async (traceparent) => {
      if (await this.held.holdIfHeld(holdKey, asHeld(message))) {
        await this.replies.held(address, commandId);
        return { decision: DONE, outcome: 'held' };
      }
      return this.execute(message, command, { address, holdKey, traceparent }, signal);
    });
  }

  /** A held message once more, at an operator's word. True when it is dealt with. */
  async retry(
    message: HeldMessage,
  ): Promise<{ readonly done: true } | { readonly done: false; readonly reason: string }> {
    const read = readCommand(message.value);
    if (!read.ok) return { done: false, reason: read.reason };
    const { command } = read;
    const { type, commandId } = command;
    const address = addressOf(message);
    const { correlationId } = address;
    const subject = { type, commandId, correlationId, ...this.executor.subjectOf(command) };
    const { result } = await this.watch.take(message, subject, async (traceparent) => {
      try {
        const reply = await this.decide(command, arrivalOf(message, traceparent));
        await this.replies.send(address, commandId, reply);
        return { outcome: reply.outcome, result: { done: true } as const };
      } catch (error) {
        this.logger.alarm('held-command-failed-again', { error });
        return { outcome: 'held' as const, result: { done: false, reason: reasonOf(error) } as const };
      }
    });
    return result;
  }

  private async take(
    message: ReceivedMessage,
    subject: CommandSubject,
    work: (traceparent: string | undefined) => Promise<Taken>,
  ): Promise<HandlerDecision> {
    return (await this.watch.take(message, subject, work)).decision;
  }

  private decide(command: WireCommand, arrival: Arrival): Promise<CommandReply> {
    return this.watch.decision(command.type, () => this.executor.execute(command, arrival));
  }

  private async execute(
    message: Message,
    command: WireCommand,
    { address, holdKey, traceparent }: Around,
    signal: AbortSignal,
  ): Promise<Taken> {
    for (let attempt = 1; ; attempt += 1) {
      let reply: CommandReply;
      try {
        reply = await this.decide(command, arrivalOf(message, traceparent));
      } catch (error) {
        if (error instanceof InvalidFieldError) {
          return this.refuse(address, command.commandId, 'invalid-field', [error]);
        }
        // Being stopped is nobody's failure: the message comes again after the start.
        if (signal.aborted) return { decision: { kind: 'retry', reason: 'stopping' }, outcome: 'retried' };
        // Nor is this the payout's: the message waits until the engine is there again.
        if (error instanceof OutageError) throw error;
        if (attempt === TRIES) return this.hold(message, command, { address, holdKey }, error);
        await this.clock.sleep(50 * 4 ** attempt, signal);
        continue;
      }
      // A bus that takes no reply is no reason to hold what was decided: the message waits, and is answered again.
      await this.replies.send(address, command.commandId, reply);
      const { outcome } = reply;
      return reply.reason === 'unknown-payout'
        ? { decision: { kind: 'park', reason: 'unknown-payout' }, outcome }
        : { decision: DONE, outcome };
    }
  }

  private async refuse(
    address: ReplyAddress,
    commandId: string | undefined,
    reason: string,
    problems: readonly FieldProblem[],
  ): Promise<Taken> {
    await this.replies.refuse(address, commandId, reason, problems);
    return { decision: { kind: 'park', reason: `${reason}: ${lineOf(problems)}` }, outcome: 'invalid' };
  }

  private async hold(
    message: Message,
    command: WireCommand,
    { address, holdKey }: Around,
    error: unknown,
  ): Promise<Taken> {
    this.logger.alarm('command-held', { holdKey, commandId: command.commandId, error });
    await this.held.hold(holdKey, asHeld(message), reasonOf(error));
    await this.replies.held(address, command.commandId);
    return { decision: DONE, outcome: 'held' };
  }
}

function asHeld({ topic, key, headers, value, offset, partition }: Message): HeldMessage {
  return { topic, key, headers, value, offset: `${partition}/${offset}` };
}

function reasonOf(error: unknown): string {
  return error instanceof Error ? error.name : 'unknown error';
}
