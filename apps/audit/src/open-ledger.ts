import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { SqliteEventStore } from '#event-store/sqlite/sqlite-event-store';
import { ReadOnlySqliteFile } from '#platform/sqlite/read-only-sqlite-file';
import { SqliteFileNotOpenedError } from '#platform/sqlite/sqlite-file';
import type { ReadModelDatabase } from '#read-models/database';
import { SqliteReadModelDatabase } from '#read-models/sqlite/sqlite-read-model-database';
import type { Log } from './log/log.js';

const FILE = 'ledger.db';

/** There is nothing to audit in the folder, or it can't be read. */
export class NoLedgerError extends Error {
  override readonly name = 'NoLedgerError';
}

/** A ledger's log and read models, for reading only. The service may be running or stopped. */
export interface OpenLedger {
  readonly log: Log;
  /** Undefined when the file has none. */
  readonly readModels: ReadModelDatabase | undefined;
  /** All that is read inside `job` is of one moment, whatever a running service writes meanwhile. */
  inSnapshot<R>(job: () => Promise<R>): Promise<R>;
  close(): void;
}

/** Opens the embedded ledger of a data folder. Throws `NoLedgerError`. */
export function openLedger(dataFolder: string): OpenLedger {
  const path = join(dataFolder, FILE);
  if (!existsSync(path)) {
    throw new NoLedgerError(
      `there is no ledger in ${dataFolder} (no file ${FILE}): name the service's data folder with --data <folder>`,
    );
  }
  const file = openFile(path);
  const tables = new Set(
    file.reader().prepare<[], string>("SELECT name FROM sqlite_master WHERE type = 'table'").pluck().all(),
  );
  if (!tables.has('events')) {
    file.close();
    throw new NoLedgerError(
      `${path} holds no log of events: name the service's data folder with --data <folder>`,
    );
  }
  return {
    log: new SqliteEventStore(file),
    readModels: tables.has('read_model_checkpoint') ? new SqliteReadModelDatabase(file) : undefined,
    inSnapshot: (job) => file.inSnapshot(job),
    close: () => file.close(),
  };
}

function openFile(path: string): ReadOnlySqliteFile {
  try {
    return ReadOnlySqliteFile.open(path);
  } catch (error) {
    if (!(error instanceof SqliteFileNotOpenedError)) throw error;
    throw new NoLedgerError(
      `${error.message}. If the folder is read-only, copy it (the file with its -wal and -shm, or a backup) to ` +
        'a folder that you may write to, and name that one with --data <folder>',
      { cause: error },
    );
  }
}
