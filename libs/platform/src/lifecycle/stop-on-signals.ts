import type { Logger } from '../logging/logger.js';
import type { Shutdown } from './shutdown.js';

const SIGNALS = { SIGINT: 130, SIGTERM: 143 } as const;

/** What is used of `process`. */
export interface SignalSource {
  on(event: keyof typeof SIGNALS, listener: () => void): unknown;
  on(event: 'uncaughtException', listener: (error: unknown) => void): unknown;
  exit(code: number): void;
}

/**
 * The first SIGTERM or SIGINT stops in order, then exits: 0 when clean, else 1. A second one exits at once. An error
 * that nobody caught (or a rejection that nobody handled) exits at once with 1: what the process holds in memory can't
 * be trusted any more, and the log is made to be started from again.
 */
export function stopOnSignals(shutdown: Shutdown, logger: Logger, source: SignalSource): void {
  let asked = false;
  for (const signal of ['SIGINT', 'SIGTERM'] as const) {
    source.on(signal, () => {
      if (asked) {
        logger.warn('second signal: exit at once', { signal });
        source.exit(SIGNALS[signal]);
        return;
      }
      asked = true;
      void shutdown.stop(signal).then((results) => {
        source.exit(results.every(({ outcome }) => outcome === 'done') ? 0 : 1);
      });
    });
  }
  source.on('uncaughtException', (error) => {
    logger.alarm('uncaught-error', { error });
    source.exit(1);
  });
}
