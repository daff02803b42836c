import { Clock, type EpochMs } from '#platform/time/clock';

interface Timer {
  readonly at: number;
  readonly action: () => void;
}

/** A clock that stands still until `advance`. */
export class ManualClock extends Clock {
  readonly #timers = new Set<Timer>();
  #elapsed = 0;

  constructor(private readonly start: EpochMs = Date.UTC(2026, 0, 1)) {
    super();
  }

  now(): EpochMs {
    return this.start + this.#elapsed;
  }

  monotonicMs(): number {
    return this.#elapsed;
  }

  sleep(ms: number, signal?: AbortSignal): Promise<void> {
    return new Promise((resolve) => {
      if (signal?.aborted === true) {
        resolve();
        return;
      }
      const cancel = this.after(ms, () => {
        signal?.removeEventListener('abort', stop);
        resolve();
      });
      const stop = (): void => {
        cancel();
        resolve();
      };
      signal?.addEventListener('abort', stop, { once: true });
    });
  }

  after(ms: number, action: () => void): () => void {
    const timer = { at: this.#elapsed + ms, action };
    this.#timers.add(timer);
    return () => this.#timers.delete(timer);
  }

  /** Milliseconds until the next timer; undefined when there is none. */
  get untilNext(): number | undefined {
    const [first] = this.#sorted();
    return first === undefined ? undefined : first.at - this.#elapsed;
  }

  /** Lets time pass; timers that fall due run in their order. */
  advance(ms: number): void {
    const until = this.#elapsed + ms;
    for (;;) {
      const [first] = this.#sorted();
      if (first === undefined || first.at > until) break;
      this.#elapsed = first.at;
      this.#timers.delete(first);
      first.action();
    }
    this.#elapsed = until;
  }

  #sorted(): Timer[] {
    return [...this.#timers].sort((a, b) => a.at - b.at);
  }
}
