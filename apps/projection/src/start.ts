import { COORDINATION_MIGRATIONS } from '#coordination/postgres/coordination-migrations';
import { PostgresLeases } from '#coordination/postgres/postgres-leases';
import { EventStoreDbEventStore } from '#event-store/eventstoredb/eventstoredb-event-store';
import { eventStoreOptions } from '#event-store/eventstoredb/settings';
import { PostgresDatabase } from '#platform/postgres/postgres-database';
import type { Service } from '#platform/service/run-service';
import { READ_MODEL_MIGRATIONS } from '#read-models/postgres/read-model-migrations';
import { PostgresReadModelDatabase } from '#read-models/postgres/postgres-read-model-database';
import type { ProjectionConfig } from './config.js';
import { Projections } from './projections.js';

/** Starts this app as a process of its own. */
export async function startProjection(
  config: ProjectionConfig,
  service: Service,
): Promise<Readonly<Record<string, string>>> {
  const { clock, ids, logger, health, instance, metrics, tracing, shutdown } = service;
  const eventStore = await EventStoreDbEventStore.open({ ...eventStoreOptions(config), clock, logger });
  const database = await PostgresDatabase.open({
    url: config.databaseUrl,
    clock,
    logger,
    applicationName: `projection-${instance}`,
    migrations: [READ_MODEL_MIGRATIONS, COORDINATION_MIGRATIONS],
  });
  health.register('log', () => eventStore.status());
  health.register('database', () => database.status());
  const projections = new Projections({
    eventStore,
    database: new PostgresReadModelDatabase(database),
    leases: new PostgresLeases(database),
    clock,
    ids,
    logger,
    metrics,
    tracing,
    instance,
  });
  for (const runner of projections.runners) {
    const { model } = runner.status();
    health.register(model, () => {
      const { state, trouble, caughtUp } = runner.status();
      if (state === 'halted') return { ready: false, detail: trouble ?? 'halted' };
      if (state === 'stopped') return { ready: true, detail: projections.standingBy ?? 'starting' };
      return { ready: true, detail: caughtUp ? 'caught up' : 'catching up' };
    });
  }
  shutdown.add({ name: 'finish the batch in hand', timeoutMs: 15_000, run: () => projections.stop() }).add({
    name: 'close stores',
    timeoutMs: 8_000,
    run: async () => {
      await eventStore.close();
      await database.close();
    },
  });
  projections.start();
  return {};
}
