import type { Database } from 'better-sqlite3';
import { prepared } from '#platform/sqlite/prepared';
import type { WriterModule } from '#platform/sqlite/writer-module';
import type { FollowUp } from '../follow-ups.js';

export interface AdvanceJob {
  readonly name: string;
  readonly from: string | undefined;
  readonly to: string;
}

export interface HoldJob {
  readonly key: string;
  readonly topic: string;
  readonly offset: string;
  /** Everything of the message, sealed. */
  readonly sealed: Uint8Array;
}

export interface FirstHoldJob extends HoldJob {
  readonly since: number;
  readonly reason: string;
}

const writer: WriterModule = {
  name: 'coordination',

  migrate(db) {
    // Ids of held messages are never given again: what an operator skipped or retried can't be another one by then.
    db.exec(`
      CREATE TABLE IF NOT EXISTS checkpoints (name TEXT PRIMARY KEY, position TEXT NOT NULL) STRICT, WITHOUT ROWID;
      CREATE TABLE IF NOT EXISTS follow_ups (key TEXT PRIMARY KEY, due_at INTEGER NOT NULL) STRICT, WITHOUT ROWID;
      CREATE INDEX IF NOT EXISTS follow_ups_by_time ON follow_ups (due_at, key);
      CREATE TABLE IF NOT EXISTS holds (
        number INTEGER PRIMARY KEY AUTOINCREMENT,
        key TEXT NOT NULL UNIQUE,
        since INTEGER NOT NULL,
        reason TEXT NOT NULL,
        retry_requested INTEGER NOT NULL DEFAULT 0
      ) STRICT;
      CREATE TABLE IF NOT EXISTS held_messages (
        id INTEGER PRIMARY KEY AUTOINCREMENT,
        key TEXT NOT NULL,
        topic TEXT NOT NULL,
        "offset" TEXT NOT NULL,
        sealed BLOB NOT NULL,
        UNIQUE (key, topic, "offset")
      ) STRICT;
    `);
  },

  jobs: {
    advance(db, { name, from, to }: AdvanceJob): boolean {
      const moved =
        from === undefined
          ? prepared<[string, string]>(
              db,
              'INSERT INTO checkpoints (name, position) VALUES (?, ?) ON CONFLICT DO NOTHING',
            ).run(name, to)
          : prepared<[string, string, string]>(
              db,
              'UPDATE checkpoints SET position = ? WHERE name = ? AND position = ?',
            ).run(to, name, from);
      return moved.changes === 1;
    },

    schedule(db, items: readonly FollowUp[]): void {
      const statement = prepared<[string, number]>(
        db,
        'INSERT INTO follow_ups (key, due_at) VALUES (?, ?) ON CONFLICT (key) DO UPDATE SET due_at = excluded.due_at',
      );
      for (const { key, dueAt } of items) statement.run(key, dueAt);
    },

    bringForward(db, { key, dueAt }: FollowUp): void {
      prepared<[string, number]>(
        db,
        `INSERT INTO follow_ups (key, due_at) VALUES (?, ?)
         ON CONFLICT (key) DO UPDATE SET due_at = excluded.due_at WHERE excluded.due_at < due_at`,
      ).run(key, dueAt);
    },

    settle(db, { key, dueAt }: FollowUp): void {
      prepared<[string, number]>(db, 'DELETE FROM follow_ups WHERE key = ? AND due_at = ?').run(key, dueAt);
    },

    hold(db, { since, reason, ...message }: FirstHoldJob): void {
      prepared<[string, number, string]>(
        db,
        'INSERT INTO holds (key, since, reason) VALUES (?, ?, ?) ON CONFLICT (key) DO NOTHING',
      ).run(message.key, since, reason);
      putBehind(db, message);
    },

    holdIfHeld(db, message: HoldJob): boolean {
      const held = prepared<[string]>(db, 'SELECT 1 FROM holds WHERE key = ?').get(message.key);
      if (held === undefined) return false;
      putBehind(db, message);
      return true;
    },

    requestRetry(db, { key }: { readonly key: string }): boolean {
      return (
        prepared<[string]>(db, 'UPDATE holds SET retry_requested = 1 WHERE key = ?').run(key).changes === 1
      );
    },

    /** True when the message was there. */
    remove(db, { key, id }: { readonly key: string; readonly id: number }): boolean {
      const removed = prepared<[string, number]>(
        db,
        'DELETE FROM held_messages WHERE key = ? AND id = ?',
      ).run(key, id);
      prepared<[string, string]>(
        db,
        'DELETE FROM holds WHERE key = ? AND NOT EXISTS (SELECT 1 FROM held_messages WHERE key = ?)',
      ).run(key, key);
      return removed.changes === 1;
    },

    failAgain(db, { key, reason }: { readonly key: string; readonly reason: string }): void {
      prepared<[string, string]>(db, 'UPDATE holds SET reason = ?, retry_requested = 0 WHERE key = ?').run(
        reason,
        key,
      );
    },
  },
};

export default writer;

function putBehind(db: Database, { key, topic, offset, sealed }: HoldJob): void {
  prepared<[string, string, string, Uint8Array]>(
    db,
    'INSERT INTO held_messages (key, topic, "offset", sealed) VALUES (?, ?, ?, ?) ON CONFLICT DO NOTHING',
  ).run(key, topic, offset, sealed);
}
