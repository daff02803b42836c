import type { ReadModelDatabase, Statement } from '../database.js';
import { keyLists } from '../key-list.js';
import type { ProjectedEvent, ReadModel } from '../read-model.js';
import { upsert } from '../upsert.js';
import { concernsPayoutRow, PAYOUT_ROW_TYPES, projectPayout } from './projector.js';
import type { PayoutRow } from './row.js';
import { payoutsSchema } from './schema.js';

export const payoutsModel: ReadModel = {
  schema: payoutsSchema,
  concerns: PAYOUT_ROW_TYPES,
  project: projectBatch,
};

async function projectBatch(
  database: ReadModelDatabase,
  events: readonly ProjectedEvent[],
): Promise<readonly Statement[]> {
  const before = await load(database, touchedBy(events));
  const after = new Map(before);
  for (const projected of events) {
    const { event } = projected;
    if (!concernsPayoutRow(event)) continue;
    const { payoutId } = event.data;
    after.set(payoutId, projectPayout(after.get(payoutId), projected, event));
  }
  return [...after]
    .filter(([id, row]) => before.get(id) !== row)
    .map(([, row]) => upsert(database.build, 'payouts', ['payout_id'], row));
}

/** Payouts that have a row already: of a payout's first event there is none to be read. */
function touchedBy(events: readonly ProjectedEvent[]): ReadonlySet<string> {
  const begun = new Set<string>();
  const touched = new Set<string>();
  for (const { event, revision } of events) {
    if (!concernsPayoutRow(event)) continue;
    const { payoutId } = event.data;
    if (event.type !== 'FundsReserved' && revision === 0n) begun.add(payoutId);
    else if (!begun.has(payoutId)) touched.add(payoutId);
  }
  return touched;
}

async function load(
  database: ReadModelDatabase,
  ids: ReadonlySet<string>,
): Promise<ReadonlyMap<string, PayoutRow>> {
  const rows = new Map<string, PayoutRow>();
  for (const list of keyLists(ids)) {
    const query = database.build.selectFrom('payouts').selectAll().where('payout_id', 'in', list).compile();
    for (const row of await database.query(query)) rows.set(row.payout_id, row);
  }
  return rows;
}
