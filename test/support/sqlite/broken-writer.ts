import type { WriterModule } from '#platform/sqlite/writer-module';

/** Its tables can't be made. */
const broken: WriterModule = {
  name: 'broken',
  migrate(db) {
    db.exec('CREATE TABLE half_done (id INTEGER PRIMARY KEY)');
    throw new Error('this upgrade goes wrong');
  },
  jobs: {},
};

export default broken;
