import { Kysely, PostgresDialect, sql } from 'kysely';
import { Migrator, type Migration } from 'kysely/migration';
import { Pool } from 'pg';
import { sqlState, whyFailed } from './classify.js';
import type { DatabaseAddress } from './database-address.js';
import { DatabaseNotPreparedError } from './errors.js';
import { MIGRATION_LOCK_TABLE, MIGRATION_TABLE, type MigrationSet } from './migrations.js';
import { clientConfig, connectAlone } from './postgres-connections.js';

const APPLICATION_NAME = 'payout-ledger migrate';

/**
 * Runs what hasn't been run of each set, each set in one transaction; returns `schema/name` of what it ran. Safe when
 * several do it at once: one runs, the others wait for its advisory lock and find nothing to do. No statement is limited
 * in time. Rejects with an error that names the remedy; sets before the one that failed stay done.
 */
export async function migrateDatabase(
  address: DatabaseAddress,
  sets: readonly MigrationSet[],
): Promise<readonly string[]> {
  // Names what is wrong with the address or the server before anything is begun.
  const client = await connectAlone(address, clientConfig(address, APPLICATION_NAME, undefined));
  await client.end();
  const done: string[] = [];
  for (const set of sets) done.push(...(await runSet(address, set)));
  return done;
}

async function runSet(address: DatabaseAddress, set: MigrationSet): Promise<readonly string[]> {
  const pool = new Pool({ ...clientConfig(address, APPLICATION_NAME, undefined), max: 1 });
  pool.on('error', () => undefined);
  const db = new Kysely<unknown>({ dialect: new PostgresDialect({ pool }) });
  try {
    const migrator = new Migrator({
      db,
      provider: { getMigrations: async () => asMigrations(set) },
      migrationTableSchema: set.schema,
      migrationTableName: MIGRATION_TABLE,
      migrationLockTableName: MIGRATION_LOCK_TABLE,
      nameComparator: (a, b) => (a < b ? -1 : Number(a > b)),
    });
    const { error, results = [] } = await migrator.migrateToLatest();
    if (error !== undefined) throw described(error, address, set);
    return results.map(({ migrationName }) => `${set.schema}/${migrationName}`);
  } finally {
    await db.destroy();
  }
}

function asMigrations({ migrations }: MigrationSet): Record<string, Migration> {
  const entries = Object.entries(migrations).map(([name, statements]): [string, Migration] => [
    name,
    {
      up: async (db) => {
        for (const statement of statements) await sql.raw(statement).execute(db);
      },
    },
  ]);
  return Object.fromEntries(entries);
}

function described(
  error: unknown,
  { shown, user, database }: DatabaseAddress,
  { schema }: MigrationSet,
): Error {
  const because = { cause: error };
  const message = error instanceof Error ? error.message : String(error);
  if (sqlState(error) === '42501') {
    return new DatabaseNotPreparedError(
      `user ${user} may not make the tables of ${schema} at ${shown}: GRANT CREATE ON DATABASE ${database} TO ${user}, ` +
        'or run this as the owner',
      because,
    );
  }
  if (message.startsWith('corrupted migrations')) {
    return new DatabaseNotPreparedError(
      `${schema} at ${shown} was migrated by a newer version of this program: run that one (${message})`,
      because,
    );
  }
  return whyFailed(error, shown, true);
}
