import { after, before, describe } from 'node:test';
import { PostgresPayeeKeys } from '#platform/vault/postgres/postgres-payee-keys';
import { describePayeeKeysContract } from '#test/contract/payee-keys.contract';
import { migratedDatabase, openDatabase } from '#test/support/postgres/migrated-database';
import { startPostgres, type StartedPostgres } from '#test/support/postgres/start-postgres';

describe('payee keys on a real PostgreSQL', () => {
  let server: StartedPostgres;
  before(async () => {
    server = await startPostgres();
  });
  after(() => server.stop());

  describePayeeKeysContract('PostgreSQL', async (master, wrapper) => {
    const test = await migratedDatabase(server.url);
    const database = await openDatabase(test.url);
    return {
      keys: await PostgresPayeeKeys.open(database, master, wrapper),
      close: async () => {
        await database.close();
        await test.drop();
      },
    };
  });
});
