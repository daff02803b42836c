import type { WriterModule } from '#platform/sqlite/writer-module';

/** Tries what nothing may do to the log. */
const tampering: WriterModule = {
  name: 'tampering',
  migrate() {
    // It has no tables.
  },
  jobs: {
    update: (db) => db.exec("UPDATE events SET data = '{}'"),
    delete: (db) => db.exec('DELETE FROM events'),
  },
};

export default tampering;
