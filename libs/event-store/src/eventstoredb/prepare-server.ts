import { isDeepStrictEqual } from 'node:util';
import { BACKWARDS, END, NO_STREAM } from '@eventstore/db-client';
import type { OutboundHttp } from '#platform/http/outbound-http';
import type { Ids } from '#platform/ids/ids';
import type { Logger } from '#platform/logging/logger';
import type { Clock } from '#platform/time/clock';
import type { JsonObject } from '../event-store.js';
import { answerWithin } from './answer-within.js';
import { clientFailure, describeFailure } from './client-failure.js';
import { parseConnectionString } from './connection-string.js';
import { SETTINGS_STREAM } from './deletion-warning.js';
import { EventStoreUnavailableError } from './errors.js';
import { OneClient } from './one-client.js';
import { accessDenied, PageReader } from './page-reader.js';
import { PrepareServerError, ServerUsers, type ServerUser } from './server-users.js';
import { DEFAULT_TIMEOUT_MS } from './settings.js';
import { METADATA_TYPE } from './settings-scan.js';

export interface PrepareServerOptions {
  /** The connection string of an administrator, such as the `admin` that a server comes with. */
  readonly url: string;
  /** The ledger's own: what `EVENTSTORE_URL` of the apps will name. */
  readonly user: ServerUser;
  readonly clock: Clock;
  readonly ids: Ids;
  readonly http: OutboundHttp;
  readonly logger: Logger;
}

/** What was changed: nothing, when it is run again. */
export interface PreparedServer {
  readonly user: 'made' | 'kept';
  readonly defaultAccess: 'set' | 'as it was';
  readonly accessToAll: 'set' | 'as it was';
}

const ADMINS = '$admins';
const ALL_METADATA = '$$$all';
/** Others may change the settings between our reading and our writing. */
const ATTEMPTS = 3;

/**
 * Makes a user that may append and read, `$all` too, and that may not delete, tombstone or cut a stream: an ordinary
 * user may do all of that, and may not read `$all`. Can be run again; with another password it changes the user's.
 * Throws `ConnectionStringError`, `PrepareServerError`, `SecondClientError`, or that the server doesn't answer.
 */
export async function prepareServer(options: PrepareServerOptions): Promise<PreparedServer> {
  const { clock, ids, user, logger } = options;
  const connection = parseConnectionString(options.url);
  if (!connection.tls) {
    throw new PrepareServerError(
      'the connection string says tls=false: a server without TLS has no access control to prepare',
    );
  }
  if (user.name === connection.user || !/^[A-Za-z0-9_-]{1,64}$/.test(user.name)) {
    throw new PrepareServerError(
      "the ledger's user needs a name of its own, of letters, digits, - and _, such as ledger",
    );
  }
  const one = OneClient.open(connection, () => undefined);
  try {
    const { client } = one;
    const reader = new PageReader({ client, clock, timeoutMs: DEFAULT_TIMEOUT_MS, server: connection.shown });
    const stream = new SettingsStream(one, reader, clock, ids, connection.shown);
    const prepared = {
      user: await new ServerUsers(connection, options.http).ensure(user),
      defaultAccess: await stream.settle(SETTINGS_STREAM, 'update-default-acl', () =>
        defaultAccess(user.name),
      ),
      accessToAll: await stream.settle(ALL_METADATA, METADATA_TYPE, (before) => ({
        ...before,
        $acl: { ...acl(before), $r: [user.name, ADMINS] },
      })),
    };
    logger.info('EventStoreDB is prepared', { server: connection.shown, ...prepared, user: user.name });
    return prepared;
  } finally {
    await one.dispose(clock);
  }
}

/** What everybody may do with a stream that says nothing of its own. */
function defaultAccess(user: string): JsonObject {
  const both = [user, ADMINS];
  return {
    $userStreamAcl: { $r: both, $w: both, $d: ADMINS, $mr: both, $mw: ADMINS },
    $systemStreamAcl: { $r: both, $w: ADMINS, $d: ADMINS, $mr: both, $mw: ADMINS },
  };
}

function acl(metadata: JsonObject): JsonObject {
  const value = metadata['$acl'];
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as JsonObject) : {};
}

/** A stream whose last event is what counts. */
class SettingsStream {
  constructor(
    private readonly one: OneClient,
    private readonly reader: PageReader,
    private readonly clock: Clock,
    private readonly ids: Ids,
    private readonly server: string,
  ) {}

  /** Appends what is wanted, at the exact revision, unless the last event says it already. */
  async settle(
    stream: string,
    type: string,
    wanted: (before: JsonObject) => JsonObject,
  ): Promise<'set' | 'as it was'> {
    const { signal } = new AbortController();
    for (let attempt = 1; ; attempt += 1) {
      const [last] = (await this.reader.stream(stream, END, 1, signal, BACKWARDS)) ?? [];
      const before = last?.type === type ? (last.data as JsonObject) : {};
      const data = wanted(before);
      if (isDeepStrictEqual(before, data)) return 'as it was';
      const event = {
        id: this.ids.uuid(),
        type,
        contentType: 'application/json' as const,
        data,
        metadata: {},
      };
      const append = this.one.client.appendToStream(stream, [event], {
        expectedRevision: last?.revision ?? NO_STREAM,
      });
      try {
        await answerWithin(this.clock, DEFAULT_TIMEOUT_MS, append);
        return 'set';
      } catch (error) {
        const { kind } = clientFailure(error);
        if (kind === 'access-denied') throw accessDenied(this.server, `write to ${stream}`, error);
        // Whatever else it was, what is there now tells what is left to do.
        if (attempt < ATTEMPTS) continue;
        throw new EventStoreUnavailableError(`writing to ${stream} failed: ${describeFailure(error)}`, {
          cause: error,
        });
      }
    }
  }
}
