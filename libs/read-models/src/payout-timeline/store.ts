import type { ReadModelDatabase } from '../database.js';
import type { TimelineRow } from './row.js';

/** A payout has some ten events; a defect that writes without end must not be read without end. */
const MOST_ENTRIES = 1_000;

/** Queries of the `payout-timeline` model. */
export class TimelineStore {
  constructor(private readonly database: ReadModelDatabase) {}

  /** In log order; at most the first 1,000. */
  async of(payoutId: string): Promise<readonly TimelineRow[]> {
    const query = this.database.build
      .selectFrom('payout_timeline')
      .selectAll()
      .where('payout_id', '=', payoutId)
      .orderBy('position_key')
      .limit(MOST_ENTRIES)
      .compile();
    return this.database.query(query);
  }
}
