import { ConfigError } from '#platform/config/read-config';
import { SystemOutboundHttp } from '#platform/http/system-outbound-http';
import { SystemIds } from '#platform/ids/system-ids';
import { Shutdown } from '#platform/lifecycle/shutdown';
import { stopOnSignals } from '#platform/lifecycle/stop-on-signals';
import { PinoLogger } from '#platform/logging/pino-logger';
import { DataFolderLockedError } from '#platform/sqlite/data-folder-lock';
import { SystemClock } from '#platform/time/system-clock';
import { ProviderSettingsError } from '#providers/provider-settings-error';
import { ProvidersFileError, readProvidersFile } from '#providers/providers-file';
import { EMBEDDED_SCHEMA, readEmbeddedConfig } from './config.js';
import { startEmbedded, type Addresses } from './embedded.js';
import { openEngines } from './engines.js';
import { welcome } from './welcome.js';

const USAGE = `Everything in one process, in one data folder.

  npm start            settings come from the environment: see .env.example
  npm start -- --json  prints the addresses as one JSON line instead of words`;

/** What is wrong with how it was started: told in words, without a stack. */
const EXPECTED = [ConfigError, ProvidersFileError, DataFolderLockedError, ProviderSettingsError];
const { apiPort, callbackPort, operatorPort, busPort } = EMBEDDED_SCHEMA;
const PORTS = [apiPort, callbackPort, operatorPort, busPort].map(({ name }) => name).join(', ');

/** What the person who started it reads: the remedy, or the stack of what nobody expected. */
function wordsFor(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  if (EXPECTED.some((kind) => error instanceof kind) || error.name.endsWith('KeyError')) return error.message;
  if ('code' in error && error.code === 'EADDRINUSE' && 'port' in error)
    return `port ${String(error.port)} is taken by another program: end that one, or set another port (${PORTS})`;
  return error.stack ?? error.message;
}

async function main(args: readonly string[]): Promise<void> {
  if (args.includes('--help')) {
    process.stdout.write(`${USAGE}\n`);
    return;
  }
  const config = readEmbeddedConfig(process.env);
  const clock = new SystemClock();
  const logger = PinoLogger.create({ level: config.logLevel, service: 'payout-ledger', clock });
  const shutdown = new Shutdown(clock, logger);
  const http = new SystemOutboundHttp();
  const providers = readProvidersFile(config.providersFile);
  const engines = await openEngines({ ...config, providers, clock, ids: new SystemIds(), http, logger });
  let addresses: Addresses;
  try {
    addresses = await startEmbedded(engines, config, shutdown);
  } catch (error) {
    // Some of it runs already: it is stopped in the order in which a running service is.
    await shutdown.stop('the start failed');
    throw error;
  }
  stopOnSignals(shutdown, logger, process);
  const words = { addresses, dataFolder: config.dataFolder, providers: engines.registry.names() };
  process.stdout.write(args.includes('--json') ? `${JSON.stringify(addresses)}\n` : welcome(words));
}

try {
  await main(process.argv.slice(2));
} catch (error) {
  process.stderr.write(`${wordsFor(error)}\n`);
  process.exit(1);
}
