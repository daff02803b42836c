import type { Database } from 'better-sqlite3';
import { prepared } from '#platform/sqlite/prepared';
import type { WriterModule } from '#platform/sqlite/writer-module';
import type { PreparedEvent } from '../prepared-append.js';

/** `expected` is the revision of the stream's last event; -1 when there is to be no stream. */
export interface AppendJob {
  readonly stream: string;
  readonly expected: number;
  readonly events: readonly PreparedEvent[];
}

/** `actual` is the revision of the stream's last event; -1 when it is missing. */
export type AppendJobResult =
  | { readonly appended: true; readonly lastRevision: number; readonly position: number }
  | { readonly appended: false; readonly actual: number };

/** What the job throws when an id is in the stream at another revision. Its name survives the way to the caller. */
export const EVENT_ID_REUSED = 'EventIdReusedError';

const writer: WriterModule = {
  name: 'event-store',

  migrate(db) {
    // Streams by number, so that the indexes stay small; data as text, since it is JSON with decimals as text. The
    // log is for ever: not even a defect of ours may change it.
    db.exec(`
      CREATE TABLE IF NOT EXISTS event_streams (
        number INTEGER PRIMARY KEY,
        name TEXT NOT NULL UNIQUE
      ) STRICT;
      CREATE TABLE IF NOT EXISTS events (
        position INTEGER PRIMARY KEY,
        stream INTEGER NOT NULL,
        revision INTEGER NOT NULL,
        id TEXT NOT NULL,
        type TEXT NOT NULL,
        data TEXT NOT NULL,
        metadata TEXT NOT NULL
      ) STRICT;
      CREATE UNIQUE INDEX IF NOT EXISTS events_by_revision ON events (stream, revision);
      CREATE UNIQUE INDEX IF NOT EXISTS events_by_id ON events (stream, id);
      CREATE TRIGGER IF NOT EXISTS events_are_never_changed BEFORE UPDATE ON events
        BEGIN SELECT RAISE(ABORT, 'the log of events is never changed'); END;
      CREATE TRIGGER IF NOT EXISTS events_are_never_deleted BEFORE DELETE ON events
        BEGIN SELECT RAISE(ABORT, 'the log of events is never deleted from'); END;
    `);
  },

  jobs: {
    append(db, job: AppendJob): AppendJobResult {
      const stream = streamNumber(db, job.stream);
      const actual = stream === undefined ? -1 : lastRevision(db, stream);
      if (actual === job.expected) return insert(db, stream ?? newStream(db, job.stream), job);
      const stored = stream === undefined ? undefined : storedBefore(db, stream, job);
      return stored ?? { appended: false, actual };
    },
  },
};

export default writer;

function streamNumber(db: Database, name: string): number | undefined {
  return prepared<[string], { number: number }>(db, 'SELECT number FROM event_streams WHERE name = ?').get(
    name,
  )?.number;
}

function newStream(db: Database, name: string): number {
  const inserted = prepared<[string]>(db, 'INSERT INTO event_streams (name) VALUES (?)').run(name);
  return Number(inserted.lastInsertRowid);
}

function lastRevision(db: Database, stream: number): number {
  const row = prepared<[number], { revision: number | null }>(
    db,
    'SELECT max(revision) AS revision FROM events WHERE stream = ?',
  ).get(stream);
  return row?.revision ?? -1;
}

function insert(db: Database, stream: number, job: AppendJob): AppendJobResult {
  const statement = prepared<[number, number, string, string, string, string]>(
    db,
    'INSERT INTO events (stream, revision, id, type, data, metadata) VALUES (?, ?, ?, ?, ?, ?)',
  );
  let revision = job.expected;
  let position = 0;
  for (const { id, type, data, metadata } of job.events) {
    revision += 1;
    try {
      position = Number(statement.run(stream, revision, id, type, data, metadata).lastInsertRowid);
    } catch (error) {
      throw isUniqueViolation(error) ? reused(id, job.stream) : error;
    }
  }
  return { appended: true, lastRevision: revision, position };
}

/** The answer of the first time, when the events at these revisions are those of this append, in its order. */
function storedBefore(db: Database, stream: number, job: AppendJob): AppendJobResult | undefined {
  const stored = prepared<[number, number, number], { id: string; position: number }>(
    db,
    'SELECT id, position FROM events WHERE stream = ? AND revision > ? ORDER BY revision LIMIT ?',
  ).all(stream, job.expected, job.events.length);
  const last = stored.at(-1);
  if (last === undefined || stored.length < job.events.length) return undefined;
  if (job.events.some((event, index) => stored[index]?.id !== event.id)) return undefined;
  return { appended: true, lastRevision: job.expected + stored.length, position: last.position };
}

function isUniqueViolation(error: unknown): boolean {
  return error instanceof Error && 'code' in error && error.code === 'SQLITE_CONSTRAINT_UNIQUE';
}

function reused(id: string, stream: string): Error {
  const error = new Error(
    `event ${id} is in ${stream} already, at another revision: read the stream before appending`,
  );
  error.name = EVENT_ID_REUSED;
  return error;
}
