import { DatabaseError, type Client } from 'pg';

/** The tables of one owner, in a schema of their own. */
export interface MigrationSet {
  /** The PostgreSQL schema. */
  readonly schema: string;
  /**
   * Statements by the migration's name; names sort in the order in which they are run (`0001-…`). One that was ever
   * released is never changed again. A program of the version before must still work after it: add, don't take away.
   */
  readonly migrations: Readonly<Record<string, readonly string[]>>;
}

export const MIGRATION_TABLE = 'migration';
export const MIGRATION_LOCK_TABLE = 'migration_lock';

/** `schema/name` of those that haven't been run. What a newer version has added doesn't matter. */
export async function missingMigrations(
  client: Pick<Client, 'query'>,
  sets: readonly MigrationSet[],
): Promise<readonly string[]> {
  const missing: string[] = [];
  for (const { schema, migrations } of sets) {
    const done = await doneIn(client, schema);
    for (const name of Object.keys(migrations).sort()) {
      if (!done.has(name)) missing.push(`${schema}/${name}`);
    }
  }
  return missing;
}

async function doneIn(client: Pick<Client, 'query'>, schema: string): Promise<ReadonlySet<string>> {
  try {
    const { rows } = await client.query<{ name: string }>(`SELECT name FROM ${schema}.${MIGRATION_TABLE}`);
    return new Set(rows.map(({ name }) => name));
  } catch (error) {
    // No such schema, or no such table.
    if (error instanceof DatabaseError && (error.code === '3F000' || error.code === '42P01'))
      return new Set();
    throw error;
  }
}
