import { comparePositions, type LogPosition } from '#domain/log-position';
import type { Clock } from '#platform/time/clock';
import type { EventStore, NonEmpty, RecordedEvent } from './event-store.js';

/** What went wrong, and with which events; `range` is absent when it was the reading. */
export interface SubscriptionFailure {
  readonly error: Error;
  readonly range?: { readonly first: LogPosition; readonly last: LogPosition };
  /** 1 for the first failure since the last batch that was handled. */
  readonly failures: number;
  /** Milliseconds until it is tried again. */
  readonly pauseMs: number;
}

export interface SubscriptionOptions {
  readonly store: EventStore;
  readonly clock: Clock;
  /** The place after which to go on; asked at the start and after each failure. Undefined: from the start. */
  readonly checkpoint: () => Promise<LogPosition | undefined>;
  /**
   * Handles the events, in order, and keeps the checkpoint itself. When it resolves, the next batch comes. When it
   * rejects, the same events come again after a pause, without those that the checkpoint has passed by then: none is
   * ever skipped. `signal` is aborted by `stop`; a handler may finish its batch all the same.
   */
  readonly handle: (batch: NonEmpty<RecordedEvent>, signal: AbortSignal) => Promise<void>;
  readonly onError: (failure: SubscriptionFailure) => void;
  /** Events handled at once at most; 500 if absent. */
  readonly batchSize?: number;
  /** The first pause after a failure, and the longest; each is twice the one before. 100 and 30,000 if absent. */
  readonly firstPauseMs?: number;
  readonly longestPauseMs?: number;
}

/**
 * The checkpoint lies behind the end of the log: the log was restored from a backup, or it is another one. Nothing is
 * handled until the log has reached the checkpoint again or an operator has set it back.
 */
export class LogShorterThanCheckpointError extends Error {
  override readonly name = 'LogShorterThanCheckpointError';
}

/** The log was read only up to here when the subscription was stopped. */
export class SubscriptionStoppedError extends Error {
  override readonly name = 'SubscriptionStoppedError';
}

interface Waiter {
  readonly met: () => boolean;
  readonly resolve: () => void;
  readonly reject: (error: Error) => void;
}

/** Hands the log to one consumer, batch by batch, for ever: see `SubscriptionOptions.handle`. */
export class Subscription {
  readonly #options: SubscriptionOptions;
  readonly #stopping = new AbortController();
  readonly #ended: Promise<void>;
  #waiters: Waiter[] = [];
  #position: LogPosition | undefined;
  #caughtUp = false;
  #lastError: Error | undefined;
  #failures = 0;
  /** Last event of a batch that failed: the batch is made up in the same way again. */
  #cutAfter: LogPosition | undefined;

  private constructor(options: SubscriptionOptions) {
    this.#options = options;
    this.#ended = this.#run();
  }

  static start(options: SubscriptionOptions): Subscription {
    return new Subscription(options);
  }

  /** Everything up to here has been handled. */
  get position(): LogPosition | undefined {
    return this.#position;
  }

  /** Everything that was in the log when it was last read has been handled. */
  get caughtUp(): boolean {
    return this.#caughtUp;
  }

  /** Why it is at a halt; undefined while it goes on. */
  get lastError(): Error | undefined {
    return this.#lastError;
  }

  /** Resolves when the end of the log has been reached; rejects with `SubscriptionStoppedError`. */
  whenCaughtUp(): Promise<void> {
    return this.#when(() => this.#caughtUp);
  }

  /** Resolves when everything up to `position` has been handled; rejects with `SubscriptionStoppedError`. */
  whenReached(position: LogPosition): Promise<void> {
    return this.#when(() => this.#position !== undefined && comparePositions(this.#position, position) >= 0);
  }

  /** Finishes the batch in hand, then ends. */
  async stop(): Promise<void> {
    this.#stopping.abort();
    await this.#ended;
  }

