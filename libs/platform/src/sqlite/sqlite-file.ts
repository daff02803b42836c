import { Worker } from 'node:worker_threads';
import BetterSqlite3, { type Database } from 'better-sqlite3';
import type { ErrorRecord, FromWriter, JobAnswer, JobCall, ToWriter, WriterData } from './writer-protocol.js';

export interface SqliteFileOptions {
  readonly path: string;
  /** Compiled files whose default export is a `WriterModule`. */
  readonly modules: readonly URL[];
}

/** A job threw: its own writes, and only they, were undone. `name` and `message` are those of the job's error. */
export class SqliteJobError extends Error {
  /** SQLite's code, such as `SQLITE_CONSTRAINT_UNIQUE`, where there is one. */
  readonly code: string | undefined;

  constructor(error: ErrorRecord) {
    super(error.message);
    this.name = error.name;
    this.code = error.code;
  }
}

/**
 * The flush failed or the writer's thread died: whether the job's writes are in the file is unknown. Do the job again
 * (jobs are made so that this is harmless), or read.
 */
export class WriteOutcomeUnknownError extends Error {
  override readonly name = 'WriteOutcomeUnknownError';
}

/** The file was closed, or its writer ended after an error: this job was not run. */
export class WriterStoppedError extends Error {
  override readonly name = 'WriterStoppedError';
}

/** The file can't be opened, or a module's tables can't be brought up to date: nothing was changed by this start. */
export class SqliteFileNotOpenedError extends Error {
  override readonly name = 'SqliteFileNotOpenedError';
}

/** Hears of a durable commit, and the names of the modules whose jobs were in it. */
export type CommitListener = (modules: ReadonlySet<string>) => void;

interface Call extends JobCall {
  readonly resolve: (result: never) => void;
  readonly reject: (error: Error) => void;
}

/**
 * One SQLite file: one writer in a thread of its own, which commits all waiting jobs by one flush of the disk, and a
 * read-only connection on this thread. Takes no lock against a second process: see `data-folder-lock.ts`.
 */
export class SqliteFile {
  readonly #path: string;
  readonly #worker: Worker;
  readonly #opened = Promise.withResolvers<undefined>();
  readonly #exited: Promise<void>;
  readonly #listeners = new Set<CommitListener>();
  /** Called, not yet posted. Posted in one message when the running code has come to rest. */
  #waiting: Call[] = [];
  /** Posted, not yet answered, in this order. */
  #posted: Call[] = [];
  #reader: Database | undefined;
  #stopped: WriterStoppedError | undefined;
  #failure: Error | undefined;

