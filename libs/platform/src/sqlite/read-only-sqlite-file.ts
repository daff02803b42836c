import BetterSqlite3, { type Database } from 'better-sqlite3';
import { SqliteFileNotOpenedError, WriterStoppedError, type SqliteFile } from './sqlite-file.js';

/** What an adapter needs of the file. */
export type SqliteAccess = Pick<SqliteFile, 'run' | 'reader' | 'onCommit'>;

/**
 * The file, for reading only, while another process may be writing it or none has it open. It takes no lock of the data
 * folder, runs no job, makes no tables, and hears of no commit.
 */
export class ReadOnlySqliteFile implements SqliteAccess {
  readonly #path: string;
  readonly #reader: Database;

  private constructor(path: string, reader: Database) {
    this.#path = path;
    this.#reader = reader;
  }

  /** Throws `SqliteFileNotOpenedError`. */
  static open(path: string): ReadOnlySqliteFile {
    let reader: Database | undefined;
    try {
      reader = new BetterSqlite3(path, { readonly: true, fileMustExist: true });
      reader.pragma('cache_size = -32768');
      // SQLite looks into the file at the first question: what is wrong with it is to show here.
      reader.pragma('schema_version');
      return new ReadOnlySqliteFile(path, reader);
    } catch (error) {
      reader?.close();
      const why = error instanceof Error ? error.message : String(error);
      throw new SqliteFileNotOpenedError(`${path} was not opened for reading: ${why}`, { cause: error });
    }
  }

  /** Always rejects with `WriterStoppedError`. */
  run<R>(module: string, job: string): Promise<R> {
    return Promise.reject(
      new WriterStoppedError(`${this.#path} is opened for reading only: ${module}.${job} was not run`),
    );
  }

  reader(): Database {
    return this.#reader;
  }

  onCommit(): () => void {
    return () => undefined;
  }

  /**
   * Runs `job` while the reader sees the file as it was at the start, whatever is written meanwhile. One at a time. The
   * writer can't shorten its journal as long as it lasts: it is for minutes, not for ever.
   */
  async inSnapshot<R>(job: () => Promise<R>): Promise<R> {
    this.#reader.exec('BEGIN');
    try {
      // The snapshot is taken by the first question of a transaction, not by its beginning.
      this.#reader.pragma('schema_version');
      return await job();
    } finally {
      if (this.#reader.open && this.#reader.inTransaction) this.#reader.exec('COMMIT');
    }
  }

  close(): void {
    this.#reader.close();
  }
}
