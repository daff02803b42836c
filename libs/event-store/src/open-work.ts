import { EventStoreClosedError } from './event-store.js';

/** What a store has under way, so that it can be closed without cutting anything off. */
export class OpenWork {
  readonly #closing = new AbortController();
  readonly #calls = new Set<Promise<unknown>>();

  /** Aborted when the store closes: it ends the subscriptions. */
  get closing(): AbortSignal {
    return this.#closing.signal;
  }

  /** Throws `EventStoreClosedError` when the store is closed. */
  check(): void {
    if (this.closing.aborted) throw new EventStoreClosedError('the event store is closed');
  }

  async track<T>(call: Promise<T>): Promise<T> {
    this.#calls.add(call);
    try {
      return await call;
    } finally {
      this.#calls.delete(call);
    }
  }

  async close(): Promise<void> {
    this.#closing.abort();
    await Promise.allSettled(this.#calls);
  }
}