  async #run(): Promise<void> {
    const { signal } = this.#stopping;
    while (!signal.aborted) {
      try {
        await this.#follow();
      } catch (error) {
        await this.#fail(error);
      }
    }
    this.#caughtUp = false;
    for (const { reject } of this.#waiters)
      reject(new SubscriptionStoppedError('the subscription was stopped'));
    this.#waiters = [];
  }

  async #follow(): Promise<void> {
    const { store, checkpoint, batchSize = 500 } = this.#options;
    const { signal } = this.#stopping;
    const after = await checkpoint();
    await this.#requireLogToReach(after);
    this.#position = after;
    this.#wake();

    let batch: RecordedEvent[] = [];
    const deliveries = store.subscribe({ signal, ...(after === undefined ? {} : { after }) });
    for await (const delivery of deliveries) {
      if (delivery.kind === 'event') {
        this.#caughtUp = false;
        batch.push(delivery.event);
        if (batch.length < batchSize && delivery.event.position !== this.#cutAfter) continue;
      }
      await this.#handle(batch);
      batch = [];
      if (delivery.kind === 'caught-up') this.#reachTail();
    }
    // Ended by `stop`: what was read and not handled comes again after the next start.
  }

  async #handle(batch: readonly RecordedEvent[]): Promise<void> {
    const [first, ...rest] = batch;
    if (first === undefined) return;
    const last = rest.at(-1) ?? first;
    try {
      await this.#options.handle([first, ...rest], this.#stopping.signal);
    } catch (error) {
      this.#cutAfter = last.position;
      throw new HandlingError(error, { first: first.position, last: last.position });
    }
    this.#position = last.position;
    this.#recover();
    this.#wake();
  }

  #reachTail(): void {
    this.#caughtUp = true;
    this.#recover();
    this.#wake();
  }

  #recover(): void {
    this.#lastError = undefined;
    this.#failures = 0;
    this.#cutAfter = undefined;
  }

  async #fail(thrown: unknown): Promise<void> {
    const { clock, onError, firstPauseMs = 100, longestPauseMs = 30_000 } = this.#options;
    const { signal } = this.#stopping;
    const range = thrown instanceof HandlingError ? thrown.range : undefined;
    const cause = thrown instanceof HandlingError ? thrown.cause : thrown;
    const error = cause instanceof Error ? cause : new Error(String(cause));
    this.#caughtUp = false;
    this.#lastError = error;
    this.#failures += 1;
    const pauseMs = Math.min(firstPauseMs * 2 ** (this.#failures - 1), longestPauseMs);
    onError({ error, failures: this.#failures, pauseMs, ...(range === undefined ? {} : { range }) });
    await clock.sleep(pauseMs, signal);
  }

  async #requireLogToReach(checkpoint: LogPosition | undefined): Promise<void> {
    if (checkpoint === undefined) return;
    const head = await this.#options.store.head();
    if (head !== undefined && comparePositions(head, checkpoint) >= 0) return;
    throw new LogShorterThanCheckpointError(
      `the log ends at ${head ?? 'its start'}, before the checkpoint ${checkpoint}: it was restored or is another one; reconcile before going on`,
    );
  }

  #when(met: () => boolean): Promise<void> {
    return new Promise((resolve, reject) => {
      if (met()) resolve();
      else if (this.#stopping.signal.aborted)
        reject(new SubscriptionStoppedError('the subscription was stopped'));
      else this.#waiters.push({ met, resolve, reject });
    });
  }

  #wake(): void {
    this.#waiters = this.#waiters.filter(({ met, resolve }) => {
      if (!met()) return true;
      resolve();
      return false;
    });
  }
}

class HandlingError extends Error {
  override readonly name = 'HandlingError';
  readonly range: { readonly first: LogPosition; readonly last: LogPosition };

  constructor(cause: unknown, range: { readonly first: LogPosition; readonly last: LogPosition }) {
    super('a batch was not handled', { cause });
    this.range = range;
  }
}
