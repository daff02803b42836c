import { COORDINATION_MIGRATIONS } from '#coordination/postgres/coordination-migrations';
import { databaseAddress } from '#platform/postgres/database-address';
import { migrateDatabase } from '#platform/postgres/migrate';
import { PostgresDatabase, type PostgresDatabaseOptions } from '#platform/postgres/postgres-database';
import { SystemClock } from '#platform/time/system-clock';
import { PAYEE_KEY_MIGRATIONS } from '#platform/vault/postgres/payee-key-migrations';
import { READ_MODEL_MIGRATIONS } from '#read-models/postgres/read-model-migrations';
import { MemoryLogger } from '#test/support/memory-logger';
import { testDatabase, type TestDatabase } from './test-database.js';

export const ALL_MIGRATIONS = [COORDINATION_MIGRATIONS, READ_MODEL_MIGRATIONS, PAYEE_KEY_MIGRATIONS];

/** A database of a test's own, with all tables in it. */
export async function migratedDatabase(serverUrl: string, options = ''): Promise<TestDatabase> {
  const database = await testDatabase(serverUrl, options);
  await migrateDatabase(databaseAddress(database.url), ALL_MIGRATIONS);
  return database;
}

export function openDatabase(
  url: string,
  options: Partial<PostgresDatabaseOptions> = {},
): Promise<PostgresDatabase> {
  return PostgresDatabase.open({
    url: databaseAddress(url),
    clock: new SystemClock(),
    logger: new MemoryLogger(),
    applicationName: 'payout-ledger test',
    migrations: ALL_MIGRATIONS,
    ...options,
  });
}
