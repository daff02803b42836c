import { BACKWARDS, END } from '@eventstore/db-client';
import type { ConnectionString } from './connection-string.js';
import { EventStoreAccessDeniedError } from './errors.js';
import type { PageReader } from './page-reader.js';

/** Where the server keeps what users may do by default. */
export const SETTINGS_STREAM = '$settings';
const EVERYBODY = '$all';
/** Built in, and members of `$admins` and `$ops`. */
const ADMINISTRATORS: readonly string[] = ['admin', 'ops'];

/**
 * Why our user could delete, tombstone or cut streams; undefined when it seems that it can't. Nothing is deleted to find
 * out: the default access list is read. Groups that the user was put into since can't be seen by it.
 */
export async function deletionWarning(
  connection: ConnectionString,
  reader: PageReader,
  signal: AbortSignal,
): Promise<string | undefined> {
  if (!connection.tls)
    return 'access control is off (tls=false): whoever reaches the server may delete streams';
  if (connection.user === undefined) return 'EVENTSTORE_URL names no user: give the ledger one of its own';
  if (ADMINISTRATORS.includes(connection.user)) {
    return `${connection.user} may delete streams: give the ledger a user of its own with npm run prepare-log`;
  }
  try {
    const [last] = (await reader.stream(SETTINGS_STREAM, END, 1, signal, BACKWARDS)) ?? [];
    const acl = field(last?.data, '$userStreamAcl');
    const may = ['$d', '$mw'].filter((right) => allows(field(acl, right), connection.user ?? EVERYBODY));
    if (may.length === 0) return undefined;
    return `our user may delete or cut streams (${may.join(', ')} of the default access list): run npm run prepare-log`;
  } catch (error) {
    if (!(error instanceof EventStoreAccessDeniedError)) throw error;
    return 'our user may not read $settings, so it may delete streams for all that is known: run npm run prepare-log';
  }
}

/** Nothing said: everybody may. */
function allows(roles: unknown, user: string): boolean {
  if (roles === undefined) return true;
  const list: readonly unknown[] = Array.isArray(roles) ? roles : [roles];
  return list.includes(user) || list.includes(EVERYBODY);
}

function field(value: unknown, name: string): unknown {
  if (typeof value !== 'object' || value === null) return undefined;
  return new Map<string, unknown>(Object.entries(value)).get(name);
}
