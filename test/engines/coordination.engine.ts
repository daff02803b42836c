import { after, before, describe } from 'node:test';
import { PostgresCheckpoints } from '#coordination/postgres/postgres-checkpoints';
import { PostgresFollowUps } from '#coordination/postgres/postgres-follow-ups';
import { PostgresHeldMessages } from '#coordination/postgres/postgres-held-messages';
import { PostgresLeases } from '#coordination/postgres/postgres-leases';
import type { PostgresDatabase } from '#platform/postgres/postgres-database';
import { describeCoordinationContract, describeLeasesContract } from '#test/contract/coordination.contract';
import { migratedDatabase, openDatabase } from '#test/support/postgres/migrated-database';
import { startPostgres, type StartedPostgres } from '#test/support/postgres/start-postgres';
import type { TestDatabase } from '#test/support/postgres/test-database';
import { scramblingSealer } from '#test/support/scrambling-sealer';

describe('coordination on a real PostgreSQL', () => {
  let server: StartedPostgres;
  let test: TestDatabase;
  let database: PostgresDatabase;
  before(async () => {
    server = await startPostgres();
    test = await migratedDatabase(server.url);
    database = await openDatabase(test.url);
  });
  after(async () => {
    await database.close();
    await test.drop();
    await server.stop();
  });

  const empty = async (): Promise<void> => {
    await test.sql(
      `TRUNCATE payout_coordination.checkpoint, payout_coordination.follow_up, payout_coordination.hold,
         payout_coordination.held_message, payout_coordination.lease`,
    );
  };

  describeCoordinationContract('PostgreSQL', async (clock) => {
    await empty();
    return {
      checkpoints: new PostgresCheckpoints(database),
      followUps: new PostgresFollowUps(database),
      held: new PostgresHeldMessages(database, scramblingSealer, clock),
      dispose: async () => undefined,
    };
  });

  describeLeasesContract('PostgreSQL', async () => {
    await empty();
    return { leases: new PostgresLeases(database), dispose: async () => undefined };
  });
});
