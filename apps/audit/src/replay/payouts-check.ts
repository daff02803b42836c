import { formatMoney } from '#domain/money/money';
import type { ReadModelDatabase } from '#read-models/database';
import { concernsPayoutRow, projectPayout } from '#read-models/payouts/projector';
import type { PayoutRow, ReaderStatus } from '#read-models/payouts/row';
import { PAYOUTS } from '#read-models/payouts/schema';
import { at, type LoggedEvent } from '../log/log.js';
import type { FoldedPayout, LedgerFold } from './ledger-fold.js';
import { ModelCheck, projectedEvent, type ModelCheckResult } from './model-check.js';
import { compareTable } from './table-comparison.js';

/**
 * The table `payouts`. Each row is projected anew; what the domain's own fold knows of it (status, money, parking,
 * reversals) then overrides the projector's word, so that an error of the projector shows as well.
 */
export class PayoutsCheck extends ModelCheck {
  override readonly model = PAYOUTS;
  readonly #rows = new Map<string, PayoutRow>();

  constructor(private readonly database: ReadModelDatabase) {
    super();
  }

  override async take(page: readonly LoggedEvent[]): Promise<void> {
    for (const logged of page) {
      const { event } = logged;
      if (!concernsPayoutRow(event)) continue;
      const { payoutId } = event.data;
      const row = at(logged.recorded, () =>
        projectPayout(this.#rows.get(payoutId), projectedEvent(logged), event),
      );
      this.#rows.set(payoutId, row);
    }
  }

  override finish(fold: LedgerFold): Promise<ModelCheckResult> {
    const { database, model } = this;
    return compareTable(database, { model, table: 'payouts', key: ['payout_id'] }, this.#expected(fold));
  }

  *#expected(fold: LedgerFold): Generator<PayoutRow> {
    for (const [payoutId, payout] of fold.payouts) {
      const row = this.#rows.get(payoutId);
      if (row !== undefined) yield { ...row, ...foldedColumns(payout) };
    }
  }
}

function foldedColumns({ state, reversals, reserved }: FoldedPayout): Partial<PayoutRow> {
  if (state.status === 'absent') return {};
  const parked = state.status === 'rejected' ? undefined : state.parked;
  const settled = state.status === 'succeeded' ? state.settled : undefined;
  const status: ReaderStatus = state.status === 'requested' && reserved ? 'reserved' : state.status;
  return {
    status,
    parked_reason: parked?.reason ?? null,
    parked_detail: parked?.detail ?? null,
    reversed_count: reversals,
    paid: settled === undefined ? null : formatMoney(settled.paid),
    paid_minor: settled === undefined ? null : settled.paid.minor.toString(),
    fee: settled === undefined ? null : formatMoney(settled.fee),
    fee_minor: settled === undefined ? null : settled.fee.minor.toString(),
  };
}
