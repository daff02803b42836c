import {
  START,
  eventTypeFilter,
  type AllStreamRecordedEvent,
  type EventStoreDBClient,
  type Position,
} from '@eventstore/db-client';
import type { Clock } from '#platform/time/clock';
import { NoAnswerError } from './answer-within.js';
import { ReadAbortedError } from './collect.js';

/** What sets a stream's metadata (deleting it softly is one of these), and what tombstones it. */
export const METADATA_TYPE = '$metadata';
export const TOMBSTONE_TYPE = '$streamDeleted';

/** Events between two signs of life while the server searches. */
const SEARCH_WINDOW = 10_000;

export interface SettingsScanOptions {
  readonly client: EventStoreDBClient;
  readonly clock: Clock;
  /** Longest time without a sign of life. */
  readonly timeoutMs: number;
  readonly onEvent: (event: AllStreamRecordedEvent) => void;
}

/**
 * Searches the whole log for settings and deletions of streams. `readAll` has no filter, a subscription has: the server
 * searches, and sends only what matches. It goes on where it was when it is called again after a failure.
 */
export class SettingsScan {
  readonly #options: SettingsScanOptions;
  #from: Position | typeof START = START;

  constructor(options: SettingsScanOptions) {
    this.#options = options;
  }

  /** Resolves when the end of the log has been reached. */
  run(signal: AbortSignal): Promise<void> {
    const { client, clock, timeoutMs, onEvent } = this.#options;
    return new Promise((resolve, reject) => {
      let heardAt = clock.monotonicMs();
      let stopTimer: () => void = () => undefined;
      let settled = false;
      const heard = (position: Position): void => {
        heardAt = clock.monotonicMs();
        this.#from = position;
      };
      const subscription = client.subscribeToAll({
        fromPosition: this.#from,
        requiresLeader: true,
        filter: eventTypeFilter({
          prefixes: [METADATA_TYPE, TOMBSTONE_TYPE],
          maxSearchWindow: SEARCH_WINDOW,
          checkpointReached: (_subscription, position) => heard(position),
        }),
      });
      const settle = (outcome: () => void): void => {
        if (settled) return;
        settled = true;
        stopTimer();
        signal.removeEventListener('abort', onAbort);
        subscription.unsubscribe().catch(() => undefined);
        outcome();
      };
      const fail = (error: Error): void => settle(() => reject(error));
      const onAbort = (): void => fail(new ReadAbortedError('the search was given up'));
      const watch = (): void => {
        const left = timeoutMs - (clock.monotonicMs() - heardAt);
        if (left <= 0) fail(new NoAnswerError(`the search said nothing for ${timeoutMs} ms`));
        else stopTimer = clock.after(Math.ceil(left), watch);
      };
      subscription.on('data', ({ event }) => {
        if (settled || event === undefined) return;
        onEvent(event);
        heard(event.position);
      });
      subscription.on('caughtUp', () => settle(resolve));
      // Stays for good: a later error without a listener would end the process.
      subscription.on('error', fail);
      subscription.on('end', () => fail(new Error('the search ended before the log did')));
      signal.addEventListener('abort', onAbort, { once: true });
      if (signal.aborted) onAbort();
      else watch();
    });
  }
}
