import { readFileSync } from 'node:fs';
import { ConfigError, readConfig, type Config, type Environment } from '#platform/config/read-config';
import { integer, oneOf, parsedSecret, text } from '#platform/config/setting';
import { MasterKey } from '#platform/vault/master-key';
import { QUERY_CONFIG } from '#query/query-config';
import { checkListener, DEFAULT_QUERY_SETTINGS, InsecureListenerError } from '#query/query-settings';
import type { ProvidersSettings, ProvidersTiming } from '#providers/registry';

const port = { min: 0, max: 65_535 };

/** Every variable that the embedded shape reads. */
export const EMBEDDED_SCHEMA = {
  dataFolder: text('PAYOUT_DATA_FOLDER', {
    description: 'Where everything lies: log, messages, tables, keys',
    default: './data',
  }),
  masterKey: parsedSecret('PAYOUT_MASTER_KEY', {
    description: 'Root of all keys. Keep it apart from the data: without it, personal data is lost',
    expects: '32 random bytes, made with: openssl rand -base64 32',
    read: (value) => MasterKey.parse(value),
  }),
  providersFile: text('PAYOUT_PROVIDERS_FILE', {
    description: 'JSON file with the settings of the providers to be used (docs/providers.example.json)',
    optional: true,
  }),
  host: text('PAYOUT_HOST', {
    description: 'Address to listen on; callers need tokens on any but loopback',
    default: '127.0.0.1',
  }),
  apiPort: integer('PAYOUT_API_PORT', { description: 'Port of the HTTP API', default: 3000, ...port }),
  callbackPort: integer('PAYOUT_CALLBACK_PORT', {
    description: "Port of the providers' callbacks",
    default: 3001,
    ...port,
  }),
  operatorPort: integer('PAYOUT_OPERATOR_PORT', {
    description: 'Port of payout-ops; always on loopback',
    default: 3002,
    ...port,
  }),
  busPort: integer('PAYOUT_BUS_PORT', {
    description: 'Port of the bus over HTTP, on loopback; there is none where callers need tokens',
    default: 3003,
    ...port,
  }),
  callers: { ...QUERY_CONFIG.callers, name: 'PAYOUT_CALLERS' },
  logLevel: oneOf('PAYOUT_LOG_LEVEL', ['debug', 'info', 'warn', 'error', 'silent'], {
    description: 'What is logged',
    default: 'info',
  }),
};

export type EmbeddedConfig = Config<typeof EMBEDDED_SCHEMA>;

/** The configuration can't be used; the message names the file and the remedy. */
export class ConfigFileError extends Error {
  override readonly name = 'ConfigFileError';
}

/** Throws `ConfigError`, also for an address that others reach while nobody is asked who they are. */
export function readEmbeddedConfig(env: Environment): EmbeddedConfig {
  const config = readConfig(EMBEDDED_SCHEMA, env);
  const { host, callers } = config;
  try {
    checkListener({ ...DEFAULT_QUERY_SETTINGS, host, callers });
  } catch (error) {
    if (!(error instanceof InsecureListenerError)) throw error;
    const problem = `${host} can be reached from outside and no caller is set; set PAYOUT_CALLERS, or listen on 127.0.0.1`;
    throw new ConfigError([{ variable: 'PAYOUT_HOST', problem }]);
  }
  return config;
}

export interface ProvidersFile {
  readonly settings: ProvidersSettings;
  readonly timing?: ProvidersTiming;
}

/** `{"settings": {"dvpay": {…}, …}, "timing": {…}}`. The adapters check what is in it; no file means no provider. */
export function readProvidersFile(path: string | undefined): ProvidersFile {
  if (path === undefined) return { settings: {} };
  const content = readJsonFile(path, 'PAYOUT_PROVIDERS_FILE');
  if (typeof content !== 'object' || content === null || !('settings' in content)) {
    throw new ConfigFileError(
      `${path}: write {"settings": {"dvpay": {…}, …}}, see docs/providers.example.json`,
    );
  }
  return content as ProvidersFile;
}

function readJsonFile(path: string, variable: string): unknown {
  let content: string;
  try {
    content = readFileSync(path, 'utf8');
  } catch (error) {
    throw new ConfigFileError(`${variable}: ${path} can't be read; give the path of a JSON file`, {
      cause: error,
    });
  }
  try {
    return JSON.parse(content);
  } catch {
    // The parser's own words would quote what is in the file.
    throw new ConfigFileError(`${variable}: ${path} is not JSON`);
  }
}
