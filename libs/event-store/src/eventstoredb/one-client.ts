import { EventStoreDBClient } from '@eventstore/db-client';
import type { Clock } from '#platform/time/clock';
import { ConnectionStringError, type ConnectionString } from './connection-string.js';
import { SecondClientError } from './errors.js';
import { harden } from './hardened-client.js';

/** How long the streams of a client may take to end. The process can go on without. */
const DISPOSE_MS = 2_000;

let taken = false;

/**
 * The client of this process: at most one at a time, disposed of when its user has nothing in flight any more. The
 * client keeps its open calls in one table for the whole process, so a second one could end it.
 */
export class OneClient {
  readonly client: EventStoreDBClient;
  #disposed = false;

  private constructor(client: EventStoreDBClient) {
    this.client = client;
  }

  /** Connects nowhere yet. Throws `SecondClientError`, or `ConnectionStringError` for a file that can't be read. */
  static open(connection: ConnectionString, onDropped: (error: unknown) => void): OneClient {
    if (taken) {
      throw new SecondClientError(
        'this process has a client of EventStoreDB already: share its event store, or close that first',
      );
    }
    const client = connected(connection);
    harden(client, onDropped);
    taken = true;
    return new OneClient(client);
  }

  async dispose(clock: Clock): Promise<void> {
    if (this.#disposed) return;
    this.#disposed = true;
    const patience = new AbortController();
    const disposed = this.client.dispose().catch(() => undefined);
    await Promise.race([disposed, clock.sleep(DISPOSE_MS, patience.signal)]);
    patience.abort();
    taken = false;
  }
}

function connected(connection: ConnectionString): EventStoreDBClient {
  try {
    return EventStoreDBClient.connectionString(connection.text);
  } catch (error) {
    // Its own words quote the string, so only those about files are passed on.
    const words = error instanceof Error ? error.message : '';
    const detail = /certificate|userCertFile/.test(words) ? words : 'the client does not take it';
    throw new ConnectionStringError(`${detail}: check tlsCAFile, userCertFile and userKeyFile in it`);
  }
}
