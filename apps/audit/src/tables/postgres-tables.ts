import type { CompiledQuery } from 'kysely';
import { logPosition, type LogPosition } from '#domain/log-position';
import type { PostgresDatabase } from '#platform/postgres/postgres-database';
import type { PostgresTransaction } from '#platform/postgres/postgres-transaction';
import { ReadModelDatabase } from '#read-models/database';
import { postgresBuilder } from '#read-models/postgres/postgres-builder';
import { READ_MODEL_SCHEMA } from '#read-models/postgres/read-model-migrations';
import { AuditedTables } from './audited-tables.js';

/** The read models in PostgreSQL, in a transaction that sees one moment and refuses every write. */
export class PostgresTables extends AuditedTables {
  constructor(private readonly database: PostgresDatabase) {
    super();
  }

  inSnapshot<R>(job: (database: ReadModelDatabase) => Promise<R>): Promise<R> {
    return this.database.transaction(async (transaction) => {
      await transaction.query('SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY');
      // Between two questions lie pages of the log, and a slow log is no reason to lose the moment.
      await transaction.query('SET LOCAL idle_in_transaction_session_timeout = 0');
      return job(new SnapshotTables(transaction));
    });
  }
}

class SnapshotTables extends ReadModelDatabase {
  readonly build = postgresBuilder();

  constructor(private readonly transaction: PostgresTransaction) {
    super();
  }

  async checkpoint(model: string): Promise<LogPosition | undefined> {
    const { rows } = await this.transaction.query<{ position: string }>(
      `SELECT position FROM ${READ_MODEL_SCHEMA}.read_model_checkpoint WHERE model = $1`,
      [model],
    );
    const position = rows[0]?.position ?? '';
    return position === '' ? undefined : logPosition(position);
  }

  async query<R>(query: CompiledQuery<R>): Promise<readonly R[]> {
    return (await this.transaction.query<R & object>(query.sql, query.parameters)).rows;
  }

  migrate(): Promise<void> {
    return Promise.reject(new ReadOnlyTablesError());
  }

  apply(): Promise<'applied' | 'lost'> {
    return Promise.reject(new ReadOnlyTablesError());
  }
}

/** Whoever audits changes nothing. A defect of the caller. */
export class ReadOnlyTablesError extends Error {
  override readonly name = 'ReadOnlyTablesError';

  constructor() {
    super('the tables were opened for reading only: nothing was changed');
  }
}
