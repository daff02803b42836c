import type { AccountRow, BalanceRow, InstructionRow } from './accounts/row.js';
import type { PayoutRow } from './payouts/row.js';
import type { TimelineRow } from './payout-timeline/row.js';

/** Every table of the read models. Text, whole numbers and NULL only: SQLite and PostgreSQL store them alike. */
export interface ReadModelTables {
  readonly payouts: PayoutRow;
  readonly payout_timeline: TimelineRow;
  readonly accounts: AccountRow;
  readonly account_balances: BalanceRow;
  readonly account_instructions: InstructionRow;
}
