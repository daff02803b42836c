import { readFileSync } from 'node:fs';
import { isIP } from 'node:net';
import type { ConnectionOptions } from 'node:tls';

/** Where a database is and who asks. The password can't be printed: it is a function's answer. */
export interface DatabaseAddress {
  readonly host: string;
  readonly port: number;
  readonly user: string;
  readonly database: string;
  readonly password: () => string;
  /** Undefined: without TLS. */
  readonly tls: ConnectionOptions | undefined;
  /** `user@host:port/database`, for logs and remedies. */
  readonly shown: string;
}

const DEFAULT_PORT = 5432;
const PARAMETERS = ['sslmode', 'sslrootcert'];

/**
 * Reads `postgres://user:password@host:5432/database?sslmode=…`. `sslmode` is `disable` (as without it), `require`
 * (encrypted, whoever answers) or `verify-full` (the certificate is checked against the machine's authorities, or
 * against those in the file of `sslrootcert`). Throws a `RangeError` that says what is wrong and quotes nothing.
 */
export function databaseAddress(text: string): DatabaseAddress {
  const url = URL.parse(text.trim());
  if (url === null) throw new RangeError('it is no address');
  if (url.protocol !== 'postgres:' && url.protocol !== 'postgresql:') {
    throw new RangeError('it does not begin with postgres://');
  }
  const user = decoded(url.username);
  const host = decoded(url.hostname).replace(/^\[(.+)\]$/, '$1');
  const database = decoded(url.pathname.slice(1));
  if (host === '') throw new RangeError('it names no host');
  if (user === '') throw new RangeError('it names no user');
  if (database === '' || database.includes('/')) throw new RangeError('it names no database');
  const password = decoded(url.password);
  const port = url.port === '' ? DEFAULT_PORT : Number(url.port);
  return {
    host,
    port,
    user,
    database,
    password: () => password,
    tls: tlsOf(url.searchParams, host),
    shown: `${user}@${host}:${port}/${database}`,
  };
}

function tlsOf(parameters: URLSearchParams, host: string): ConnectionOptions | undefined {
  for (const name of parameters.keys()) {
    if (!PARAMETERS.includes(name)) throw new RangeError(`only ${PARAMETERS.join(' and ')} may follow the ?`);
  }
  const mode = parameters.get('sslmode') ?? 'disable';
  const authorities = parameters.get('sslrootcert');
  if (authorities !== null && mode !== 'verify-full') {
    throw new RangeError('sslrootcert is for sslmode=verify-full');
  }
  switch (mode) {
    case 'disable':
      return undefined;
    case 'require':
      return { rejectUnauthorized: false };
    case 'verify-full': {
      // The driver names the server only where it isn't an IP address.
      const identity = isIP(host) === 0 ? {} : { host };
      return authorities === null ? identity : { ...identity, ca: readAuthorities(authorities) };
    }
    default:
      throw new RangeError('its sslmode is none of disable, require, verify-full');
  }
}

function readAuthorities(path: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? String(error.code) : 'unknown error';
    throw new RangeError(`the file of sslrootcert can't be read (${code})`, { cause: error });
  }
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch (error) {
    throw new RangeError('a % in it is not followed by two hexadecimal digits (write % as %25)', {
      cause: error,
    });
  }
}
