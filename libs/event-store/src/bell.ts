/**
 * Tells those who wait at the tail that the log may have grown. It carries nothing: a listener that misses a ring and
 * reads later loses nothing.
 */
export class Bell {
  #rings = 0;
  #waiting = new Set<() => void>();

  /** How often it has rung. Note it before a read, and give it to `after` when the read found nothing. */
  get rings(): number {
    return this.#rings;
  }

  ring(): void {
    this.#rings += 1;
    const woken = this.#waiting;
    this.#waiting = new Set();
    for (const wake of woken) wake();
  }

  /** Resolves when it has rung more often than `rings`, or `signal` is aborted. */
  after(rings: number, signal: AbortSignal): Promise<void> {
    return new Promise((resolve) => {
      if (this.#rings > rings || signal.aborted) {
        resolve();
        return;
      }
      const wake = (): void => {
        signal.removeEventListener('abort', wake);
        this.#waiting.delete(wake);
        resolve();
      };
      this.#waiting.add(wake);
      signal.addEventListener('abort', wake, { once: true });
    });
  }
}
