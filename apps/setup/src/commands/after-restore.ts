import { COORDINATION_MIGRATIONS } from '#coordination/postgres/coordination-migrations';
import { PostgresCheckpoints } from '#coordination/postgres/postgres-checkpoints';
import { EventStoreDbEventStore } from '#event-store/eventstoredb/eventstoredb-event-store';
import { eventStoreOptions, EVENTSTORE_SETTINGS } from '#event-store/eventstoredb/settings';
import { readConfig } from '#platform/config/read-config';
import { SystemIds } from '#platform/ids/system-ids';
import { PostgresDatabase } from '#platform/postgres/postgres-database';
import { DATABASE_SETTINGS } from '#platform/postgres/settings';
import { forgetReadModels } from '#read-models/postgres/forget-read-models';
import { READ_MODEL_MIGRATIONS } from '#read-models/postgres/read-model-migrations';
import { pauseSending } from '../pause-sending.js';
import { setBackToTheEnd } from '../set-back-to-the-end.js';
import type { SetupCommand } from '../setup-command.js';

const SCHEMA = { ...EVENTSTORE_SETTINGS, ...DATABASE_SETTINGS };

export const afterRestore: SetupCommand = {
  purpose: 'after the log was restored from a backup, before any program starts: see docs/operations.md',
  schema: SCHEMA,
  async run({ env, clock, logger, out }) {
    const config = readConfig(SCHEMA, env);
    const store = await EventStoreDbEventStore.open({ ...eventStoreOptions(config), clock, logger });
    const database = await PostgresDatabase.open({
      url: config.databaseUrl,
      clock,
      logger,
      applicationName: 'setup',
      migrations: [COORDINATION_MIGRATIONS, READ_MODEL_MIGRATIONS],
    });
    try {
      await setBackToTheEnd({
        store,
        checkpoints: new PostgresCheckpoints(database),
        pauseSending: () => pauseSending(store, clock, new SystemIds()),
        forgetReadModels: () => forgetReadModels(database),
        say: out,
      });
    } finally {
      await store.close();
      await database.close();
    }
  },
};
