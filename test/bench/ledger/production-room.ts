import { openEngines } from '#command/engines';
import { COMMAND_SCHEMA } from '#command/config';
import { readConfig } from '#platform/config/read-config';
import { Health } from '#platform/health/health';
import { SystemIds } from '#platform/ids/system-ids';
import { Shutdown } from '#platform/lifecycle/shutdown';
import { PinoLogger } from '#platform/logging/pino-logger';
import { NO_METRICS } from '#platform/metrics/metrics';
import { NO_TRACING } from '#platform/tracing/tracing';
import { SystemClock } from '#platform/time/system-clock';
import { MasterKey } from '#platform/vault/master-key';
import { COMMANDS } from '#setup/run-setup';
import { startEventStoreDb, type StartedEventStoreDb } from '#test/support/eventstoredb/start-eventstoredb';
import { startKafka, type StartedKafka } from '#test/support/kafka/start-kafka';
import { startPostgres, type StartedPostgres } from '#test/support/postgres/start-postgres';
import { testDatabase } from '#test/support/postgres/test-database';
import type { BenchRoom } from './bench-room.js';

type Engines = Awaited<ReturnType<typeof openEngines>>;

/** Broker, database and log as processes of their own, and the engines of `command` on them. */
export class ProductionRoom implements BenchRoom {
  private constructor(
    readonly engines: Engines,
    private readonly servers: readonly { stop(): Promise<void> }[],
    /** What each engine is: `local`, `given`, `container`, or `stand-in`. */
    readonly kinds: Readonly<Record<'kafka' | 'postgres' | 'log', string>>,
  ) {}

  static async open(): Promise<ProductionRoom> {
    const [kafka, postgres, log]: [StartedKafka, StartedPostgres, StartedEventStoreDb] = await Promise.all([
      startKafka(),
      startPostgres(),
      startEventStoreDb(),
    ]);
    const clock = new SystemClock();
    const ids = new SystemIds();
    const logger = PinoLogger.create({ level: 'error', service: 'bench', clock });
    const env = {
      KAFKA_BROKERS: kafka.brokers,
      DATABASE_URL: (await testDatabase(postgres.url)).url,
      KEYS_DATABASE_URL: (await testDatabase(postgres.url)).url,
      EVENTSTORE_URL: log.url,
      KAFKA_REPLICATION: '1',
      PAYOUT_MASTER_KEY: MasterKey.generate(ids),
      PAYOUT_OPERATOR_TOKEN: 'a-token-that-nobody-uses-in-a-bench',
    };
    const quiet = { out: () => undefined, err: () => undefined };
    for (const name of ['topics', 'migrate']) {
      await COMMANDS[name]?.run({ env, clock, logger, ...quiet });
    }
    const health = new Health();
    const engines = await openEngines(readConfig(COMMAND_SCHEMA, env), {
      instance: 'bench',
      clock,
      ids,
      logger,
      health,
      metrics: NO_METRICS,
      tracing: NO_TRACING,
      shutdown: new Shutdown(clock, logger),
      end: (why, error) => {
        throw new Error(why, { cause: error });
      },
    });
    const until = performance.now() + 60_000;
    while (!health.ready().ready) {
      if (performance.now() > until) throw new Error(JSON.stringify(health.ready()));
      await clock.sleep(50);
    }
    return new ProductionRoom(engines, [log, kafka, postgres], {
      kafka: kafka.kind,
      postgres: postgres.kind,
      log: log.kind,
    });
  }

  close(): Promise<void> {
    return this.engines.close();
  }

  async remove(): Promise<void> {
    for (const server of this.servers) await server.stop();
  }
}
