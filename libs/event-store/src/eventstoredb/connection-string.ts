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

/**
 * What is wrong with an option's value. The client takes unknown options with a warning that quotes the whole string,
 * password and all. No message says a word of the string itself: the configuration would withhold it.
 */
const OPTIONS: Readonly<Record<string, (value: string) => string | undefined>> = {
  tls: (value) => (/^(true|false)$/.test(value) ? undefined : 'TLS is either true or false'),
  nodepreference: (value) =>
    value.toLowerCase() === 'leader'
      ? undefined
      : 'it asks for another node than the leader: leave that out, since others were seen to lack acknowledged events',
  tlsverifycert: (value) =>
    value === 'true'
      ? undefined
      : 'certificates are always checked: name the authority by a file, or by NODE_EXTRA_CA_CERTS',
  throwonappendfailure: (value) =>
    value === 'true'
      ? undefined
      : 'conflicts would look like success: leave out what makes no errors of them',
  tlscafile: anyText,
  usercertfile: anyText,
  userkeyfile: anyText,
  connectionname: anyText,
  maxdiscoverattempts: positive,
  discoveryinterval: positive,
  gossiptimeout: positive,
  keepaliveinterval: (value) =>
    /^[0-9]{5,9}$/.test(value)
      ? undefined
      : 'a hung server is found by the keep-alive of the connection: give it 10000 ms or more',
  keepalivetimeout: positive,
  defaultdeadline: positive,
};

/** Reads and checks `esdb://…` or `esdb+discover://…`; throws `ConnectionStringError`. */
export function parseConnectionString(given: string): ConnectionString {
  const text = given.trim();
  const match = SHAPE.exec(text);
  if (match === null) {
    throw new ConnectionStringError(
      'it has not the form of a connection string; write / @ : ? in a password as %2F %40 %3A %3F',
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
      'a host in it is not one: several stand with commas between; write / @ : ? in a password as %2F %40 %3A %3F',
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
      throw new ConnectionStringError('an option in it is unknown or has no value: see docs/eventstoredb.md');
    }
    const problem = check(value);
    if (problem !== undefined) throw new ConnectionStringError(problem);
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

function positive(value: string): string | undefined {
  return /^[1-9][0-9]{0,8}$/.test(value) ? undefined : 'a time or a count in it is no whole number from 1';
}

function anyText(): undefined {
  return undefined;
}
