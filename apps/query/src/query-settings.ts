import type { CallerSetting } from './callers/callers.js';

/** How this program is set up; `query-config.ts` reads it from the environment. */
export interface QuerySettings {
  readonly host: string;
  /** 0: any free one. */
  readonly port: number;
  readonly callers: readonly CallerSetting[];
  /** Tells this process from others that wait for replies. The same again after a restart is fine. */
  readonly instance: string;
  /** How long a request waits for the reply to its command, in milliseconds. */
  readonly replyWaitMs: number;
  /** Requests that may wait for a reply at once, and as many for the tables. */
  readonly maxWaiting: number;
  /** How long a read waits for `minPosition`, in milliseconds. */
  readonly positionWaitMs: number;
}

export const DEFAULT_QUERY_SETTINGS: QuerySettings = {
  host: '127.0.0.1',
  port: 8080,
  callers: [],
  instance: 'one',
  replyWaitMs: 10_000,
  maxWaiting: 1_000,
  positionWaitMs: 5_000,
};

/** Nobody is asked who they are, so nobody else may reach the listener. */
export class InsecureListenerError extends Error {
  override readonly name = 'InsecureListenerError';

  constructor(host: string) {
    super(
      `${host} can be reached from outside and no caller is set: name callers with their tokens, or listen on 127.0.0.1`,
    );
  }
}

/** Throws `InsecureListenerError`. */
export function checkListener({ host, callers }: Pick<QuerySettings, 'host' | 'callers'>): void {
  if (callers.length === 0 && !/^(?:127\.[0-9.]+|::1|localhost)$/.test(host))
    throw new InsecureListenerError(host);
}
