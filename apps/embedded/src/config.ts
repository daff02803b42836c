import { readConfig, type Config, type Environment } from '#platform/config/read-config';
import { integer, oneOf, text } from '#platform/config/setting';
import { LOG_LEVELS } from '#platform/logging/pino-logger';
import { HOST_SETTING, PORT_RANGE } from '#platform/service/service-settings';
import { MASTER_KEY_SETTING } from '#platform/vault/settings';
import { CALLERS_SETTING, requireSafeListener } from '#query/callers/callers-setting';
import { PROVIDERS_FILE_SETTING } from '#providers/providers-file';

/** Every variable that the embedded shape reads. */
export const EMBEDDED_SCHEMA = {
  dataFolder: text('PAYOUT_DATA_FOLDER', {
    description: 'Where everything lies: log, messages, tables, keys',
    default: './data',
  }),
  masterKey: MASTER_KEY_SETTING,
  providersFile: PROVIDERS_FILE_SETTING,
  host: HOST_SETTING,
  apiPort: integer('PAYOUT_API_PORT', { description: 'Port of the HTTP API', default: 3000, ...PORT_RANGE }),
  callbackPort: integer('PAYOUT_CALLBACK_PORT', {
    description: "Port of the providers' callbacks",
    default: 3001,
    ...PORT_RANGE,
  }),
  operatorPort: integer('PAYOUT_OPERATOR_PORT', {
    description: 'Port of payout-ops; always on loopback',
    default: 3002,
    ...PORT_RANGE,
  }),
  busPort: integer('PAYOUT_BUS_PORT', {
    description: 'Port of the bus over HTTP, on loopback; there is none where callers need tokens',
    default: 3003,
    ...PORT_RANGE,
  }),
  callers: CALLERS_SETTING,
  logLevel: oneOf('PAYOUT_LOG_LEVEL', LOG_LEVELS, { description: 'What is logged', default: 'info' }),
};

export type EmbeddedConfig = Config<typeof EMBEDDED_SCHEMA>;

/** Throws `ConfigError`, also for an address that others reach while nobody is asked who they are. */
export function readEmbeddedConfig(env: Environment): EmbeddedConfig {
  const config = readConfig(EMBEDDED_SCHEMA, env);
  requireSafeListener(config);
  return config;
}