  private constructor(path: string, worker: Worker) {
    this.#path = path;
    this.#worker = worker;
    this.#exited = new Promise((resolve) => {
      worker.once('exit', () => {
        this.#fail(new Error('its thread ended'));
        resolve();
      });
    });
    worker.on('error', (error) => this.#fail(error instanceof Error ? error : new Error(String(error))));
    worker.on('message', (message: FromWriter) => this.#hear(message));
  }

  /** Opens the writer's thread and brings the tables of every module up to date. */
  static async open(options: SqliteFileOptions): Promise<SqliteFile> {
    const workerData: WriterData = { path: options.path, modules: options.modules.map((url) => url.href) };
    const worker = new Worker(new URL('./writer-thread.js', import.meta.url), { workerData });
    const file = new SqliteFile(options.path, worker);
    await file.#opened.promise;
    return file;
  }

  /**
   * Runs a job in the writer's thread; resolves with its result when it is durable. Rejects with `SqliteJobError`,
   * `WriteOutcomeUnknownError` or `WriterStoppedError`. Jobs run in the order of the calls.
   */
  run<R>(module: string, job: string, args: unknown): Promise<R> {
    return new Promise<R>((resolve, reject) => {
      if (this.#stopped !== undefined) {
        reject(this.#stopped);
        return;
      }
      // After the microtasks: callers that were answered by one message call again in one message.
      if (this.#waiting.length === 0) process.nextTick(() => this.#post());
      this.#waiting.push({ module, job, args, resolve, reject });
    });
  }

  /** The read-only connection of this thread; it sees what is durable. Closed with the file. */
  reader(): Database {
    if (this.#stopped !== undefined && this.#reader?.open !== true) throw this.#stopped;
    if (this.#reader === undefined) {
      this.#reader = new BetterSqlite3(this.#path, { readonly: true, fileMustExist: true });
      this.#reader.pragma('cache_size = -32768');
    }
    return this.#reader;
  }

  /** `listener` is called on this thread after each durable commit. The returned function ends that. */
  onCommit(listener: CommitListener): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  /** Why the writer ended by itself, for the health check; undefined while it works. The remedy is a restart. */
  get failure(): Error | undefined {
    return this.#failure;
  }

  /** Resolves when all work is durable and the thread has ended. Later calls are refused. */
  async close(): Promise<void> {
    if (this.#stopped === undefined) {
      this.#stopped = new WriterStoppedError(`${this.#path} is closed`);
      this.#post();
      this.#say({ kind: 'close' });
    }
    await this.#exited;
    this.#reader?.close();
  }

  #post(): void {
    if (this.#waiting.length === 0) return;
    const calls = this.#waiting;
    this.#waiting = [];
    if (this.#tryToPost(calls)) return;
    for (const call of calls) {
      if (!this.#tryToPost([call])) {
        call.reject(
          new TypeError(`the arguments of ${call.module}.${call.job} can't be sent to another thread`),
        );
      }
    }
  }

  #tryToPost(calls: readonly Call[]): boolean {
    try {
      this.#say({ kind: 'jobs', jobs: calls.map(({ module, job, args }) => ({ module, job, args })) });
    } catch {
      return false;
    }
    for (const call of calls) this.#posted.push(call);
    return true;
  }

  #say(message: ToWriter): void {
    this.#worker.postMessage(message);
  }

  #hear(message: FromWriter): void {
    switch (message.kind) {
      case 'group':
        this.#hearGroup(message.committed, message.answers);
        return;
      case 'giving-up':
        this.#fail(new SqliteJobError(message.error));
        return;
      case 'ready':
        this.#opened.resolve(undefined);
        return;
      case 'not-opened':
        this.#fail(new SqliteJobError(message.error));
        return;
    }
  }

  #hearGroup(committed: boolean, answers: readonly JobAnswer[]): void {
    const calls = this.#posted.splice(0, answers.length);
    this.#settle(calls, answers);
    if (!committed) return;
    const modules = new Set(calls.map(({ module }) => module));
    for (const listener of [...this.#listeners]) listener(modules);
  }

  #settle(calls: readonly Call[], answers: readonly JobAnswer[]): void {
    for (const [index, call] of calls.entries()) {
      const answer = answers[index];
      switch (answer?.kind) {
        case 'done':
          call.resolve(answer.result as never);
          break;
        case 'failed':
          call.reject(new SqliteJobError(answer.error));
          break;
        case 'unknown':
        case undefined:
          call.reject(outcomeUnknown(this.#path, answer?.error.message ?? 'it gave no answer'));
          break;
      }
    }
  }

  #fail(cause: Error): void {
    if (this.#stopped === undefined) {
      this.#failure = cause;
      this.#stopped = new WriterStoppedError(
        `the writer of ${this.#path} has ended (${cause.message}): check the disk, then restart`,
        { cause },
      );
    }
    const stopped = this.#stopped;
    this.#opened.reject(
      new SqliteFileNotOpenedError(`${this.#path} was not opened: ${cause.message}`, { cause }),
    );
    const posted = this.#posted;
    const waiting = this.#waiting;
    this.#posted = [];
    this.#waiting = [];
    for (const call of posted) call.reject(outcomeUnknown(this.#path, cause.message));
    for (const call of waiting) call.reject(stopped);
  }
}

function outcomeUnknown(path: string, why: string): WriteOutcomeUnknownError {
  return new WriteOutcomeUnknownError(`nobody knows whether this was written to ${path}: ${why}`);
}
