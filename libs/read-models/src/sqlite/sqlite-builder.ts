import { DummyDriver, Kysely, SqliteAdapter, SqliteIntrospector, SqliteQueryCompiler } from 'kysely';
import type { ReadModelTables } from '../tables.js';

/** Compiles to SQLite's dialect; has no connection. */
export function sqliteBuilder(): Kysely<ReadModelTables> {
  return new Kysely<ReadModelTables>({
    dialect: {
      createAdapter: () => new SqliteAdapter(),
      createDriver: () => new DummyDriver(),
      createIntrospector: (db) => new SqliteIntrospector(db),
      createQueryCompiler: () => new SqliteQueryCompiler(),
    },
  });
}
