import { readConfig, type Config, type Environment } from '#platform/config/read-config';
import { integer } from '#platform/config/setting';
import { KAFKA_SETTINGS } from '#messaging/kafka/settings';
import { DATABASE_SETTINGS } from '#platform/postgres/settings';
import { HOST_SETTING, PORT_RANGE, SERVICE_SETTINGS } from '#platform/service/service-settings';
import { CALLERS_SETTING, requireSafeListener } from './callers/callers-setting.js';
import { DEFAULT_QUERY_SETTINGS } from './query-settings.js';

/** Every variable that `query` reads. */
export const QUERY_SCHEMA = {
  ...KAFKA_SETTINGS,
  ...DATABASE_SETTINGS,
  host: HOST_SETTING,
  port: integer('PAYOUT_API_PORT', { description: 'Port of the HTTP API', default: 3000, ...PORT_RANGE }),
  callers: CALLERS_SETTING,
  replyWaitMs: integer('PAYOUT_REPLY_WAIT_MS', {
    description: 'How long a request waits for the reply to its command before it is answered as queued',
    min: 0,
    max: 60_000,
    default: DEFAULT_QUERY_SETTINGS.replyWaitMs,
  }),
  maxWaiting: integer('PAYOUT_MAX_WAITING', {
    description: 'Requests that may wait at once; more are answered with 429',
    min: 1,
    max: 100_000,
    default: DEFAULT_QUERY_SETTINGS.maxWaiting,
  }),
  positionWaitMs: integer('PAYOUT_POSITION_WAIT_MS', {
    description: 'How long a read waits for the tables to reach minPosition',
    min: 0,
    max: 60_000,
    default: DEFAULT_QUERY_SETTINGS.positionWaitMs,
  }),
  ...SERVICE_SETTINGS,
};

export type QueryConfig = Config<typeof QUERY_SCHEMA>;

/** Throws `ConfigError`, also for an address that others reach while nobody is asked who they are. */
export function readQueryConfig(env: Environment): QueryConfig {
  const config = readConfig(QUERY_SCHEMA, env);
  requireSafeListener(config);
  return config;
}
