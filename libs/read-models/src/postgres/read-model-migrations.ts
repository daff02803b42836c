import type { MigrationSet } from '#platform/postgres/migrations';

export const READ_MODEL_SCHEMA = 'payout_read_models';

/**
 * The checkpoints. The models' own tables lie in the same schema; they are no migrations, since they are made anew from
 * the log whenever they change.
 */
export const READ_MODEL_MIGRATIONS: MigrationSet = {
  schema: READ_MODEL_SCHEMA,
  migrations: {
    '0001-checkpoints': [
      `CREATE TABLE payout_read_models.read_model_checkpoint (
        model text COLLATE "C" PRIMARY KEY,
        schema_version integer NOT NULL,
        position text COLLATE "C" NOT NULL
      )`,
    ],
  },
};
