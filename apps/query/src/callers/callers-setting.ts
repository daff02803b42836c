import { ConfigError } from '#platform/config/read-config';
import type { Setting } from '#platform/config/setting';
import { HOST_SETTING } from '#platform/service/service-settings';
import { checkListener, InsecureListenerError } from '../query-settings.js';
import type { CallerSetting } from './callers.js';

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

export const CALLERS_SETTING: Setting<readonly CallerSetting[]> = {
  name: 'PAYOUT_CALLERS',
  description:
    'Who may call the HTTP API. Without it everyone on this machine may, and the listener must be loopback.',
  expects: 'entries subject:token separated by spaces or lines; a token has 16 to 256 printable characters',
  secret: true,
  absent: { value: [], shown: '' },
  read: readCallers,
};

/** Throws `ConfigError` for an address that others reach while nobody is asked who they are. */
export function requireSafeListener(listener: {
  readonly host: string;
  readonly callers: readonly CallerSetting[];
}): void {
  try {
    checkListener(listener);
  } catch (error) {
    if (!(error instanceof InsecureListenerError)) throw error;
    const problem = `${listener.host} can be reached from outside and no caller is set; set PAYOUT_CALLERS, or listen on 127.0.0.1`;
    throw new ConfigError([{ variable: HOST_SETTING.name, problem }]);
  }
}
