import type { CompiledQuery } from 'kysely';
import { logPosition, type LogPosition } from '#domain/log-position';
import type { PostgresDatabase } from '#platform/postgres/postgres-database';
import { ReadModelDatabase, type ModelSchema, type Statement } from '../database.js';
import { postgresBuilder } from './postgres-builder.js';

const START = '';
/** With the model's name: one maker of its tables at a time. */
const TABLES_LOCK = 0x7265_6164;

/** The read models in PostgreSQL, in the schema that `READ_MODEL_MIGRATIONS` makes. */
export class PostgresReadModelDatabase extends ReadModelDatabase {
  readonly build = postgresBuilder();

  constructor(private readonly database: PostgresDatabase) {
    super();
  }

  async migrate(schema: ModelSchema): Promise<void> {
    const { model, version } = schema;
    const known = await this.database.read(VERSION, [model]);
    if (known[0]?.['version'] === version) return;
    await this.database.transaction(async (transaction) => {
      await transaction.query('SELECT pg_advisory_xact_lock($1, hashtext($2))', [TABLES_LOCK, model]);
      // Another copy may have made them by now.
      const { rows } = await transaction.query(VERSION, [model]);
      if (rows[0]?.['version'] === version) return;
      for (const { sql, parameters } of [...schema.drop(this.build), ...schema.create(this.build)]) {
        await transaction.query(sql, parameters);
      }
      await transaction.query(
        `INSERT INTO payout_read_models.read_model_checkpoint (model, schema_version, position) VALUES ($1, $2, $3)
         ON CONFLICT (model) DO UPDATE SET schema_version = excluded.schema_version, position = excluded.position`,
        [model, version, START],
      );
    });
  }

  async checkpoint(model: string): Promise<LogPosition | undefined> {
    const [row] = await this.database.read<{ position: string }>(POSITION, [model]);
    const position = row?.position ?? START;
    return position === START ? undefined : logPosition(position);
  }

  apply(
    model: string,
    from: LogPosition | undefined,
    to: LogPosition,
    statements: readonly Statement[],
  ): Promise<'applied' | 'lost'> {
    return this.database.transaction(async (transaction) => {
      // Locks the row: another runner waits here until this one is through, and then comes from the wrong place.
      const { count } = await transaction.query(
        'UPDATE payout_read_models.read_model_checkpoint SET position = $3 WHERE model = $1 AND position = $2',
        [model, from ?? START, to],
      );
      if (count === 0) return 'lost';
      await transaction.all(statements);
      return 'applied';
    });
  }

  query<R>(query: CompiledQuery<R>): Promise<readonly R[]> {
    return this.database.read<R & object>(query.sql, query.parameters);
  }
}

const VERSION =
  'SELECT schema_version AS version FROM payout_read_models.read_model_checkpoint WHERE model = $1';
const POSITION = 'SELECT position FROM payout_read_models.read_model_checkpoint WHERE model = $1';
