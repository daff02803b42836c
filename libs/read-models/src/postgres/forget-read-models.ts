import type { PostgresDatabase } from '#platform/postgres/postgres-database';
import { READ_MODEL_SCHEMA } from './read-model-migrations.js';

/** Every model is made anew from the log when its runner starts next; until then readers see the old rows. */
export async function forgetReadModels(database: PostgresDatabase): Promise<void> {
  await database.write(`DELETE FROM ${READ_MODEL_SCHEMA}.read_model_checkpoint`);
}
