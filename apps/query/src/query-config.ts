import { readConfig, type Environment } from '#platform/config/read-config';
import { integer, text, type Setting } from '#platform/config/setting';
import type { CallerSetting } from './callers/callers.js';
import { DEFAULT_QUERY_SETTINGS, type QuerySettings } from './query-settings.js';

const CALLER = /^([\x21-\x39\x3b-\x7e]{1,128}):([\x21-\x7e]{16,256})$/;

/** `subject:token`, one a line or separated by spaces. */
export function readCallers(value: string): readonly CallerSetting[] {
  const callers = value
    .trim()
    .split(/\s+/)
    .map((entry) => {
      const [, subject, token] = CALLER.exec(entry) ?? [];
      if (subject === undefined || token === undefined) throw new RangeError('an entry is not subject:token');
      return { subject, token };
    });
  if (new Set(callers.map(({ token }) => token)).size < callers.length)
    throw new RangeError('a token is there twice');
  return callers;
}

const callers: Setting<readonly CallerSetting[]> = {
  name: 'QUERY_CALLERS',
  description:
    'Who may call the HTTP API. Without it everyone on this machine may, and the listener must be loopback.',
  expects: 'entries subject:token separated by spaces or lines; a token has 16 to 256 printable characters',
  secret: true,
  absent: { value: [], shown: '' },
  read: readCallers,
};

/** The environment of this program. */
export const QUERY_CONFIG = {
  host: text('QUERY_HOST', {
    description: 'Address on which the HTTP API listens.',
    default: DEFAULT_QUERY_SETTINGS.host,
  }),
  port: integer('QUERY_PORT', {
    description: 'Port of the HTTP API; 0 takes a free one.',
    min: 0,
    max: 65_535,
    default: DEFAULT_QUERY_SETTINGS.port,
  }),
  callers,
  instance: text('QUERY_INSTANCE', {
    description: 'Name of this process among those that wait for replies; each needs its own.',
    default: DEFAULT_QUERY_SETTINGS.instance,
  }),
  replyWaitMs: integer('QUERY_REPLY_WAIT_MS', {
    description: 'How long a request waits for the reply to its command before it is answered as queued.',
    min: 0,
    max: 60_000,
    default: DEFAULT_QUERY_SETTINGS.replyWaitMs,
  }),
  maxWaiting: integer('QUERY_MAX_WAITING', {
    description: 'Requests that may wait at once; more are answered with 429.',
    min: 1,
    max: 100_000,
    default: DEFAULT_QUERY_SETTINGS.maxWaiting,
  }),
  positionWaitMs: integer('QUERY_POSITION_WAIT_MS', {
    description: 'How long a read waits for the tables to reach minPosition.',
    min: 0,
    max: 60_000,
    default: DEFAULT_QUERY_SETTINGS.positionWaitMs,
  }),
} as const;

/** Throws `ConfigError` with everything that is wrong. */
export function querySettings(env: Environment): QuerySettings {
  return readConfig(QUERY_CONFIG, env);
}
