import {
  BACKWARDS,
  FORWARDS,
  type AllStreamRecordedEvent,
  type Direction,
  type EventStoreDBClient,
  type ReadPosition,
  type ReadRevision,
  type RecordedEvent as ClientEvent,
} from '@eventstore/db-client';
import type { Clock } from '#platform/time/clock';
import { clientFailure, describeFailure } from './client-failure.js';
import { collect, ReadAbortedError } from './collect.js';
import { EventStoreAccessDeniedError, EventStoreUnavailableError, StreamDamagedError } from './errors.js';

/** How long a read is asked again: longer than it takes to notice a hung leader (17 s) and to elect another. */
const PATIENCE_MS = 25_000;
const FIRST_PAUSE_MS = 50;
const LONGEST_PAUSE_MS = 1_000;

export interface PageReaderOptions {
  readonly client: EventStoreDBClient;
  readonly clock: Clock;
  readonly timeoutMs: number;
  /** For messages. */
  readonly server: string;
}

/** One try of a read: the server doesn't know the stream. */
class StreamMissing extends Error {
  override readonly name = 'StreamMissing';
}

/**
 * Bounded reads, from the leader only: another node may lack events that were acknowledged, so a node that isn't the
 * leader refuses, and the client goes to the one that is. Reading has no effect, so it is tried again until it works.
 */
export class PageReader {
  readonly #options: PageReaderOptions;

  constructor(options: PageReaderOptions) {
    this.#options = options;
  }

  /** Events of a stream in order from `from` (inclusive); undefined when there is no such stream. */
  async stream(
    name: string,
    from: ReadRevision,
    count: number,
    signal: AbortSignal,
    direction: Direction = FORWARDS,
  ): Promise<readonly ClientEvent[] | undefined> {
    const { client, clock, timeoutMs } = this.#options;
    try {
      const page = await this.#persistently(signal, async () => {
        const read = client.readStream(name, {
          fromRevision: from,
          maxCount: count,
          direction,
          requiresLeader: true,
        });
        return collect(read, { clock, timeoutMs, signal }).catch((error: unknown) => {
          const { kind } = clientFailure(error);
          if (kind === 'stream-not-found') throw new StreamMissing();
          if (kind === 'stream-deleted') {
            throw new StreamDamagedError(
              `${name} was tombstoned: what it held can only come from a backup; see docs/eventstoredb.md`,
            );
          }
          throw error;
        });
      });
      return page.flatMap(({ event }) => (event === undefined ? [] : [event]));
    } catch (error) {
      if (error instanceof StreamMissing) return undefined;
      throw error;
    }
  }

  /** Events of the whole log, system events among them: forwards `from` is included, backwards it isn't. */
  async all(
    from: ReadPosition,
    count: number,
    signal: AbortSignal,
    direction: Direction = FORWARDS,
  ): Promise<readonly AllStreamRecordedEvent[]> {
    return this.#persistently(signal, () => this.#all(from, count, signal, direction));
  }

  /** The last event of the log, of whatever kind. Tried once: it is how the server's state is found out. */
  async newest(signal: AbortSignal): Promise<AllStreamRecordedEvent | undefined> {
    const [newest] = await this.#all('end', 1, signal, BACKWARDS);
    return newest;
  }

  async #all(
    from: ReadPosition,
    count: number,
    signal: AbortSignal,
    direction: Direction,
  ): Promise<readonly AllStreamRecordedEvent[]> {
    const { client, clock, timeoutMs } = this.#options;
    const read = client.readAll({ fromPosition: from, maxCount: count, direction, requiresLeader: true });
    const page = await collect(read, { clock, timeoutMs, signal });
    return page.flatMap(({ event }) => (event === undefined ? [] : [event]));
  }

  async #persistently<T>(signal: AbortSignal, read: () => Promise<T>): Promise<T> {
    const { clock, server } = this.#options;
    const startedAt = clock.monotonicMs();
    for (let pause = FIRST_PAUSE_MS; ; pause = Math.min(pause * 2, LONGEST_PAUSE_MS)) {
      try {
        return await read();
      } catch (error) {
        if (!isTransient(error)) throw translated(error, server);
        if (clock.monotonicMs() - startedAt >= PATIENCE_MS) {
          throw new EventStoreUnavailableError(
            `EventStoreDB at ${server} did not answer a read for ${PATIENCE_MS / 1000} s (${describeFailure(error)})`,
            { cause: error },
          );
        }
        await clock.sleep(pause, signal);
        if (signal.aborted) throw new ReadAbortedError('the read was given up', { cause: error });
      }
    }
  }
}

function isTransient(error: unknown): boolean {
  if (error instanceof StreamMissing || error instanceof StreamDamagedError) return false;
  if (error instanceof ReadAbortedError) return false;
  const { kind } = clientFailure(error);
  return kind === 'unknown' || kind === 'not-leader';
}

function translated(error: unknown, server: string): unknown {
  if (clientFailure(error).kind !== 'access-denied') return error;
  return accessDenied(server, 'read', error);
}

export function accessDenied(server: string, what: string, cause: unknown): EventStoreAccessDeniedError {
  return new EventStoreAccessDeniedError(
    `EventStoreDB at ${server} lets our user not ${what}: check user and password in EVENTSTORE_URL, and run npm run prepare-log`,
    { cause },
  );
}
