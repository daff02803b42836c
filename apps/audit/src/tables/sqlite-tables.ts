import type { ReadOnlySqliteFile } from '#platform/sqlite/read-only-sqlite-file';
import type { ReadModelDatabase } from '#read-models/database';
import { SqliteReadModelDatabase } from '#read-models/sqlite/sqlite-read-model-database';
import { AuditedTables } from './audited-tables.js';

/** The read models in the embedded ledger's file; its log is in the same file, and of the same moment. */
export class SqliteTables extends AuditedTables {
  readonly #database: ReadModelDatabase;

  constructor(private readonly file: ReadOnlySqliteFile) {
    super();
    this.#database = new SqliteReadModelDatabase(file);
  }

  inSnapshot<R>(job: (database: ReadModelDatabase) => Promise<R>): Promise<R> {
    return this.file.inSnapshot(() => job(this.#database));
  }
}
