import type { CompiledQuery } from 'kysely';
import { logPosition, type LogPosition } from '#domain/log-position';
import { prepared } from '#platform/sqlite/prepared';
import type { SqliteAccess } from '#platform/sqlite/read-only-sqlite-file';
import { ReadModelDatabase, type ModelSchema, type Statement } from '../database.js';
import { sqliteBuilder } from './sqlite-builder.js';
import type { ApplyJob, DefineJob, RunsOf } from './writer-jobs.js';

/** The writer's module for `SqliteFile.open`. */
export const READ_MODELS_WRITER = new URL('./writer.js', import.meta.url);

const MODULE = 'read-models';
const START = '';

/** The read models in the one SQLite file: written by its writer, read on this thread's own connection. */
export class SqliteReadModelDatabase extends ReadModelDatabase {
  readonly build = sqliteBuilder();

  constructor(private readonly file: SqliteAccess) {
    super();
  }

  async migrate(schema: ModelSchema): Promise<void> {
    const job: DefineJob = {
      model: schema.model,
      version: schema.version,
      drop: runsOf(schema.drop(this.build)),
      create: runsOf(schema.create(this.build)),
    };
    await this.file.run(MODULE, 'define', job);
  }

  async checkpoint(model: string): Promise<LogPosition | undefined> {
    const select = prepared<[string], { position: string }>(
      this.file.reader(),
      'SELECT position FROM read_model_checkpoint WHERE model = ?',
    );
    const position = select.get(model)?.position ?? START;
    return position === START ? undefined : logPosition(position);
  }

  apply(
    model: string,
    from: LogPosition | undefined,
    to: LogPosition,
    statements: readonly Statement[],
  ): Promise<'applied' | 'lost'> {
    const job: ApplyJob = { model, from: from ?? START, to, statements: runsOf(statements) };
    return this.file.run(MODULE, 'apply', job);
  }

  async query<R>(query: CompiledQuery<R>): Promise<readonly R[]> {
    return prepared<unknown[], R>(this.file.reader(), query.sql).all(...query.parameters);
  }
}

/** Neighbours of the same text together: the text crosses to the other thread once. */
function runsOf(statements: readonly Statement[]): readonly RunsOf[] {
  const runs: { readonly sql: string; readonly parameters: (readonly unknown[])[] }[] = [];
  for (const { sql, parameters } of statements) {
    const last = runs.at(-1);
    if (last?.sql === sql) last.parameters.push(parameters);
    else runs.push({ sql, parameters: [parameters] });
  }
  return runs;
}
