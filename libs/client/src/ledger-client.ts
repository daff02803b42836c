import { commandId as readCommandId, payoutIdOf } from '#domain/ids';
import type { CommandData, CommandType } from '#messaging/contracts/commands.v1';
import type { Reply, ReplyOutcome } from '#messaging/contracts/replies.v1';
import {
  MessageBusClosedError,
  MessageRefusedError,
  type Consumer,
  type MessageBus,
  type OutgoingMessage,
} from '#messaging/message-bus';
import { TOPICS } from '#messaging/topics';
import type { Ids } from '#platform/ids/ids';
import { SystemIds } from '#platform/ids/system-ids';
import { uuidV5 } from '#platform/ids/uuid-v5';
import { isoTime, type Clock } from '#platform/time/clock';
import { SystemClock } from '#platform/time/system-clock';
import { followEvents, type FollowOptions } from './event-follower.js';
import { outgoingCommand, type WithoutAccount } from './outgoing-command.js';
import { ReplyListener } from './reply-listener.js';

const TIMEOUT_MS = 30_000;
const RESEND_AFTER_MS = 5_000;
const LONGEST_RESEND_AFTER_MS = 60_000;

export interface LedgerClientOptions {
  /** Kafka in production (`openKafkaLedgerClient`); any bus in your tests. The client doesn't close it. */
  readonly bus: MessageBus;
  /**
   * Who asks: the `source` of every command. With the command's id it says which command it is, so it stays the same over
   * restarts, copies and years. 1 to 128 printable ASCII characters without spaces.
   */
  readonly caller: string;
  /** Names this copy among the copies of the service. Absent: a new name at each start. */
  readonly instance?: string;
  readonly clock?: Clock;
  readonly ids?: Ids;
}

export type SendOptions<T extends CommandType> = {
  /**
   * Says which command this is: the same id is the same command, however often it is sent. Best your own id of what is to
   * be paid, written down before it is sent. Absent: a random one, for what you can do without after a crash.
   */
  readonly commandId?: string;
  readonly correlationId?: string;
  /** W3C trace context, to find the command again in the ledger's traces. */
  readonly traceparent?: string;
} & (T extends WithoutAccount
  ? { /** The payout's account: commands about one account keep their order. */ readonly accountId: string }
  : unknown);

export type RequestOptions<T extends CommandType> = SendOptions<T> & {
  /** How long to wait for the answer. */
  readonly timeoutMs?: number;
  /** When to send the same command again while there is no answer; doubled each time. */
  readonly resendAfterMs?: number;
};

export interface SentCommand {
  readonly commandId: string;
  readonly correlationId: string;
}

export type FinalReply = Reply & { readonly outcome: Exclude<ReplyOutcome, 'held'> };

/**
 * `answered`: what the ledger says, for good; the same command gets the same answer for ever.
 * `unknown`: nobody can say whether it was taken. It is **not** a failure: ask again with the same command id, or wait for
 * the events; another id would be another payout. `held`: the ledger has it and answers later, because of a failure of
 * its own. `trouble`: the error of the bus at the last attempt.
 */
export type Answer =
  | { readonly kind: 'answered'; readonly commandId: string; readonly reply: FinalReply }
  | {
      readonly kind: 'unknown';
      readonly commandId: string;
      readonly held: boolean;
      readonly trouble?: unknown;
    };

/** What a service needs of the payout ledger: send a command, await its reply, follow events. */
export class LedgerClient {
  readonly #bus: MessageBus;
  readonly #clock: Clock;
  readonly #ids: Ids;
  readonly #replies: ReplyListener;
  readonly #caller: string;

