/** The connection string can't be used. The message names the mistake and the remedy, never the password. */
export class ConnectionStringError extends Error {
  override readonly name = 'ConnectionStringError';
}

export interface ConnectionString {
  /** As it is given to the client. It holds the password. */
  readonly text: string;
  readonly discover: boolean;
  readonly hosts: readonly { readonly host: string; readonly port: number }[];
  readonly tls: boolean;
  readonly user: string | undefined;
  readonly password: string | undefined;
  /** For logs and messages: hosts alone. */
  readonly shown: string;
}

const SHAPE = /^(esdb|esdb\+discover):\/\/(?:([^:@/?]+):([^:@/?]+)@)?([^@?]+?)\/?(?:\?([^@?]*))?$/;
const HOST = /^([A-Za-z0-9_.-]+)(?::([0-9]{1,5}))?$/;
const DEFAULT_PORT = 2113;

/** What an option may hold. The client takes others with a warning that quotes the whole string, password and all. */
const OPTIONS: Readonly<Record<string, (value: string) => string | undefined>> = {
  tls: truth,
  nodepreference: (value) =>
    value.toLowerCase() === 'leader'
      ? undefined
      : 'leave it out, or say leader: other nodes were seen to lack events that were acknowledged',
  tlsverifycert: (value) =>
    value === 'true'
      ? undefined
      : 'the client does not support it; name the authority with tlsCAFile or NODE_EXTRA_CA_CERTS',
  throwonappendfailure: (value) =>
    value === 'true' ? undefined : 'leave it out: a conflict would look like success',
  tlscafile: anyText,
  usercertfile: anyText,
  userkeyfile: anyText,
  connectionname: anyText,
  maxdiscoverattempts: positive,
  discoveryinterval: positive,
  gossiptimeout: positive,
  keepaliveinterval: (value) =>
    /^[0-9]{5,9}$/.test(value) ? undefined : 'say milliseconds, 10000 or more: a hung server is found by it',
  keepalivetimeout: positive,
  defaultdeadline: positive,
};

/** Reads and checks `esdb://…` or `esdb+discover://…`; throws `ConnectionStringError`. */
export function parseConnectionString(given: string): ConnectionString {
  const text = given.trim();
  const match = SHAPE.exec(text);
  if (match === null) {
    throw new ConnectionStringError(
      'not a connection string: esdb://user:password@host:2113?tls=true, or esdb+discover://… for a cluster; write / @ : ? in a password as %2F %40 %3A %3F',
    );
  }
  const [, protocol, user, password, hostsPart = '', query = ''] = match;
  const hosts = hostsPart.split(',').map(readHost);
  const options = readOptions(query);
  return {
    text,
    discover: protocol === 'esdb+discover',
    hosts,
    tls: options.get('tls') !== 'false',
    user: decoded(user),
    password: decoded(password),
    shown: hosts.map(({ host, port }) => `${host}:${port}`).join(','),
  };
}

function readHost(text: string): { host: string; port: number } {
  const match = HOST.exec(text);
  const port = match?.[2] === undefined ? DEFAULT_PORT : Number(match[2]);
  // What isn't a host may be a part of a password with a sign in it that should have been written as %…
  if (match?.[1] === undefined || port < 1 || port > 65_535) {
    throw new ConnectionStringError(
      'a host in it is not one: write host:port, several with commas between; write / @ : ? in a password as %2F %40 %3A %3F',
    );
  }
  return { host: match[1], port };
}

function readOptions(query: string): ReadonlyMap<string, string> {
  const options = new Map<string, string>();
  for (const part of query === '' ? [] : query.split('&')) {
    const [, name = '', value = ''] = /^([A-Za-z_-]+)=(.+)$/.exec(part) ?? [];
    const key = name.toLowerCase().replaceAll(/[_-]/g, '');
    const check = Object.hasOwn(OPTIONS, key) ? OPTIONS[key] : undefined;
    if (check === undefined) {
      throw new ConnectionStringError(
        'an option in it is unknown or has no value: they are ?tls=…&tlsCAFile=… and the like, see docs/eventstoredb.md',
      );
    }
    const problem = check(value);
    if (problem !== undefined) throw new ConnectionStringError(`its option ${name}: ${problem}`);
    options.set(key, value);
  }
  return options;
}

function decoded(text: string | undefined): string | undefined {
  if (text === undefined) return undefined;
  try {
    return decodeURIComponent(text);
  } catch {
    throw new ConnectionStringError(
      'a % in its user or password is not followed by two hex digits: write %25',
    );
  }
}

function truth(value: string): string | undefined {
  return value === 'true' || value === 'false' ? undefined : 'say true or false';
}

function positive(value: string): string | undefined {
  return /^[1-9][0-9]{0,8}$/.test(value) ? undefined : 'say a whole number from 1';
}

function anyText(): undefined {
  return undefined;
}
