import { parentPort, receiveMessageOnPort, workerData, type MessagePort } from 'node:worker_threads';
import BetterSqlite3, { type Database } from 'better-sqlite3';
import { commitGroup } from './group-commit.js';
import {
  errorRecord,
  type FromWriter,
  type JobCall,
  type ToWriter,
  type WriterData,
} from './writer-protocol.js';
import type { WriterModule } from './writer-module.js';

/** Jobs of one transaction at most, so that the first of them doesn't wait for ever. */
const MAX_GROUP = 1000;

type Job = (db: Database, args: unknown) => unknown;

/** The one writer of the file: commits everything that waits in one transaction, and answers after the flush. */
class Writer {
  readonly #port: MessagePort;
  readonly #db: Database;
  readonly #jobs: ReadonlyMap<string, ReadonlyMap<string, Job>>;
  #waiting: JobCall[] = [];
  #closing = false;

  constructor(port: MessagePort, db: Database, modules: readonly WriterModule[]) {
    this.#port = port;
    this.#db = db;
    this.#jobs = new Map(
      modules.map((module) => [module.name, new Map(Object.entries(module.jobs as Record<string, Job>))]),
    );
  }

  start(): void {
    this.#port.on('message', (message: ToWriter) => {
      this.#take(message);
      this.#work();
    });
    this.#say({ kind: 'ready' });
  }

  #work(): void {
    this.#takeEverythingThatWaits();
    while (this.#waiting.length > 0) {
      const group = this.#waiting.slice(0, MAX_GROUP);
      this.#waiting = this.#waiting.slice(group.length);
      const { committed, answers, fatal } = commitGroup(this.#db, group, (call) => this.#run(call));
      this.#say({ kind: 'group', committed, answers });
      if (fatal !== undefined) {
        this.#say({ kind: 'giving-up', error: errorRecord(fatal) });
        this.#end();
        return;
      }
      this.#takeEverythingThatWaits();
    }
    if (this.#closing) this.#end();
  }

  #takeEverythingThatWaits(): void {
    for (;;) {
      const received = receiveMessageOnPort(this.#port) as { message: ToWriter } | undefined;
      if (received === undefined) return;
      this.#take(received.message);
    }
  }

  #take(message: ToWriter): void {
    switch (message.kind) {
      case 'jobs':
        for (const call of message.jobs) this.#waiting.push(call);
        return;
      case 'close':
        this.#closing = true;
        return;
    }
  }

  #run(call: JobCall): unknown {
    const job = this.#jobs.get(call.module)?.get(call.job);
    if (job === undefined) throw new Error(`the writer has no job ${call.module}.${call.job}`);
    return job(this.#db, call.args);
  }

  #say(message: FromWriter): void {
    this.#port.postMessage(message);
  }

  #end(): void {
    this.#db.close();
    this.#port.close();
  }
}

async function open(port: MessagePort, data: WriterData): Promise<void> {
  try {
    const modules: WriterModule[] = [];
    for (const url of data.modules) {
      const loaded = (await import(url)) as { default: WriterModule };
      modules.push(loaded.default);
    }
    const db = openDatabase(data.path);
    for (const module of modules) db.transaction(() => module.migrate(db)).immediate();
    new Writer(port, db, modules).start();
  } catch (error) {
    port.postMessage({ kind: 'not-opened', error: errorRecord(error) } satisfies FromWriter);
    port.close();
  }
}

function openDatabase(path: string): Database {
  const db = new BetterSqlite3(path);
  const mode: unknown = db.pragma('journal_mode = WAL', { simple: true });
  if (mode !== 'wal')
    throw new Error(`${path} can't be put into WAL mode (a network file system?): use a local disk`);
  db.pragma('synchronous = FULL');
  // Checkpoints drive the longest waits: fewer, larger ones (40 MB) brought p99 from 9 to 3 ms.
  db.pragma('wal_autocheckpoint = 10000');
  db.pragma('cache_size = -65536');
  db.pragma('temp_store = MEMORY');
  db.pragma('foreign_keys = ON');
  return db;
}

if (parentPort !== null) await open(parentPort, workerData as WriterData);
