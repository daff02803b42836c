import { EventStoreClosedError } from '../event-store.js';

interface Waiting {
  readonly go: () => void;
  readonly refuse: (error: Error) => void;
}

/** Lets a bounded number of calls through; the others wait, in their order. */
export class InFlight {
  readonly #limit: number;
  #waiting: Waiting[] = [];
  #inside = 0;
  #closed = false;

  constructor(limit: number) {
    if (!Number.isSafeInteger(limit) || limit < 1) throw new RangeError(`not a number of calls: ${limit}`);
    this.#limit = limit;
  }

  /** Resolves when it is this caller's turn; it must then call `leave`. */
  async enter(): Promise<void> {
    if (this.#closed) throw closed();
    if (this.#inside < this.#limit) {
      this.#inside += 1;
      return;
    }
    await new Promise<void>((go, refuse) => this.#waiting.push({ go, refuse }));
  }

  /** The next one takes the place of the one who leaves. */
  leave(): void {
    const next = this.#waiting.shift();
    if (next === undefined) this.#inside -= 1;
    else next.go();
  }

  /** Lets nobody in any more: those who wait are told `EventStoreClosedError`. */
  close(): void {
    this.#closed = true;
    const waiting = this.#waiting;
    this.#waiting = [];
    for (const { refuse } of waiting) refuse(closed());
  }
}

function closed(): EventStoreClosedError {
  return new EventStoreClosedError('the event store was closed before the append was sent');
}
