import { hostname } from 'node:os';
import {
  ConfigError,
  describeConfig,
  readConfig,
  type Config,
  type ConfigSchema,
} from '../config/read-config.js';
import { Health } from '../health/health.js';
import type { Ids } from '../ids/ids.js';
import { SystemIds } from '../ids/system-ids.js';
import { Shutdown } from '../lifecycle/shutdown.js';
import { stopOnSignals } from '../lifecycle/stop-on-signals.js';
import type { Logger } from '../logging/logger.js';
import { PinoLogger } from '../logging/pino-logger.js';
import { countedAlarms } from '../metrics/counted-alarms.js';
import type { Metrics } from '../metrics/metrics.js';
import { PrometheusMetrics } from '../metrics/prometheus-metrics.js';
import { showReadiness } from '../metrics/shown-readiness.js';
import type { Clock } from '../time/clock.js';
import { SystemClock } from '../time/system-clock.js';
import { openTracing } from '../tracing/open-tracing.js';
import type { Tracing } from '../tracing/tracing.js';
import type { SERVICE_SETTINGS } from './service-settings.js';
import { StatusServer } from './status-server.js';

type ServiceSchema = ConfigSchema & typeof SERVICE_SETTINGS;

/** What every program of the production shape has. */
export interface Service {
  /** Name of this copy. */
  readonly instance: string;
  readonly clock: Clock;
  readonly ids: Ids;
  readonly logger: Logger;
  readonly health: Health;
  readonly metrics: Metrics;
  readonly tracing: Tracing;
  /** Steps in the order in which nothing is lost; the status port answers until the last of them has ended. */
  readonly shutdown: Shutdown;
  /** Something has ended that only a new process brings back: stops in order and exits with 1. */
  end(why: string, error: unknown): void;
}

export interface ServiceProgram<S extends ServiceSchema> {
  readonly name: string;
  /** One line: what it is for. */
  readonly purpose: string;
  readonly schema: S;
  /** Throws for what one variable alone can't tell; the message names the variables and the remedy. */
  readonly check?: (config: Config<S>) => void;
  /** Errors of the start that are told in words, without a stack. */
  readonly expectedErrors?: readonly (abstract new (...args: never) => Error)[];
  /**
   * Opens the engines and starts. It doesn't wait for an engine that is down: readiness tells what is missing. Answers
   * with the addresses that it listens on.
   */
  start(config: Config<S>, service: Service): Promise<Readonly<Record<string, string>>>;
}

/** Runs a program until a signal stops it. Exits with 1 when it can't start, and says why on stderr. */
export async function runService<S extends ServiceSchema>(program: ServiceProgram<S>): Promise<void> {
  if (process.argv.includes('--help')) {
    process.stdout.write(usage(program));
    return;
  }
  try {
    await start(program);
  } catch (error) {
    process.stderr.write(`${wordsFor(error, program)}\n`);
    process.exit(1);
  }
}

async function start<S extends ServiceSchema>(program: ServiceProgram<S>): Promise<void> {
  const config = readConfig(program.schema, process.env);
  requireFitting(program, config);
  const common: Config<typeof SERVICE_SETTINGS> = config;
  const instance = common.instance ?? hostname();
  const clock = new SystemClock();
  const ids = new SystemIds();
  const lines = PinoLogger.create({ level: common.logLevel, service: program.name, clock }).child({
    instance,
  });
  const metrics = PrometheusMetrics.create({ clock, logger: lines });
  const logger = countedAlarms(lines, metrics);
  const tracing = await openTracing({
    endpoint: common.tracesTo,
    ratio: common.traceRatio,
    service: program.name,
    instance,
    clock,
    ids,
    logger,
  });
  const health = new Health();
  showReadiness(metrics, health);
  const shutdown = new Shutdown(clock, logger);
  const status = await StatusServer.start(health, metrics, {
    host: common.statusHost,
    port: common.statusPort,
  });
  const exitAfterStop = async (reason: string): Promise<void> => {
    await shutdown.stop(reason);
    await status.stop();
    process.exit(1);
  };
  const service: Service = {
    instance,
    clock,
    ids,
    logger,
    health,
    metrics,
    tracing,
    shutdown,
    end: (why, error) => {
      logger.alarm('service-ended', { why, error });
      health.fail(why);
      void exitAfterStop(why);
    },
  };
  let addresses: Readonly<Record<string, string>>;
  try {
    addresses = await program.start(config, service);
  } catch (error) {
    // Some of it runs already: it is stopped in the order in which a running service is.
    await shutdown.stop('the start failed');
    await status.stop();
    throw error;
  }
  shutdown.add({ name: 'send the last traces', timeoutMs: 2_000, run: () => tracing.close() });
  stopOnSignals(shutdown, logger, process);
  logger.info('started', { addresses: { ...addresses, status: status.url } });
  if (process.argv.includes('--json'))
    process.stdout.write(`${JSON.stringify({ ...addresses, status: status.url })}\n`);
}

/** Each setting can be read, and they don't fit together. */
class UnfitSettingsError extends Error {
  override readonly name = 'UnfitSettingsError';
}

function requireFitting<S extends ServiceSchema>({ check }: ServiceProgram<S>, config: Config<S>): void {
  try {
    check?.(config);
  } catch (error) {
    if (!(error instanceof Error) || error instanceof ConfigError) throw error;
    throw new UnfitSettingsError(`the configuration is not usable:\n  ${error.message}`, { cause: error });
  }
}

/** What the person who started it reads: the remedy, or the stack of what nobody expected. */
function wordsFor(
  error: unknown,
  { expectedErrors = [] }: Pick<ServiceProgram<ServiceSchema>, 'expectedErrors'>,
): string {
  if (!(error instanceof Error)) return String(error);
  if ([ConfigError, UnfitSettingsError, ...expectedErrors].some((kind) => error instanceof kind))
    return error.message;
  if ('code' in error && error.code === 'EADDRINUSE' && 'port' in error)
    return `port ${String(error.port)} is taken by another program: end that one, or set another port`;
  return error.stack ?? error.message;
}

function usage<S extends ServiceSchema>({ name, purpose, schema }: ServiceProgram<S>): string {
  return `${name}: ${purpose}

  --json   prints the addresses as one JSON line when it has started
  --help   prints this

Everything else comes from the environment:

${describeConfig(schema)}`;
}
