import type { LogPosition } from '#domain/log-position';
import {
  EventStore,
  type AppendResult,
  type Delivery,
  type ExpectedRevision,
  type NewEvent,
  type NonEmpty,
  type ReadAllOptions,
  type RecordedEvent,
} from '#event-store/event-store';

/** Events read at once where others' lie between. */
const PAGE = 500;

/**
 * The part of a shared log whose streams begin with a name of one's own, from a place on, as if it were the whole: a
 * server can't be emptied for each test. Closing it closes the store below.
 */
export class ScopedEventStore extends EventStore {
  constructor(
    private readonly inner: EventStore,
    private readonly scope: string,
    private readonly start: LogPosition | undefined,
  ) {
    super();
  }

  append(stream: string, expected: ExpectedRevision, events: NonEmpty<NewEvent>): Promise<AppendResult> {
    // An empty name must reach the adapter as one.
    return this.inner.append(stream === '' ? '' : this.scope + stream, expected, events);
  }

  async *readStream(stream: string, fromRevision?: bigint): AsyncIterable<RecordedEvent> {
    for await (const event of this.inner.readStream(this.scope + stream, fromRevision)) {
      yield this.#own(event) ?? event;
    }
  }

  async readAll({ after, limit }: ReadAllOptions): Promise<readonly RecordedEvent[]> {
    const events: RecordedEvent[] = [];
    for (let last = after ?? this.start; ;) {
      // The store's own judgement of a wrong limit counts, so it is asked with it first.
      const asked = Number.isSafeInteger(limit) && limit > 0 ? Math.max(limit, PAGE) : limit;
      const page = await this.inner.readAll({ limit: asked, ...(last === undefined ? {} : { after: last }) });
      for (const event of page) {
        const own = this.#own(event);
        if (own !== undefined && events.push(own) === limit) return events;
      }
      if (page.length < asked) return events;
      last = page.at(-1)?.position;
    }
  }

  subscribe(options: { after?: LogPosition; signal: AbortSignal }): AsyncIterable<Delivery> {
    const after = options.after ?? this.start;
    const deliveries = this.inner.subscribe({
      signal: options.signal,
      ...(after === undefined ? {} : { after }),
    });
    return { [Symbol.asyncIterator]: () => this.#filtered(deliveries[Symbol.asyncIterator]()) };
  }

  async head(): Promise<LogPosition | undefined> {
    // The store's own head, where nobody else writes; else the last one of ours before it.
    await this.inner.head();
    let head: LogPosition | undefined;
    for (let last = this.start; ;) {
      const page = await this.inner.readAll({ limit: PAGE, ...(last === undefined ? {} : { after: last }) });
      head = page.findLast((event) => this.#own(event) !== undefined)?.position ?? head;
      if (page.length < PAGE) return head;
      last = page.at(-1)?.position;
    }
  }

  close(): Promise<void> {
    return this.inner.close();
  }

  #own(event: RecordedEvent): RecordedEvent | undefined {
    if (!event.stream.startsWith(this.scope)) return undefined;
    return { ...event, stream: event.stream.slice(this.scope.length) };
  }

  /** Others' events are left out; `caught-up` comes once for each time that one of ours had come before. */
  #filtered(deliveries: AsyncIterator<Delivery>): AsyncIterator<Delivery> {
    let told = false;
    return {
      next: async () => {
        for (;;) {
          const next = await deliveries.next();
          if (next.done === true) return next;
          if (next.value.kind === 'caught-up') {
            if (told) continue;
            told = true;
            return next;
          }
          const event = this.#own(next.value.event);
          if (event === undefined) continue;
          told = false;
          return { done: false, value: { kind: 'event', event } };
        }
      },
      return: async () => (await deliveries.return?.()) ?? { done: true, value: undefined },
    };
  }
}
