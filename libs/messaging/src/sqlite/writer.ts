import type { Database } from 'better-sqlite3';
import type { WriterModule } from '#platform/sqlite/writer-module';
import { prepared } from '#platform/sqlite/prepared';
import type { CommitJob, DeclareJob, JoinJob, ParkJob, PruneJob, PublishJob } from './writer-jobs.js';

const TABLES = `
CREATE TABLE IF NOT EXISTS message_setting (
  name TEXT PRIMARY KEY,
  value INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
-- AUTOINCREMENT: a sequence number is never used again, even when the newest message was pruned.
CREATE TABLE IF NOT EXISTS message (
  sequence INTEGER PRIMARY KEY AUTOINCREMENT,
  topic TEXT NOT NULL,
  partition INTEGER NOT NULL,
  offset INTEGER NOT NULL,
  key TEXT NOT NULL,
  published_at INTEGER NOT NULL,
  sealed BLOB NOT NULL
) STRICT;
CREATE UNIQUE INDEX IF NOT EXISTS message_by_offset ON message (topic, partition, offset);
CREATE INDEX IF NOT EXISTS message_by_topic ON message (topic);
CREATE TABLE IF NOT EXISTS message_partition (
  topic TEXT NOT NULL,
  partition INTEGER NOT NULL,
  next_offset INTEGER NOT NULL,
  PRIMARY KEY (topic, partition)
) STRICT, WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS message_group_offset (
  consumer_group TEXT NOT NULL,
  topic TEXT NOT NULL,
  partition INTEGER NOT NULL,
  next_offset INTEGER NOT NULL,
  PRIMARY KEY (topic, consumer_group, partition)
) STRICT, WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS message_parked_origin (
  consumer_group TEXT NOT NULL,
  topic TEXT NOT NULL,
  partition INTEGER NOT NULL,
  offset INTEGER NOT NULL,
  PRIMARY KEY (topic, partition, offset, consumer_group)
) STRICT, WITHOUT ROWID;
`;

function partitionsOf(db: Database): number | undefined {
  const select = prepared<[], { value: number }>(
    db,
    "SELECT value FROM message_setting WHERE name = 'partitions'",
  );
  return select.get()?.value;
}

/** Fixes the number of partitions at the first start; another number later would break the order of keys. */
function declare(db: Database, { partitions }: DeclareJob): void {
  const fixed = partitionsOf(db);
  if (fixed === undefined) {
    prepared<[number]>(db, "INSERT INTO message_setting (name, value) VALUES ('partitions', ?)").run(
      partitions,
    );
  } else if (fixed !== partitions) {
    throw new Error(
      `the messages in this file have ${fixed} partitions per topic, not ${partitions}: set ${fixed}`,
    );
  }
}

function nextOffset(db: Database, topic: string, partition: number): number {
  const select = prepared<[string, number], { next_offset: number }>(
    db,
    'SELECT next_offset FROM message_partition WHERE topic = ? AND partition = ?',
  );
  return select.get(topic, partition)?.next_offset ?? 0;
}

function publish(db: Database, { topic, publishedAt, messages }: PublishJob): void {
  const insert = prepared<[string, number, number, string, number, Uint8Array]>(
    db,
    'INSERT INTO message (topic, partition, offset, key, published_at, sealed) VALUES (?, ?, ?, ?, ?, ?)',
  );
  const next = new Map<number, number>();
  for (const { partition, key, sealed } of messages) {
    const offset = next.get(partition) ?? nextOffset(db, topic, partition);
    insert.run(topic, partition, offset, key, publishedAt, sealed);
    next.set(partition, offset + 1);
  }
  const advance = prepared<[string, number, number]>(
    db,
    `INSERT INTO message_partition (topic, partition, next_offset) VALUES (?, ?, ?)
     ON CONFLICT (topic, partition) DO UPDATE SET next_offset = excluded.next_offset`,
  );
  for (const [partition, offset] of next) advance.run(topic, partition, offset);
}

/** Records a new group; one that is known keeps its offsets. */
function join(db: Database, { group, topic, from }: JoinJob): void {
  const insert = prepared<[string, string, number, number]>(
    db,
    'INSERT OR IGNORE INTO message_group_offset (consumer_group, topic, partition, next_offset) VALUES (?, ?, ?, ?)',
  );
  for (let partition = 0; partition < (partitionsOf(db) ?? 0); partition += 1) {
    insert.run(group, topic, partition, from === 'earliest' ? 0 : nextOffset(db, topic, partition));
  }
}

function commit(db: Database, { group, topic, next }: CommitJob): void {
  const update = prepared<[number, string, string, number]>(
    db,
    `UPDATE message_group_offset SET next_offset = max(next_offset, ?)
     WHERE topic = ? AND consumer_group = ? AND partition = ?`,
  );
  for (const [partition, offset] of next) update.run(offset, topic, group, partition);
}

/** Publishes the parked message, unless this group has parked its original before. */
function park(db: Database, { group, topic, partition, offset, parked }: ParkJob): void {
  const insert = prepared<[string, string, number, number]>(
    db,
    'INSERT OR IGNORE INTO message_parked_origin (consumer_group, topic, partition, offset) VALUES (?, ?, ?, ?)',
  );
  if (insert.run(group, topic, partition, offset).changes > 0) publish(db, parked);
}

/** Deletes the oldest messages, up to the first that is too young or that a group hasn't passed. Returns how many. */
function prune(db: Database, { topic, olderThan, limit }: PruneJob): number {
  const oldest = prepared<
    [string, number, string, number, number],
    { sequence: number; published_at: number }
  >(
    db,
    `SELECT sequence, published_at FROM message WHERE topic = ? AND partition = ? AND offset < coalesce(
       (SELECT min(next_offset) FROM message_group_offset WHERE topic = ? AND partition = ?), 9007199254740991)
     ORDER BY offset LIMIT ?`,
  );
  const remove = prepared<[number]>(db, 'DELETE FROM message WHERE sequence = ?');
  let removed = 0;
  for (let partition = 0; partition < (partitionsOf(db) ?? 0); partition += 1) {
    for (const message of oldest.all(topic, partition, topic, partition, limit - removed)) {
      if (message.published_at >= olderThan) break;
      remove.run(message.sequence);
      removed += 1;
    }
  }
  return removed;
}

const messaging: WriterModule = {
  name: 'messaging',
  migrate: (db) => {
    db.exec(TABLES);
  },
  jobs: { declare, publish, join, commit, park, prune },
};

export default messaging;
