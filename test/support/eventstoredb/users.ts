import { createHash, randomUUID, timingSafeEqual } from 'node:crypto';
import type { EventLog } from './log/event-log.js';
import { parseObject } from './log/stream-metadata.js';

export interface User {
  readonly name: string;
  readonly groups: readonly string[];
  readonly salt: string;
  readonly hash: string;
}

export function newUser(name: string, password: string, groups: readonly string[]): User {
  const salt = randomUUID();
  return { name, groups, salt, hash: hashOf(salt, password) };
}

export function hasPassword(user: User, password: string): boolean {
  return timingSafeEqual(Buffer.from(user.hash), Buffer.from(hashOf(user.salt, password)));
}

const hashOf = (salt: string, password: string): string =>
  createHash('sha256').update(`${salt} ${password}`).digest('hex');

const STREAM_PREFIX = '$user-';

/** A user that was made while the server ran is an event in the log, like on the real server: it outlives a restart. */
export function userEvent(user: User): { readonly stream: string; readonly data: Uint8Array } {
  const { name, groups, salt, hash } = user;
  return {
    stream: `${STREAM_PREFIX}${name}`,
    data: Buffer.from(JSON.stringify({ loginName: name, groups, salt, hash })),
  };
}

export function storedUser(log: EventLog, name: string): User | undefined {
  const { loginName, groups, salt, hash } = parseObject(
    log.streamEvents(`${STREAM_PREFIX}${name}`).at(-1)?.data,
  );
  if (typeof loginName !== 'string' || typeof salt !== 'string' || typeof hash !== 'string') return undefined;
  const names = Array.isArray(groups) ? groups.filter((group) => typeof group === 'string') : [];
  return { name: loginName, groups: names, salt, hash };
}
