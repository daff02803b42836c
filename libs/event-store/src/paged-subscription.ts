import type { LogPosition } from '#domain/log-position';
import type { Bell } from './bell.js';
import type { Delivery, ReadAllOptions, RecordedEvent } from './event-store.js';

/** Events read from the log at once. */
const PAGE = 500;

export interface PagedSubscriptionOptions {
  readonly readAll: (options: ReadAllOptions) => Promise<readonly RecordedEvent[]>;
  readonly bell: Bell;
  readonly after: LogPosition | undefined;
  /** The consumer's signal, and the store's own when it closes. */
  readonly signals: readonly AbortSignal[];
}

/**
 * A subscription that is nothing but pages of the log and a bell that says when to read the next one: no event is
 * pushed, so none can be dropped by a burst, and a slow consumer holds up only itself.
 */
export class PagedSubscription implements AsyncIterable<Delivery> {
  readonly #options: PagedSubscriptionOptions;

  constructor(options: PagedSubscriptionOptions) {
    this.#options = options;
  }

  [Symbol.asyncIterator](): AsyncIterator<Delivery> {
    const returned = new AbortController();
    const signal = AbortSignal.any([...this.#options.signals, returned.signal]);
    const deliveries = this.#deliveries(signal);
    return {
      next: () => deliveries.next(),
      // A generator alone would answer `return` only after the `next` that waits at the tail.
      return: async () => {
        returned.abort();
        await deliveries.return();
        return { done: true, value: undefined };
      },
    };
  }

  async *#deliveries(signal: AbortSignal): AsyncGenerator<Delivery, void, undefined> {
    const { readAll, bell } = this.#options;
    let { after } = this.#options;
    let atTail = false;
    const ended = (): boolean => signal.aborted;
    while (!ended()) {
      const rings = bell.rings;
      const page = await readAll({ limit: PAGE, ...(after === undefined ? {} : { after }) });
      for (const event of page) {
        if (ended()) return;
        yield { kind: 'event', event };
        after = event.position;
        atTail = false;
      }
      if (page.length === PAGE) continue;
      if (ended()) return;
      if (!atTail) yield { kind: 'caught-up' };
      atTail = true;
      await bell.after(rings, signal);
    }
  }
}
