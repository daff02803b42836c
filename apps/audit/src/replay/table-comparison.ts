import { sql } from 'kysely';
import type { ReadModelDatabase } from '#read-models/database';
import type { ReadModelTables } from '#read-models/tables';
import { columnDifferences, type Difference } from './difference.js';
import type { ModelCheckResult } from './model-check.js';

const PAGE = 1_000;

/** A table whose primary key is text columns. */
export interface ComparedTable<T extends keyof ReadModelTables> {
  readonly model: string;
  readonly table: T;
  readonly key: readonly (keyof ReadModelTables[T] & string)[];
}

/** Compares every row of a table with the rows that are expected, in both directions. Reads in pages. */
export async function compareTable<T extends keyof ReadModelTables>(
  database: ReadModelDatabase,
  { model, table, key }: ComparedTable<T>,
  expected: Iterable<ReadModelTables[T]>,
): Promise<ModelCheckResult> {
  const keyOf = (row: ReadModelTables[T]): string => key.map((column) => String(row[column])).join(' ');
  const missing = new Map([...expected].map((row) => [keyOf(row), row]));
  const differences: Difference[] = [];
  let rows = 0;
  for await (const page of pagesOf(database, table, key)) {
    for (const row of page) {
      rows += 1;
      const place = { model, table, key: keyOf(row) };
      const wanted = missing.get(place.key);
      if (wanted === undefined) differences.push({ kind: 'unexpected-row', ...place });
      else differences.push(...columnDifferences(place, wanted, row));
      missing.delete(place.key);
    }
  }
  for (const left of missing.keys()) differences.push({ kind: 'missing-row', model, table, key: left });
  return { rows, differences };
}

/** A table in pages, by its key: the caller holds a snapshot, so that nothing moves between two pages. */
async function* pagesOf<T extends keyof ReadModelTables>(
  database: ReadModelDatabase,
  table: T,
  key: readonly (keyof ReadModelTables[T] & string)[],
): AsyncGenerator<readonly ReadModelTables[T][]> {
  const columns = sql.join(key.map((column) => sql.ref(column)));
  // What the builder makes of a table that is only known when it runs has the type of all tables at once.
  const all = database.build
    .selectFrom<keyof ReadModelTables>(table)
    .selectAll()
    .orderBy(columns)
    .limit(PAGE);
  let last: ReadModelTables[T] | undefined;
  for (;;) {
    const after = last;
    const next =
      after === undefined
        ? all
        : all.where(sql<boolean>`(${columns}) > (${sql.join(key.map((column) => after[column]))})`);
    const page = (await database.query(next.compile())) as unknown as readonly ReadModelTables[T][];
    yield page;
    if (page.length < PAGE) return;
    last = page.at(-1);
  }
}
