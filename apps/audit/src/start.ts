import { EventStoreDbEventStore } from '#event-store/eventstoredb/eventstoredb-event-store';
import { eventStoreOptions } from '#event-store/eventstoredb/settings';
import { PostgresDatabase } from '#platform/postgres/postgres-database';
import type { Service } from '#platform/service/run-service';
import { READ_MODEL_MIGRATIONS } from '#read-models/postgres/read-model-migrations';
import { createAuditServer } from './audit-server.js';
import type { AuditConfig } from './config.js';
import { PostgresTables } from './tables/postgres-tables.js';

/** Starts the auditors' server as a process of its own. */
export async function startAudit(
  config: AuditConfig,
  service: Service,
): Promise<Readonly<Record<string, string>>> {
  const { clock, logger, health, instance, metrics, shutdown } = service;
  const eventStore = await EventStoreDbEventStore.open({ ...eventStoreOptions(config), clock, logger });
  const database = await PostgresDatabase.open({
    url: config.databaseUrl,
    clock,
    logger,
    applicationName: `audit-${instance}`,
    migrations: [READ_MODEL_MIGRATIONS],
  });
  health.register('log', () => eventStore.status());
  health.register('database', () => database.status());
  const server = await createAuditServer({
    eventStore,
    tables: new PostgresTables(database),
    clock,
    logger,
    metrics,
    token: config.auditToken,
  });
  shutdown.add({ name: 'stop intake', timeoutMs: 15_000, run: () => server.stop() }).add({
    name: 'close stores',
    timeoutMs: 8_000,
    run: async () => {
      await eventStore.close();
      await database.close();
    },
  });
  return { audit: await server.listen(config.host, config.auditPort) };
}
