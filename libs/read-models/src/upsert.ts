import { sql, type Insertable, type Kysely } from 'kysely';
import type { Statement } from './database.js';
import type { ReadModelTables } from './tables.js';

interface Template {
  readonly sql: string;
  readonly columns: readonly string[];
}

const templates = new WeakMap<Kysely<ReadModelTables>, Map<string, Template>>();

/**
 * Writes one whole row, new or changed. The SQL is compiled once per table and builder; `row` must always have the same
 * columns, as the rows of a table do.
 */
export function upsert<T extends keyof ReadModelTables>(
  build: Kysely<ReadModelTables>,
  table: T,
  key: readonly (keyof ReadModelTables[T] & string)[],
  row: ReadModelTables[T],
): Statement {
  const values = new Map<string, unknown>(Object.entries(row));
  let ofBuilder = templates.get(build);
  if (ofBuilder === undefined) {
    ofBuilder = new Map<string, Template>();
    templates.set(build, ofBuilder);
  }
  let template = ofBuilder.get(table);
  if (template === undefined) {
    const columns = [...values.keys()];
    template = { sql: compile(build, table, key, row, columns), columns };
    ofBuilder.set(table, template);
  }
  return { sql: template.sql, parameters: template.columns.map((column) => values.get(column)) };
}

function compile<T extends keyof ReadModelTables>(
  build: Kysely<ReadModelTables>,
  table: T,
  key: readonly string[],
  row: ReadModelTables[T],
  columns: readonly string[],
): string {
  const changed = columns.filter((column) => !key.includes(column));
  const fromRow = changed.map((column) => [column, sql.ref(`excluded.${column}`)] as const);
  return build
    .insertInto(table)
    .values(row as Insertable<ReadModelTables[T]>)
    .onConflict((conflict) =>
      conflict.columns(key as never).doUpdateSet(Object.fromEntries(fromRow) as never),
    )
    .compile().sql;
}
