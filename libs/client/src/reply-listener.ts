import { HEADERS } from '#messaging/contracts/headers';
import { readReply, type Reply } from '#messaging/contracts/replies.v1';
import type { Consumer, HandlerDecision, MessageBus, ReceivedMessage } from '#messaging/message-bus';

const DONE: HandlerDecision = { kind: 'done' };
/** Handing a reply on takes no time; the number only has to be above 1. */
const CONCURRENCY = 16;

export type ReplyHearer = (reply: Reply) => void;

/**
 * Hears the replies of one copy of a service, in a consumer group of its own, so that every copy hears them all. It
 * listens from the first request on. What it misses while it isn't there is no loss: the same command again gets the same
 * answer again.
 */
export class ReplyListener {
  readonly #hearers = new Map<string, Set<ReplyHearer>>();
  #listening: Promise<Consumer> | undefined;

  constructor(
    private readonly bus: MessageBus,
    private readonly place: { readonly topic: string; readonly group: string },
  ) {}

  /** Resolves when replies to what is sent from now on will be heard; rejects when the bus can't now. */
  async listen(): Promise<void> {
    const listening = (this.#listening ??= this.#start());
    try {
      await listening;
    } catch (error) {
      this.#forget(listening);
      throw error;
    }
  }

  /** `hear` gets each reply with this correlation id until the returned function is called. */
  hear(correlationId: string, hear: ReplyHearer): () => void {
    const hearers = this.#hearers.get(correlationId) ?? new Set<ReplyHearer>();
    this.#hearers.set(correlationId, hearers.add(hear));
    return () => {
      hearers.delete(hear);
      if (hearers.size === 0) this.#hearers.delete(correlationId);
    };
  }

  async stop(): Promise<void> {
    const listening = this.#listening;
    this.#listening = undefined;
    const consumer = await listening?.catch(() => undefined);
    await consumer?.stop();
  }

  async #start(): Promise<Consumer> {
    const consumer = await this.bus.consume({
      ...this.place,
      from: 'latest',
      concurrency: CONCURRENCY,
      handler: async (message) => this.#take(message),
    });
    const listening = this.#listening;
    // However it ended: the next request starts another.
    const ended = (): void => this.#forget(listening);
    consumer.ended.then(ended, ended);
    return consumer;
  }

  #forget(listening: Promise<Consumer> | undefined): void {
    if (this.#listening === listening) this.#listening = undefined;
  }

  #take({ headers, value }: ReceivedMessage): HandlerDecision {
    const hearers = this.#hearers.get(headers[HEADERS.correlationId] ?? '');
    if (hearers === undefined) return DONE;
    const read = readReply(value);
    // What we can't read is of a later version: the command stays unknown, and can be asked about again.
    if (read.ok) for (const hear of [...hearers]) hear(read.reply);
    return DONE;
  }
}
