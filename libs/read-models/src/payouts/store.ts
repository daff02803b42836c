import type { ReadModelDatabase } from '../database.js';
import type { PayoutRow, ReaderStatus } from './row.js';

export interface PayoutFilter {
  readonly accountId?: string;
  readonly status?: ReaderStatus;
  readonly provider?: PayoutRow['provider'];
  /** true: only parked ones; false: only those that aren't. */
  readonly parked?: boolean;
  /** RFC 3339, UTC with milliseconds: requested at this time or later. */
  readonly requestedFrom?: string;
}

/** Queries of the `payouts` model. */
export class PayoutStore {
  constructor(private readonly database: ReadModelDatabase) {}

  async find(payoutId: string): Promise<PayoutRow | undefined> {
    const { build } = this.database;
    const query = build.selectFrom('payouts').selectAll().where('payout_id', '=', payoutId).compile();
    const [row] = await this.database.query(query);
    return row;
  }

  /** Newest first; `olderThan` is the `opened_key` of the last row of the page before. */
  async page(
    filter: PayoutFilter,
    olderThan: string | undefined,
    limit: number,
  ): Promise<readonly PayoutRow[]> {
    let query = this.database.build.selectFrom('payouts').selectAll();
    if (filter.accountId !== undefined) query = query.where('account_id', '=', filter.accountId);
    if (filter.status !== undefined) query = query.where('status', '=', filter.status);
    if (filter.provider !== undefined) query = query.where('provider', '=', filter.provider);
    if (filter.parked === true) query = query.where('parked_reason', 'is not', null);
    if (filter.parked === false) query = query.where('parked_reason', 'is', null);
    if (filter.requestedFrom !== undefined) query = query.where('requested_at', '>=', filter.requestedFrom);
    if (olderThan !== undefined) query = query.where('opened_key', '<', olderThan);
    return this.database.query(query.orderBy('opened_key', 'desc').limit(limit).compile());
  }
}
