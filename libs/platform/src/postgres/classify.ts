import { DatabaseError } from 'pg';
import type { DatabaseAddress } from './database-address.js';
import {
  DatabaseBusyError,
  DatabaseNotPreparedError,
  DatabaseOutcomeUnknownError,
  DatabaseStatementError,
  DatabaseUnreachableError,
} from './errors.js';

/** What is done about missing tables. */
export const MIGRATE_REMEDY = 'run npm run migrate';

/** A connection could not be made. What the server says by name comes with its remedy. */
export function whyNotConnected(error: unknown, address: DatabaseAddress): Error {
  const { shown, user, database } = address;
  const because = { cause: error };
  switch (sqlState(error) ?? '') {
    case '28P01':
    case '28000':
      return new DatabaseUnreachableError(
        `${shown} refuses us: wrong password, or user ${user} may not connect to ${database} from here; ` +
          'set the right user and password in the address, or mend pg_hba.conf',
        because,
      );
    case '3D000':
      return new DatabaseUnreachableError(
        `there is no database ${database} at ${shown}: make it (createdb ${database}), or name another one`,
        because,
      );
    case '53300':
      return new DatabaseBusyError(
        `${shown} has no connection left: raise max_connections, or end other users' connections`,
        because,
      );
    default:
      break;
  }
  const message = messageOf(error);
  if (message === 'timeout exceeded when trying to connect') {
    return new DatabaseBusyError(`all our connections to ${shown} are in use`, because);
  }
  if (message.includes('client password must be a')) {
    return new DatabaseUnreachableError(
      `${shown} asks for a password and the address has none: add it`,
      because,
    );
  }
  if (message.includes('does not support SSL')) {
    return new DatabaseUnreachableError(
      `${shown} speaks no TLS: give it a certificate, or ask for sslmode=disable`,
      because,
    );
  }
  return new DatabaseUnreachableError(`${shown} does not answer (${reasonOf(error)})`, because);
}

/**
 * A statement failed. `mayBeDone`: it had been sent and changes something by itself, so that a lost connection leaves
 * its outcome unknown.
 */
export function whyFailed(error: unknown, shown: string, mayBeDone: boolean): Error {
  const because = { cause: error };
  const state = sqlState(error);
  if (state === undefined || isConnectionEnd(state)) {
    const reason = reasonOf(error);
    // The driver says this before it sends anything.
    const sent = !messageOf(error).endsWith('is not queryable');
    return mayBeDone && sent
      ? new DatabaseOutcomeUnknownError(
          `nobody knows whether this was written to ${shown}: ${reason}`,
          because,
        )
      : new DatabaseUnreachableError(`the connection to ${shown} was lost (${reason})`, because);
  }
  switch (state) {
    case '57014':
      return new DatabaseBusyError(`${shown} did not finish a statement in time and undid it`, because);
    case '55P03':
      return new DatabaseBusyError(`a statement waited too long for a lock at ${shown}`, because);
    case '40001':
    case '40P01':
      return new DatabaseBusyError(`${shown} undid a transaction in favour of another one`, because);
    case '42P01':
    case '3F000':
    case '42703':
      return new DatabaseNotPreparedError(
        `tables of ours are missing at ${shown}, or too old: ${MIGRATE_REMEDY}`,
        because,
      );
    case '42501':
      return new DatabaseNotPreparedError(
        `our user may not do this at ${shown}: ${messageOf(error)}; grant it, or name the owner of the tables`,
        because,
      );
    case '25006':
      return new DatabaseNotPreparedError(
        `${shown} takes no writes: name the primary, not a standby`,
        because,
      );
    default:
      break;
  }
  // Out of disk, memory or connections.
  if (state.startsWith('53')) {
    return new DatabaseBusyError(`${shown} lacks resources: ${messageOf(error)}`, because);
  }
  // The words of class 22, data exceptions, quote the data.
  if (state.startsWith('22')) {
    return new DatabaseStatementError(`${shown} can't take a value (${state})`, state, {});
  }
  return new DatabaseStatementError(`${shown} refused a statement: ${messageOf(error)}`, state, because);
}

export function sqlState(error: unknown): string | undefined {
  return error instanceof DatabaseError ? error.code : undefined;
}

/** Whether the connection can't be used after this error. */
export function endsConnection(error: unknown): boolean {
  const state = sqlState(error);
  return state === undefined || isConnectionEnd(state);
}

/** Shut down, crashed, still starting, cut by an administrator, or a broken protocol. */
function isConnectionEnd(state: string): boolean {
  return state.startsWith('08') || (state.startsWith('57P') && state !== '57P04') || state === '25P03';
}

/** Short, and without addresses of ours or of theirs. */
function reasonOf(error: unknown): string {
  const errors: unknown[] = error instanceof AggregateError ? error.errors : [error];
  const codes = errors.flatMap((one) => (one instanceof Error && 'code' in one ? [String(one.code)] : []));
  const [code] = codes;
  return code === undefined ? messageOf(error) : code;
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
