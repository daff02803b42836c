import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { EventStoreDbEventStore } from '#event-store/eventstoredb/eventstoredb-event-store';
import { EVENTSTORE_SETTINGS, eventStoreOptions } from '#event-store/eventstoredb/settings';
import { SqliteEventStore } from '#event-store/sqlite/sqlite-event-store';
import { readConfig, type Environment } from '#platform/config/read-config';
import { PinoLogger } from '#platform/logging/pino-logger';
import { PostgresDatabase } from '#platform/postgres/postgres-database';
import { DATABASE_SETTINGS } from '#platform/postgres/settings';
import { ReadOnlySqliteFile } from '#platform/sqlite/read-only-sqlite-file';
import { SqliteFileNotOpenedError } from '#platform/sqlite/sqlite-file';
import type { Clock } from '#platform/time/clock';
import { READ_MODEL_MIGRATIONS } from '#read-models/postgres/read-model-migrations';
import type { Log } from './log/log.js';
import type { AuditedTables } from './tables/audited-tables.js';
import { PostgresTables } from './tables/postgres-tables.js';
import { SqliteTables } from './tables/sqlite-tables.js';

const FILE = 'ledger.db';

/** There is nothing to audit in the folder, or it can't be read. */
export class NoLedgerError extends Error {
  override readonly name = 'NoLedgerError';
}

/** Where a ledger lies. */
export type LedgerPlace =
  | { readonly kind: 'folder'; readonly dataFolder: string }
  /** EVENTSTORE_URL and, for the tables, DATABASE_URL. */
  | { readonly kind: 'servers'; readonly env: Environment };

/** A ledger's log and read models, for reading only. The service may be running or stopped. */
export interface OpenLedger {
  readonly log: Log;
  /** Undefined when there are none. */
  readonly tables: AuditedTables | undefined;
  /** What `job` reads of the log isn't disturbed by a running service that writes meanwhile. */
  inSnapshot<R>(job: () => Promise<R>): Promise<R>;
  close(): Promise<void>;
}

/** Throws `NoLedgerError` for a folder, `ConfigError` for servers; whether these answer shows when they are asked. */
export async function openLedger(place: LedgerPlace, clock: Clock): Promise<OpenLedger> {
  switch (place.kind) {
    case 'folder':
      return openFolder(place.dataFolder);
    case 'servers':
      return openServers(place.env, clock);
  }
}

/** The log of a production ledger only grows, so that it needs no snapshot. */
async function openServers(env: Environment, clock: Clock): Promise<OpenLedger> {
  const config = readConfig(EVENTSTORE_SETTINGS, env);
  const hasTables = Object.keys(env).some((name) => /^DATABASE_URL(_FILE)?$/.test(name) && env[name] !== '');
  const databaseUrl = hasTables ? readConfig(DATABASE_SETTINGS, env).databaseUrl : undefined;
  // What is wrong comes as an error of the question; the rest is for services.
  const logger = PinoLogger.create({ level: 'silent', service: 'audit', clock });
  const store = await EventStoreDbEventStore.open({ ...eventStoreOptions(config), clock, logger });
  const database =
    databaseUrl === undefined
      ? undefined
      : await PostgresDatabase.open({
          url: databaseUrl,
          clock,
          logger,
          applicationName: 'audit-cli',
          migrations: [READ_MODEL_MIGRATIONS],
          connections: 1,
        });
  return {
    log: store,
    tables: database === undefined ? undefined : new PostgresTables(database),
    inSnapshot: (job) => job(),
    close: async () => {
      await database?.close();
      await store.close();
    },
  };
}

function openFolder(dataFolder: string): OpenLedger {
  const path = join(dataFolder, FILE);
  if (!existsSync(path)) {
    throw new NoLedgerError(
      `there is no ledger in ${dataFolder} (no file ${FILE}): name the service's data folder with --data <folder>`,
    );
  }
  const file = openFile(path);
  const tables = new Set(
    file.reader().prepare<[], string>("SELECT name FROM sqlite_master WHERE type = 'table'").pluck().all(),
  );
  if (!tables.has('events')) {
    file.close();
    throw new NoLedgerError(
      `${path} holds no log of events: name the service's data folder with --data <folder>`,
    );
  }
  return {
    log: new SqliteEventStore(file),
    tables: tables.has('read_model_checkpoint') ? new SqliteTables(file) : undefined,
    inSnapshot: (job) => file.inSnapshot(job),
    close: async () => file.close(),
  };
}

function openFile(path: string): ReadOnlySqliteFile {
  try {
    return ReadOnlySqliteFile.open(path);
  } catch (error) {
    if (!(error instanceof SqliteFileNotOpenedError)) throw error;
    throw new NoLedgerError(
      `${error.message}. If the folder is read-only, copy it (the file with its -wal and -shm, or a backup) to ` +
        'a folder that you may write to, and name that one with --data <folder>',
      { cause: error },
    );
  }
}
