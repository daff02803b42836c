import { Kysely, PostgresDialect, sql } from 'kysely';
import { Migrator, type Migration } from 'kysely/migration';
import { Pool } from 'pg';
import { sqlState, whyFailed } from './classify.js';
import type { DatabaseAddress } from './database-address.js';
import { DatabaseBusyError, DatabaseNotPreparedError } from './errors.js';
import { MIGRATION_LOCK_TABLE, MIGRATION_TABLE, type MigrationSet } from './migrations.js';
import { clientConfig, connectAlone } from './postgres-connections.js';

/** For all sets: one program migrates at a time. */
const LOCK = 0x7061_796f;
const WAIT_MS = 10 * 60_000;

/**
 * Runs what hasn't been run of each set, each set in one transaction; returns `schema/name` of what it ran. Safe when
 * several do it at once: one runs, the others wait and find nothing to do. No statement is limited in time. Rejects
 * with an error that names the remedy; sets before the one that failed stay done.
 */
export async function migrateDatabase(
  address: DatabaseAddress,
  sets: readonly MigrationSet[],
): Promise<readonly string[]> {
  const config = clientConfig(address, 'payout-ledger migrate', undefined);
  // Holds the lock and does nothing else: with its end, however it comes, the lock is free.
  const guard = await connectAlone(address, config);
  try {
    await guard.query(`SET lock_timeout = ${WAIT_MS}`);
    await guard.query('SELECT pg_advisory_lock($1)', [LOCK]);
    const done: string[] = [];
    for (const set of sets) done.push(...(await runSet(address, set)));
    return done;
  } catch (error) {
    if (error instanceof DatabaseNotPreparedError) throw error;
    if (sqlState(error) === '55P03') {
      throw new DatabaseBusyError(
        `another program has been migrating ${address.shown} for too long: look at it`,
        {
          cause: error,
        },
      );
    }
    throw whyFailed(error, address.shown, true);
  } finally {
    await guard.end().catch(() => undefined);
  }
}

async function runSet(address: DatabaseAddress, set: MigrationSet): Promise<readonly string[]> {
  const pool = new Pool({ ...clientConfig(address, 'payout-ledger migrate', undefined), max: 1 });
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
): unknown {
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
  return error;
}
