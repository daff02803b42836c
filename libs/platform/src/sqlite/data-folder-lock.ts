import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import BetterSqlite3, { type Database } from 'better-sqlite3';

/** Another process works in the data folder. */
export class DataFolderLockedError extends Error {
  override readonly name = 'DataFolderLockedError';
  readonly folder: string;
  /** Process id of the holder; undefined when it has just started or just ended. */
  readonly holder: number | undefined;

  constructor(folder: string, holder: number | undefined) {
    const who = holder === undefined ? 'another process' : `process ${String(holder)}`;
    super(`the data folder ${folder} is in use by ${who}: stop that process, or choose another data folder`);
    this.folder = folder;
    this.holder = holder;
  }
}

/**
 * The right to be the one process that works in a data folder. It is an open exclusive transaction on `lock.db`: the
 * operating system drops it with the process, however that ends. Nothing else in this process may open `lock.db`:
 * closing any of its descriptors would drop a POSIX lock.
 */
export class DataFolderLock {
  readonly folder: string;
  readonly #db: Database;

  private constructor(folder: string, db: Database) {
    this.folder = folder;
    this.#db = db;
  }

  /** Makes the folder if it is missing. Throws `DataFolderLockedError` at once when another one holds it. */
  static acquire(folder: string): DataFolderLock {
    mkdirSync(folder, { recursive: true, mode: 0o700 });
    const db = new BetterSqlite3(join(folder, 'lock.db'), { timeout: 0 });
    try {
      db.exec('BEGIN EXCLUSIVE');
    } catch (error) {
      db.close();
      if (isBusy(error)) throw new DataFolderLockedError(folder, readHolder(folder));
      throw error;
    }
    writeFileSync(pidFile(folder), `${String(process.pid)}\n`);
    return new DataFolderLock(folder, db);
  }

  /** Lets the folder go. Harmless when called twice. */
  release(): void {
    if (this.#db.open) this.#db.close();
  }
}

function pidFile(folder: string): string {
  return join(folder, 'lock.pid');
}

function readHolder(folder: string): number | undefined {
  let text: string;
  try {
    text = readFileSync(pidFile(folder), 'utf8');
  } catch {
    return undefined;
  }
  return /^[1-9][0-9]*\n$/.test(text) ? Number(text) : undefined;
}

function isBusy(error: unknown): boolean {
  return error instanceof Error && 'code' in error && error.code === 'SQLITE_BUSY';
}
