import { readConfig } from '#platform/config/read-config';
import { PostgresDatabase } from '#platform/postgres/postgres-database';
import { DATABASE_SETTINGS } from '#platform/postgres/settings';
import { forgetReadModels } from '#read-models/postgres/forget-read-models';
import { READ_MODEL_MIGRATIONS } from '#read-models/postgres/read-model-migrations';
import type { SetupCommand } from '../setup-command.js';

export const rebuild: SetupCommand = {
  purpose: 'has the read models made anew from the log, with projection stopped; readers see them grow',
  schema: DATABASE_SETTINGS,
  async run({ env, clock, logger, out }) {
    const { databaseUrl } = readConfig(DATABASE_SETTINGS, env);
    const database = await PostgresDatabase.open({
      url: databaseUrl,
      clock,
      logger,
      applicationName: 'setup',
      migrations: [READ_MODEL_MIGRATIONS],
    });
    try {
      await forgetReadModels(database);
      out('read models: made anew at the next start of projection');
    } finally {
      await database.close();
    }
  },
};
