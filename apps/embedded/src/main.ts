import { ConfigError } from '#platform/config/read-config';
import { SystemOutboundHttp } from '#platform/http/system-outbound-http';
import { SystemIds } from '#platform/ids/system-ids';
import { Shutdown } from '#platform/lifecycle/shutdown';
import { stopOnSignals } from '#platform/lifecycle/stop-on-signals';
import { PinoLogger } from '#platform/logging/pino-logger';
import { DataFolderLockedError } from '#platform/sqlite/data-folder-lock';
import { SystemClock } from '#platform/time/system-clock';
import { ProviderSettingsError } from '#providers/provider-settings-error';
import { ConfigFileError, readEmbeddedConfig, readProvidersFile } from './config.js';
import { startEmbedded, type Addresses } from './embedded.js';
import { openEngines } from './engines.js';
import { welcome } from './welcome.js';

const USAGE = `Everything in one process, in one data folder.

  npm start            settings come from the environment: see .env.example
  npm start -- --json  prints the addresses as one JSON line instead of words`;

/** What is wrong with how it was started: told in words, without a stack. */
const EXPECTED = [ConfigError, ConfigFileError, DataFolderLockedError, ProviderSettingsError];

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
    await engines.close();
    throw error;
  }
  stopOnSignals(shutdown, logger, process);
  const words = { addresses, dataFolder: config.dataFolder, providers: engines.registry.names() };
  process.stdout.write(args.includes('--json') ? `${JSON.stringify(addresses)}\n` : welcome(words));
}

try {
  await main(process.argv.slice(2));
} catch (error) {
  const expected =
    EXPECTED.some((kind) => error instanceof kind) ||
    (error instanceof Error && error.name.endsWith('KeyError'));
  process.stderr.write(
    expected && error instanceof Error
      ? `${error.message}\n`
      : `${String(error instanceof Error ? error.stack : error)}\n`,
  );
  process.exit(1);
}
