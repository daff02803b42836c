import { Clock, type EpochMs } from './clock.js';

/** The machine's clock. */
export class SystemClock extends Clock {
  now(): EpochMs {
    return Date.now();
  }

  monotonicMs(): number {
    return performance.now();
  }

  sleep(ms: number, signal?: AbortSignal): Promise<void> {
    return new Promise((resolve) => {
      if (signal?.aborted === true) {
        resolve();
        return;
      }
      const finish = (): void => {
        clearTimeout(timer);
        signal?.removeEventListener('abort', finish);
        resolve();
      };
      const timer = setTimeout(finish, ms);
      signal?.addEventListener('abort', finish, { once: true });
    });
  }

  after(ms: number, action: () => void): () => void {
    const timer = setTimeout(action, ms);
    timer.unref();
    return () => clearTimeout(timer);
  }
}
