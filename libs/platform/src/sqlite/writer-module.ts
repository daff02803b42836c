import type { Database } from 'better-sqlite3';

/**
 * What a lib runs inside the writer's thread: its tables and its jobs. A module is named by the URL of a compiled file
 * whose default export is a `WriterModule`. A job is synchronous and runs inside a savepoint of the group's
 * transaction: when it throws, its own writes alone are undone and its caller gets the error.
 * Arguments and results are structured-cloned between the threads: plain data, bigint, strings and Uint8Array.
 */
export interface WriterModule {
  /** Unique prefix of the jobs' names and owner of the tables. */
  readonly name: string;
  /** Creates or upgrades the tables; runs at each start, in a transaction, and must be repeatable. */
  migrate(db: Database): void;
  readonly jobs: Readonly<Record<string, (db: Database, args: never) => unknown>>;
}
