import { DummyDriver, Kysely, PostgresAdapter, PostgresIntrospector, PostgresQueryCompiler } from 'kysely';
import type { ReadModelTables } from '../tables.js';
import { READ_MODEL_SCHEMA } from './read-model-migrations.js';

/** Compiles to PostgreSQL's dialect, every table in our schema; has no connection. */
export function postgresBuilder(): Kysely<ReadModelTables> {
  return new Kysely<ReadModelTables>({
    dialect: {
      createAdapter: () => new PostgresAdapter(),
      createDriver: () => new DummyDriver(),
      createIntrospector: (db) => new PostgresIntrospector(db),
      createQueryCompiler: () => new PostgresQueryCompiler(),
    },
  }).withSchema(READ_MODEL_SCHEMA);
}
