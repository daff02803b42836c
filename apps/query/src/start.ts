import { leaseHolder } from '#coordination/lease-holder';
import { loggingObserver } from '#messaging/consumer/logging-observer';
import { meteredObserver } from '#messaging/consumer/metered-observer';
import { KafkaMessageBus } from '#messaging/kafka/kafka-message-bus';
import { PostgresDatabase } from '#platform/postgres/postgres-database';
import type { Service } from '#platform/service/run-service';
import { READ_MODEL_MIGRATIONS } from '#read-models/postgres/read-model-migrations';
import { PostgresReadModelDatabase } from '#read-models/postgres/postgres-read-model-database';
import type { QueryConfig } from './config.js';
import { QueryHttp } from './query-http.js';

/** Starts this app as a process of its own. */
export async function startQuery(
  config: QueryConfig,
  service: Service,
): Promise<Readonly<Record<string, string>>> {
  const { clock, ids, logger, health, instance, metrics, tracing, shutdown } = service;
  const name = `query-${instance}`;
  const database = await PostgresDatabase.open({
    url: config.databaseUrl,
    clock,
    logger,
    applicationName: name,
    migrations: [READ_MODEL_MIGRATIONS],
  });
  const bus = await KafkaMessageBus.open({
    settings: config,
    clock,
    logger,
    observer: meteredObserver(metrics, loggingObserver(logger)),
    clientId: name,
  });
  health.register('bus', () => bus.status());
  health.register('database', () => database.status());
  const listening: { http?: QueryHttp } = {};
  shutdown.add({ name: 'stop intake', timeoutMs: 15_000, run: () => listening.http?.stop() }).add({
    name: 'close stores',
    timeoutMs: 8_000,
    run: async () => {
      await bus.close();
      await database.close();
    },
  });
  listening.http = await QueryHttp.start(
    { database: new PostgresReadModelDatabase(database), bus, clock, ids, logger, health, metrics, tracing },
    // A group of this run alone: two copies of one name would each hear half of the other's replies.
    { ...config, instance: leaseHolder(instance, ids) },
  );
  return { api: listening.http.url };
}
