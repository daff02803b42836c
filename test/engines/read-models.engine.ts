import { after, before, describe } from 'node:test';
import type { PostgresDatabase } from '#platform/postgres/postgres-database';
import { PostgresReadModelDatabase } from '#read-models/postgres/postgres-read-model-database';
import { describeReadModelDatabaseContract } from '#test/contract/read-model-database.contract';
import { migratedDatabase, openDatabase } from '#test/support/postgres/migrated-database';
import { startPostgres, type StartedPostgres } from '#test/support/postgres/start-postgres';

describe('read models on a real PostgreSQL', () => {
  let server: StartedPostgres;
  before(async () => {
    server = await startPostgres();
  });
  after(() => server.stop());

  describeReadModelDatabaseContract('PostgreSQL', async () => {
    const test = await migratedDatabase(server.url);
    let database: PostgresDatabase | undefined;
    return {
      open: async () => {
        database = await openDatabase(test.url);
        return new PostgresReadModelDatabase(database);
      },
      close: async () => database?.close(),
      dispose: () => test.drop(),
    };
  });
});
