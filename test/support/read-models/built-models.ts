import assert from 'node:assert/strict';
import type { ReadModelDatabase } from '#read-models/database';
import { READ_MODELS } from '#read-models/models';
import type { ReadModelTables } from '#read-models/tables';
import type { History } from './history.js';

const TABLES = [
  'payouts',
  'payout_timeline',
  'accounts',
  'account_balances',
  'account_instructions',
] as const;
const KEYS = {
  payouts: ['payout_id'],
  payout_timeline: ['payout_id', 'position_key'],
  accounts: ['account_id'],
  account_balances: ['account_id', 'book'],
  account_instructions: ['instruction_id'],
} as const satisfies { [T in keyof ReadModelTables]: readonly (keyof ReadModelTables[T])[] };

/** Builds every model from the log, in batches of the given sizes, the last one repeated; returns all rows by table. */
export async function buildModels(database: ReadModelDatabase, history: History, sizes: readonly number[]) {
  for (const model of READ_MODELS) {
    const { schema, concerns } = model;
    await database.migrate({ ...schema, version: schema.version + 1 });
    await database.migrate(schema);
    let from: Awaited<ReturnType<ReadModelDatabase['checkpoint']>>;
    let start = 0;
    for (let batch = 0; start < history.events.length; batch += 1) {
      const page = history.events.slice(start, start + (sizes[batch] ?? sizes.at(-1) ?? 1));
      start += page.length;
      const last = page.at(-1);
      assert.ok(last);
      const events = page.filter(({ event }) => concerns.has(event.type));
      const applied = await database.apply(
        schema.model,
        from,
        last.position,
        await model.project(database, events),
      );
      assert.equal(applied, 'applied');
      from = last.position;
    }
  }
  const dump: Record<string, readonly object[]> = {};
  for (const table of TABLES) {
    let query = database.build.selectFrom(table).selectAll();
    for (const key of KEYS[table]) query = query.orderBy(key as never);
    dump[table] = (await database.query(query.compile())).map((row) => ({ ...row }));
  }
  return dump;
}
