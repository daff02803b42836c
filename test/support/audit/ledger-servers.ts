import { decodeMetadata } from '#domain/codec/metadata';
import { decodeEvent } from '#domain/codec/stored-event';
import { EventStoreDbEventStore } from '#event-store/eventstoredb/eventstoredb-event-store';
import type { PostgresDatabase } from '#platform/postgres/postgres-database';
import { SystemClock } from '#platform/time/system-clock';
import { READ_MODELS } from '#read-models/models';
import { PostgresReadModelDatabase } from '#read-models/postgres/postgres-read-model-database';
import { StandInProcess } from '#test/support/eventstoredb/stand-in-process';
import { MemoryLogger } from '#test/support/memory-logger';
import { migratedDatabase, openDatabase } from '#test/support/postgres/migrated-database';
import { startPostgres, type StartedPostgres } from '#test/support/postgres/start-postgres';
import type { TestDatabase } from '#test/support/postgres/test-database';
import type { LoggedEvent } from '#test/support/read-models/history';
import { writeLog } from '#test/support/read-models/log-writer';

/**
 * A ledger on servers that the real adapters wrote. Its log is looked at as a whole, so it has to be its own: always
 * the stand-in, also where a server is given.
 */
export class LedgerServers {
  private constructor(
    readonly log: StandInProcess,
    private readonly server: StartedPostgres,
    readonly tables: TestDatabase,
    readonly database: PostgresDatabase,
    readonly store: EventStoreDbEventStore,
  ) {}

  static async start(): Promise<LedgerServers> {
    const [log, server] = await Promise.all([StandInProcess.start(), startPostgres()]);
    const tables = await migratedDatabase(server.url);
    const database = await openDatabase(tables.url);
    const clock = new SystemClock();
    const store = await EventStoreDbEventStore.open({ url: log.url, clock, logger: new MemoryLogger() });
    return new LedgerServers(log, server, tables, database, store);
  }

  /** Appends the events, and brings every table up to the log's end. */
  async write(events: readonly LoggedEvent[]): Promise<void> {
    await writeLog(this.store, events);
    await this.project();
  }

  async project(): Promise<void> {
    const tables = new PostgresReadModelDatabase(this.database);
    for (const model of READ_MODELS) {
      const { schema, concerns } = model;
      await tables.migrate(schema);
      const from = await tables.checkpoint(schema.model);
      const recorded = await this.store.readAll({
        limit: 10_000,
        ...(from === undefined ? {} : { after: from }),
      });
      const to = recorded.at(-1)?.position;
      if (to === undefined) continue;
      const batch = recorded
        .filter(({ type }) => concerns.has(type))
        .map((event) => {
          const { version, recordedAt } = decodeMetadata(event.metadata);
          const { position, revision } = event;
          return { event: decodeEvent(event, version), position, revision, recordedAt };
        });
      const outcome = await tables.apply(schema.model, from, to, await model.project(tables, batch));
      if (outcome !== 'applied') throw new Error(`${schema.model}: ${outcome}`);
    }
  }

  async stop(): Promise<void> {
    await this.store.close();
    await this.database.close();
    await this.tables.drop();
    await this.server.stop();
    await this.log.stop();
  }
}
