import type { WriterModule } from '#platform/sqlite/writer-module';

/** A table of texts, with jobs that go wrong in every way that a job can. */
const notes: WriterModule = {
  name: 'notes',
  migrate(db) {
    db.exec(`
      CREATE TABLE IF NOT EXISTS notes (id INTEGER PRIMARY KEY, text TEXT NOT NULL UNIQUE) STRICT;
      CREATE TABLE IF NOT EXISTS owners (id INTEGER PRIMARY KEY) STRICT;
      CREATE TABLE IF NOT EXISTS owned (
        owner INTEGER NOT NULL REFERENCES owners (id) DEFERRABLE INITIALLY DEFERRED
      ) STRICT;
    `);
  },
  jobs: {
    add(db, text: string) {
      return Number(db.prepare('INSERT INTO notes (text) VALUES (?)').run(text).lastInsertRowid);
    },
    addAndThrow(db, text: string) {
      db.prepare('INSERT INTO notes (text) VALUES (?)').run(text);
      throw new RangeError(`refused: ${text}`);
    },
    /** The reference is checked by COMMIT, which fails. */
    breakTheCommit(db) {
      db.prepare('INSERT INTO owned (owner) VALUES (404)').run();
    },
    fillTheDisk(db) {
      const pages = Number(db.pragma('page_count', { simple: true }));
      db.pragma(`max_page_count = ${String(pages)}`);
    },
    makeRoom(db) {
      db.pragma('max_page_count = 1000000');
    },
    setting(db, name: string) {
      return db.pragma(name, { simple: true });
    },
    echo(_db, args: unknown) {
      return args;
    },
    die() {
      process.exit(1);
    },
  },
};

export default notes;