  constructor({ bus, caller, ...rest }: LedgerClientOptions) {
    this.#bus = bus;
    this.#caller = caller;
    this.#clock = rest.clock ?? new SystemClock();
    this.#ids = rest.ids ?? new SystemIds();
    const instance = rest.instance ?? this.#ids.uuid();
    this.#replies = new ReplyListener(bus, {
      topic: TOPICS.replies,
      group: `${caller}.replies.${instance}`,
    });
  }

  /** The payout that a `RequestPayout` with this id is, known before it is sent. Throws a `RangeError` on a bad id. */
  payoutIdOf(commandId: string): string {
    return payoutIdOf(uuidV5, this.#caller, readCommandId(commandId));
  }

  /**
   * Puts a command on the bus; durable when it resolves. Throws an `InvalidCommandError` before anything is sent. After
   * any other error it is unknown whether it was taken: send it again with the same id.
   */
  async send<T extends CommandType>(
    type: T,
    data: CommandData<T>,
    options: SendOptions<T>,
  ): Promise<SentCommand> {
    const { message, ...sent } = this.#prepare(type, data, options);
    await this.#bus.publish(TOPICS.commands, [message]);
    return sent;
  }

  /**
   * Sends a command and waits for its answer; meanwhile it is sent again, which is safe. Throws an `InvalidCommandError`,
   * or what the bus says when it certainly took nothing (`MessageRefusedError`, `MessageBusClosedError`).
   */
  async request<T extends CommandType>(
    type: T,
    data: CommandData<T>,
    options: RequestOptions<T>,
  ): Promise<Answer> {
    const { timeoutMs = TIMEOUT_MS, resendAfterMs = RESEND_AFTER_MS } = options;
    const { message, commandId, correlationId } = this.#prepare(type, data, options);
    const over = new AbortController();
    const until = this.#clock.monotonicMs() + timeoutMs;
    let reply: FinalReply | undefined;
    let held = false;
    let trouble: unknown;
    const stopHearing = this.#replies.hear(correlationId, (heard) => {
      if (heard.commandId !== commandId) return;
      if (!isFinalReply(heard)) {
        held = true;
        return;
      }
      reply ??= heard;
      over.abort();
    });
    try {
      let pause = resendAfterMs;
      for (
        let mayBeTaken = false;
        reply === undefined;
        pause = Math.min(pause * 2, LONGEST_RESEND_AFTER_MS)
      ) {
        const failure = await this.#put(message);
        if (failure !== undefined && !mayBeTaken && isDefinite(failure.error)) throw failure.error;
        mayBeTaken ||= failure === undefined || failure.wasSent;
        trouble = failure?.error;
        const left = until - this.#clock.monotonicMs();
        if (left <= 0) break;
        await this.#clock.sleep(Math.min(left, pause), over.signal);
        // What was left has passed: nobody would wait for an answer to one more.
        if (left <= pause) break;
      }
    } finally {
      stopHearing();
    }
    if (reply !== undefined) return { kind: 'answered', commandId, reply };
    return { kind: 'unknown', commandId, held, ...(trouble === undefined ? {} : { trouble }) };
  }

  /**
   * Gives the ledger's public events to `onEvent`, at least once, those of one account in their order. What it has done
   * is remembered under `group`. See `FollowOptions`.
   */
  followEvents(options: FollowOptions): Promise<Consumer> {
    return followEvents(this.#bus, this.#caller, options);
  }

  /** Hears no more replies: requests that wait end as `unknown` in their time. Followers are stopped by themselves. */
  async close(): Promise<void> {
    await this.#replies.stop();
  }

  #prepare<T extends CommandType>(
    type: T,
    data: CommandData<T>,
    options: SendOptions<T>,
  ): SentCommand & { readonly message: OutgoingMessage } {
    const { commandId = this.#ids.uuid(), correlationId = this.#ids.uuid(), traceparent } = options;
    const message = outgoingCommand({
      type,
      data,
      commandId,
      correlationId,
      caller: this.#caller,
      time: isoTime(this.#clock.now()),
      traceparent,
      // Only some commands have it among their options.
      accountId: (options as { readonly accountId?: string }).accountId,
    });
    return { commandId, correlationId, message };
  }

  /** Listens first: what is answered before would not be heard. */
  async #put(
    message: OutgoingMessage,
  ): Promise<{ readonly error: unknown; readonly wasSent: boolean } | undefined> {
    let wasSent = false;
    try {
      await this.#replies.listen();
      wasSent = true;
      await this.#bus.publish(TOPICS.commands, [message]);
      return undefined;
    } catch (error) {
      return { error, wasSent: wasSent && !isDefinite(error) };
    }
  }
}

function isFinalReply(reply: Reply): reply is FinalReply {
  return reply.outcome !== 'held';
}

/** Errors after which certainly nothing was published. */
function isDefinite(error: unknown): boolean {
  return error instanceof MessageRefusedError || error instanceof MessageBusClosedError;
}
