import type { Logger } from '#platform/logging/logger';
import type { Clock } from '#platform/time/clock';
import { clientFailure } from './client-failure.js';
import { parseConnectionString } from './connection-string.js';
import { deletionWarning } from './deletion-warning.js';
import { OneClient } from './one-client.js';
import { hasOurPrefix } from './our-streams.js';
import { accessDenied, PageReader } from './page-reader.js';
import { DEFAULT_TIMEOUT_MS } from './settings.js';
import { StreamGuard, type UnsafeStream } from './stream-guard.js';

export interface CheckServerOptions {
  readonly url: string;
  readonly clock: Clock;
  readonly logger: Logger;
  readonly signal: AbortSignal;
}

export interface ServerCheck {
  /** Streams of ours of which the server would drop events: the ledger does not start before that is mended. */
  readonly unsafe: readonly UnsafeStream[];
  /** Streams of ours that are gone for good. */
  readonly tombstoned: readonly string[];
  /** Why our user could delete streams. */
  readonly warning: string | undefined;
}

/**
 * Looks through a server as an event store does when it is opened, for whoever wants to know before: with a client of
 * its own, so not in a process that has an event store open.
 */
export async function checkServer({ url, clock, logger, signal }: CheckServerOptions): Promise<ServerCheck> {
  const connection = parseConnectionString(url);
  const one = OneClient.open(connection, () => undefined);
  try {
    const { client } = one;
    const timeoutMs = DEFAULT_TIMEOUT_MS;
    const reader = new PageReader({ client, clock, timeoutMs, server: connection.shown });
    // Waits for a server that is being started, and tells an unknown user from a server that is away.
    await reader.all('start', 1, signal);
    const guard = new StreamGuard({ client, reader, clock, logger, timeoutMs, isOurs: hasOurPrefix });
    await guard.search(signal);
    const { unsafe, tombstoned } = guard;
    return { unsafe, tombstoned, warning: await deletionWarning(connection, reader, signal) };
  } catch (error) {
    if (clientFailure(error).kind !== 'access-denied') throw error;
    throw accessDenied(connection.shown, 'search the log', error);
  } finally {
    await one.dispose(clock);
  }
}
