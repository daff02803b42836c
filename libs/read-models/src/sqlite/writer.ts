import type { Database } from 'better-sqlite3';
import { prepared } from '#platform/sqlite/prepared';
import type { WriterModule } from '#platform/sqlite/writer-module';
import type { ApplyJob, DefineJob, RunsOf } from './writer-jobs.js';

const TABLE = `
CREATE TABLE IF NOT EXISTS read_model_checkpoint (
  model TEXT PRIMARY KEY,
  schema_version INTEGER NOT NULL,
  position TEXT NOT NULL
) STRICT, WITHOUT ROWID;
`;

/** Makes the tables anew when there are none of this version; the checkpoint is then at the start. */
function define(db: Database, { model, version, drop, create }: DefineJob): void {
  const select = prepared<[string], { schema_version: number }>(
    db,
    'SELECT schema_version FROM read_model_checkpoint WHERE model = ?',
  );
  if (select.get(model)?.schema_version === version) return;
  for (const { sql } of [...drop, ...create]) db.exec(sql);
  prepared<[string, number]>(
    db,
    `INSERT INTO read_model_checkpoint (model, schema_version, position) VALUES (?, ?, '')
     ON CONFLICT (model) DO UPDATE SET schema_version = excluded.schema_version, position = ''`,
  ).run(model, version);
}

/** The job runs in a savepoint: a statement that fails undoes the checkpoint's move as well. */
function apply(db: Database, { model, from, to, statements }: ApplyJob): 'applied' | 'lost' {
  const move = prepared<[string, string, string]>(
    db,
    'UPDATE read_model_checkpoint SET position = ? WHERE model = ? AND position = ?',
  );
  if (move.run(to, model, from).changes === 0) return 'lost';
  for (const statement of statements) runAll(db, statement);
  return 'applied';
}

function runAll(db: Database, { sql, parameters }: RunsOf): void {
  const statement = prepared<unknown[]>(db, sql);
  for (const values of parameters) statement.run(...values);
}

const readModels: WriterModule = {
  name: 'read-models',
  migrate: (db) => {
    db.exec(TABLE);
  },
  jobs: { define, apply },
};

export default readModels;
