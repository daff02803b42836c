import { COORDINATION_MIGRATIONS } from '#coordination/postgres/coordination-migrations';
import { readConfig } from '#platform/config/read-config';
import { migrateDatabase } from '#platform/postgres/migrate';
import { DATABASE_SETTINGS, KEYS_DATABASE_SETTINGS } from '#platform/postgres/settings';
import { PAYEE_KEY_MIGRATIONS } from '#platform/vault/postgres/payee-key-migrations';
import { READ_MODEL_MIGRATIONS } from '#read-models/postgres/read-model-migrations';
import type { SetupCommand } from '../setup-command.js';

const SCHEMA = { ...DATABASE_SETTINGS, ...KEYS_DATABASE_SETTINGS };

export const migrate: SetupCommand = {
  purpose:
    'makes the tables, or brings them up to this version; safe while programs run, and by several at once',
  schema: SCHEMA,
  async run({ env, out }) {
    const { databaseUrl, keysDatabaseUrl } = readConfig(SCHEMA, env);
    const done = [
      ...(await migrateDatabase(databaseUrl, [COORDINATION_MIGRATIONS, READ_MODEL_MIGRATIONS])),
      ...(await migrateDatabase(keysDatabaseUrl, [PAYEE_KEY_MIGRATIONS])),
    ];
    for (const name of done) out(`done: ${name}`);
    out(
      done.length === 0 ? 'nothing to do: the tables are of this version' : 'the tables are of this version',
    );
  },
};
