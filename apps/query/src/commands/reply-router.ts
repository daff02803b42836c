import { HEADERS } from '#messaging/contracts/headers';
import { readReply, type Reply } from '#messaging/contracts/replies.v1';
import type { Consumer, HandlerDecision, MessageBus, ReceivedMessage } from '#messaging/message-bus';
import { TOPICS } from '#messaging/topics';
import type { Clock } from '#platform/time/clock';

const DONE: HandlerDecision = { kind: 'done' };
/** Handing a reply to its waiter takes no time; the number only has to be above 1. */
const CONCURRENCY = 16;

/** A place among those that wait. `reply` resolves once; `undefined`: it didn't come in time, or we are stopping. */
export interface Waiting {
  readonly correlationId: string;
  readonly reply: Promise<Reply | undefined>;
  /** Gives the place up. */
  cancel(): void;
}

/**
 * Hands the replies on the bus to the requests that wait for them. One consumer per process with a group of its own,
 * so that every process sees every reply; a reply that nobody here waits for is passed over.
 */
export class ReplyRouter {
  readonly #waiters = new Map<string, (reply: Reply | undefined) => void>();
  #consumer: Consumer | undefined;

  constructor(
    private readonly bus: MessageBus,
    private readonly clock: Clock,
    private readonly settings: {
      readonly instance: string;
      readonly maxWaiting: number;
      readonly replyWaitMs: number;
    },
  ) {}

  /** Commands may be published once it has resolved: their replies will be heard. */
  async start(): Promise<void> {
    const consumer = await this.bus.consume({
      group: `query-replies-${this.settings.instance}`,
      topic: TOPICS.replies,
      from: 'latest',
      concurrency: CONCURRENCY,
      handler: async (message) => this.#hear(message),
    });
    this.#consumer = consumer;
    consumer.ended.then(
      () => undefined,
      () => {
        this.#consumer = undefined;
      },
    );
  }

  get running(): boolean {
    return this.#consumer !== undefined;
  }

  /** A place to wait in; undefined when all are taken. */
  wait(correlationId: string): Waiting | undefined {
    if (this.#waiters.size >= this.settings.maxWaiting) return undefined;
    const { promise, resolve } = Promise.withResolvers<Reply | undefined>();
    const settle = (reply: Reply | undefined): void => {
      cancelTimer();
      this.#waiters.delete(correlationId);
      resolve(reply);
    };
    const cancelTimer = this.clock.after(this.settings.replyWaitMs, () => settle(undefined));
    this.#waiters.set(correlationId, settle);
    return { correlationId, reply: promise, cancel: () => settle(undefined) };
  }

  /** Those who wait are told that no reply came in time: their commands are on the bus all the same. */
  async stop(): Promise<void> {
    for (const settle of [...this.#waiters.values()]) settle(undefined);
    const consumer = this.#consumer;
    this.#consumer = undefined;
    await consumer?.stop();
  }

  #hear({ headers, value }: ReceivedMessage): HandlerDecision {
    const settle = this.#waiters.get(headers[HEADERS.correlationId] ?? '');
    if (settle === undefined) return DONE;
    const read = readReply(value);
    // A reply of a contract that we can't read is another version's; the command itself is durable.
    settle(read.ok ? read.reply : undefined);
    return DONE;
  }
}
