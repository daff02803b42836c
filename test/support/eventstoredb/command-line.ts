import { parseArgs } from 'node:util';
import type { ServerVersion } from './services/server-context.js';
import { newUser, type User } from './users.js';

export const USAGE = `npm run stand-in:eventstoredb -- [options]
  --port N             port for gRPC (2113; 0: a free one)
  --host H             address to listen on (127.0.0.1)
  --data FOLDER        keep the log there, flushed before each acknowledgement (else in memory)
  --users A:PW,B:PW    access control on, with these users; admin is in $admins, others name groups as B:PW:g1|g2
  --tls FOLDER         TLS with a certificate for localhost that is made there (stand-in.crt); the client sends
                       credentials over TLS only
  --control-port N     HTTP port where faults are armed and counted (0: a free one; absent: none)
  --server-version V   23.10.6 (live subscriptions are dropped by a burst) or 24.2.0 (they fall back)
  --live-buffer N      events that a live subscription may lie behind (250)
  --until-stdin-ends   end with whoever started it, however that ends`;

/** An argument that can't be taken; the message says which. */
export class UsageError extends Error {
  override readonly name = 'UsageError';
}

export interface CommandLine {
  readonly port: number;
  readonly host: string;
  readonly dataFolder: string | undefined;
  readonly users: readonly User[] | undefined;
  readonly tlsFolder: string | undefined;
  readonly controlPort: number | undefined;
  readonly version: ServerVersion;
  readonly liveBuffer: number;
  readonly untilStdinEnds: boolean;
}

export function readCommandLine(args: readonly string[]): CommandLine {
  const values = parsed(args);
  const version = values['server-version'] ?? '23.10.6';
  if (version !== '23.10.6' && version !== '24.2.0') {
    throw new UsageError(`--server-version is 23.10.6 or 24.2.0, not ${version}`);
  }
  const control = values['control-port'];
  return {
    port: whole('--port', values.port ?? '2113', 65_535),
    host: values.host ?? '127.0.0.1',
    dataFolder: values.data,
    users: values.users === undefined ? undefined : users(values.users),
    tlsFolder: values.tls,
    controlPort: control === undefined ? undefined : whole('--control-port', control, 65_535),
    version,
    liveBuffer: whole('--live-buffer', values['live-buffer'] ?? '250', 1_000_000),
    untilStdinEnds: values['until-stdin-ends'] ?? false,
  };
}

function parsed(args: readonly string[]) {
  const text = { type: 'string' } as const;
  try {
    return parseArgs({
      args: [...args],
      options: {
        port: text,
        host: text,
        data: text,
        users: text,
        tls: text,
        'control-port': text,
        'server-version': text,
        'live-buffer': text,
        'until-stdin-ends': { type: 'boolean' },
      },
    }).values;
  } catch (error) {
    throw new UsageError(error instanceof Error ? error.message : String(error));
  }
}

function whole(name: string, value: string, most: number): number {
  const number = Number(value);
  if (!/^\d+$/.test(value) || number > most)
    throw new UsageError(`${name} is a number up to ${most}, not ${value}`);
  return number;
}

function users(list: string): readonly User[] {
  return list.split(',').map((entry) => {
    const [name = '', password = '', groups] = entry.split(':');
    if (name === '' || password === '') throw new UsageError('--users is name:password,name:password');
    return newUser(name, password, groups?.split('|') ?? (name === 'admin' ? ['$admins'] : []));
  });
}
