import type { StreamingRead } from '@eventstore/db-client';
import type { Clock } from '#platform/time/clock';
import { NoAnswerError } from './answer-within.js';

/** The read was given up because its reader or the store ended. */
export class ReadAbortedError extends Error {
  override readonly name = 'ReadAbortedError';
}

export interface CollectOptions {
  readonly clock: Clock;
  /** Longest time between two events, and to the first one. */
  readonly timeoutMs: number;
  readonly signal: AbortSignal;
}

/**
 * Everything that a bounded read gives. Whatever ends it early (an error, silence, the signal) rejects, and what had
 * come until then is dropped: half a page would look like the end of the log.
 */
export function collect<E>(read: StreamingRead<E>, options: CollectOptions): Promise<E[]> {
  const { clock, timeoutMs, signal } = options;
  return new Promise((resolve, reject) => {
    const items: E[] = [];
    let heardAt = clock.monotonicMs();
    let stopTimer: () => void = () => undefined;
    let settled = false;

    const settle = (outcome: () => void): void => {
      if (settled) return;
      settled = true;
      stopTimer();
      signal.removeEventListener('abort', onAbort);
      outcome();
    };
    const giveUp = (error: Error): void =>
      settle(() => {
        // Its connection may still be searched for, and that may fail.
        read.cancel().catch(() => undefined);
        reject(error);
      });
    const onAbort = (): void => giveUp(new ReadAbortedError('the read was given up'));
    const watch = (): void => {
      const left = timeoutMs - (clock.monotonicMs() - heardAt);
      if (left <= 0) giveUp(new NoAnswerError(`nothing was read for ${timeoutMs} ms`));
      else stopTimer = clock.after(Math.ceil(left), watch);
    };

    // Stays for good: an error that comes after the end would otherwise have no listener, and end the process.
    read.on('error', (error: Error) => settle(() => reject(error)));
    read.on('data', (item: E) => {
      if (settled) return;
      items.push(item);
      heardAt = clock.monotonicMs();
    });
    read.on('end', () => settle(() => resolve(items)));
    signal.addEventListener('abort', onAbort, { once: true });
    if (signal.aborted) onAbort();
    else watch();
  });
}
