import { EventStoreDbEventStore } from '#event-store/eventstoredb/eventstoredb-event-store';
import { PostgresDatabase } from '#platform/postgres/postgres-database';
import type { Service } from '#platform/service/run-service';
import { PostgresReadModelDatabase } from '#read-models/postgres/postgres-read-model-database';
import { createAuditServer } from './audit-server.js';
import type { AuditConfig } from './config.js';

/** Starts the auditors' server as a process of its own. */
export async function startAudit(
  config: AuditConfig,
  service: Service,
): Promise<Readonly<Record<string, string>>> {
  const { clock, logger, health, instance, shutdown } = service;
  const eventStore = await EventStoreDbEventStore.open({ url: config.eventStoreUrl, clock, logger });
  const database = PostgresDatabase.open({
    url: config.databaseUrl,
    clock,
    logger,
    applicationName: `audit-${instance}`,
  });
  health.register('log', () => eventStore.status());
  health.register('database', () => database.status());
  const app = await createAuditServer({
    eventStore,
    readModels: new PostgresReadModelDatabase(database),
    clock,
    logger,
  });
  shutdown
    .add({ name: 'stop intake', timeoutMs: 15_000, run: () => app.close() })
    .add({
      name: 'close stores',
      timeoutMs: 8_000,
      run: async () => {
        await eventStore.close();
        await database.close();
      },
    });
  await app.listen(config.auditPort, config.host);
  return { audit: await app.getUrl() };
}
