import { join } from 'node:path';
import { SqliteFile } from '#platform/sqlite/sqlite-file';
import { READ_MODELS_WRITER, SqliteReadModelDatabase } from '#read-models/sqlite/sqlite-read-model-database';
import type { ReadModelDatabase } from '#read-models/database';
import { temporaryFolder } from '#test/support/temporary-folder';

/** Read models in a SQLite file of a folder of their own. */
export class SqliteReadModels {
  readonly #folder = temporaryFolder();
  #file: SqliteFile | undefined;

  async open(): Promise<ReadModelDatabase> {
    this.#file = await SqliteFile.open({
      path: join(this.#folder.path, 'ledger.db'),
      modules: [READ_MODELS_WRITER],
    });
    return new SqliteReadModelDatabase(this.#file);
  }

  async close(): Promise<void> {
    await this.#file?.close();
  }

  async dispose(): Promise<void> {
    this.#folder.remove();
  }
}
