import { COORDINATION_MIGRATIONS } from '#coordination/postgres/coordination-migrations';
import { PostgresCheckpoints } from '#coordination/postgres/postgres-checkpoints';
import { EventStoreDbEventStore } from '#event-store/eventstoredb/eventstoredb-event-store';
import { eventStoreOptions, EVENTSTORE_SETTINGS } from '#event-store/eventstoredb/settings';
import {
  describeConfig,
  readConfig,
  type ConfigSchema,
  type Environment,
} from '#platform/config/read-config';
import type { Logger } from '#platform/logging/logger';
import { migrateDatabase } from '#platform/postgres/migrate';
import { PostgresDatabase } from '#platform/postgres/postgres-database';
import { DATABASE_SETTINGS, KEYS_DATABASE_SETTINGS } from '#platform/postgres/settings';
import type { Clock } from '#platform/time/clock';
import { PAYEE_KEY_MIGRATIONS } from '#platform/vault/postgres/payee-key-migrations';
import { forgetReadModels } from '#read-models/postgres/forget-read-models';
import { READ_MODEL_MIGRATIONS } from '#read-models/postgres/read-model-migrations';
import { afterRestore } from './after-restore.js';

export interface SetupWorld {
  readonly env: Environment;
  readonly clock: Clock;
  readonly logger: Logger;
  readonly out: (line: string) => void;
  readonly err: (line: string) => void;
}

export interface SetupCommand {
  readonly purpose: string;
  readonly schema: ConfigSchema;
  readonly run: (world: SetupWorld) => Promise<void>;
}

const migrate: SetupCommand = {
  purpose:
    'make the tables, or bring them up to this version; safe while programs run, and by several at once',
  schema: { ...DATABASE_SETTINGS, ...KEYS_DATABASE_SETTINGS },
  async run({ env, out }) {
    const { databaseUrl, keysDatabaseUrl } = readConfig(
      { ...DATABASE_SETTINGS, ...KEYS_DATABASE_SETTINGS },
      env,
    );
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

const restore: SetupCommand = {
  purpose: 'after the log was restored from a backup, before any program starts: see docs/operations.md',
  schema: { ...EVENTSTORE_SETTINGS, ...DATABASE_SETTINGS },
  async run({ env, clock, logger, out }) {
    const config = readConfig({ ...EVENTSTORE_SETTINGS, ...DATABASE_SETTINGS }, env);
    const store = await EventStoreDbEventStore.open({ ...eventStoreOptions(config), clock, logger });
    const database = await PostgresDatabase.open({
      url: config.databaseUrl,
      clock,
      logger,
      applicationName: 'setup',
      migrations: [COORDINATION_MIGRATIONS, READ_MODEL_MIGRATIONS],
    });
    try {
      await afterRestore({
        store,
        checkpoints: new PostgresCheckpoints(database),
        forgetReadModels: () => forgetReadModels(database),
        say: out,
      });
    } finally {
      await store.close();
      await database.close();
    }
  },
};

/** Every command of this program. */
export const COMMANDS: Readonly<Record<string, SetupCommand>> = {
  migrate,
  'after-restore': restore,
};

/** Runs one command. 0: done; 1: it failed, and why; 2: there is no such command. */
export async function runSetup(
  [name = '', ...rest]: readonly string[],
  commands: Readonly<Record<string, SetupCommand>>,
  world: SetupWorld,
): Promise<number> {
  const command = Object.hasOwn(commands, name) ? commands[name] : undefined;
  if (command === undefined || rest.some((argument) => argument !== '--help')) {
    (name === '--help' ? world.out : world.err)(usage(commands));
    return name === '--help' ? 0 : 2;
  }
  if (rest.includes('--help')) {
    world.out(`${name}: ${command.purpose}\n\n${describeConfig(command.schema)}`);
    return 0;
  }
  try {
    await command.run(world);
    return 0;
  } catch (error) {
    world.err(error instanceof Error ? error.message : String(error));
    return 1;
  }
}

function usage(commands: Readonly<Record<string, SetupCommand>>): string {
  const lines = Object.entries(commands).map(([name, { purpose }]) => `  ${name.padEnd(14)} ${purpose}`);
  return `setup: prepares the engines; <command> --help lists its variables\n\n${lines.join('\n')}`;
}
