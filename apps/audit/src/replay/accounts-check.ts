import { formatMoney } from '#domain/money/money';
import { BOOKS } from '#domain/postings/postings';
import { ACCOUNTS } from '#read-models/accounts/schema';
import {
  concernsAccount,
  concernsInstruction,
  instructionOf,
  newInstruction,
  projectAccount,
  projectInstruction,
  type AccountView,
} from '#read-models/accounts/projector';
import type { AccountRow, BalanceRow, InstructionRow } from '#read-models/accounts/row';
import type { ReadModelDatabase } from '#read-models/database';
import { at, type LoggedEvent } from '../log/log.js';
import type { LedgerFold } from './ledger-fold.js';
import { ModelCheck, projectedEvent, type ModelCheckResult } from './model-check.js';
import { compareTable } from './table-comparison.js';

/**
 * The tables `accounts`, `account_balances` and `account_instructions`. The rows are projected anew; every balance and
 * the status come from the domain's own fold.
 */
export class AccountsCheck extends ModelCheck {
  override readonly model = ACCOUNTS;
  readonly #accounts = new Map<string, AccountView>();
  readonly #instructions = new Map<string, InstructionRow>();

  constructor(private readonly database: ReadModelDatabase) {
    super();
  }

  override async take(page: readonly LoggedEvent[]): Promise<void> {
    for (const logged of page) at(logged.recorded, () => this.#project(logged));
  }

  override async finish(fold: LedgerFold): Promise<ModelCheckResult> {
    const { database, model } = this;
    const results = [
      await compareTable(
        database,
        { model, table: 'accounts', key: ['account_id'] },
        this.#accountRows(fold),
      ),
      await compareTable(
        database,
        { model, table: 'account_balances', key: ['account_id', 'book'] },
        balanceRows(fold),
      ),
      await compareTable(
        database,
        { model, table: 'account_instructions', key: ['instruction_id'] },
        this.#instructions.values(),
      ),
    ];
    return {
      rows: results.reduce((sum, { rows }) => sum + rows, 0),
      differences: results.flatMap(({ differences }) => differences),
    };
  }

  #project(logged: LoggedEvent): void {
    const { event } = logged;
    const projected = projectedEvent(logged);
    if (concernsInstruction(event)) {
      this.#instructions.set(event.data.instructionId, newInstruction(projected, event));
    } else if (concernsAccount(event)) {
      const { accountId } = event.data;
      this.#accounts.set(accountId, projectAccount(this.#accounts.get(accountId), projected, event));
      const id = instructionOf(event);
      if (id !== undefined)
        this.#instructions.set(id, projectInstruction(this.#instructions.get(id), projected, event));
    }
  }

  *#accountRows(fold: LedgerFold): Generator<AccountRow> {
    for (const [accountId, state] of fold.accounts) {
      const view = this.#accounts.get(accountId);
      if (view !== undefined && state.status !== 'absent') yield { ...view.row, status: state.status };
    }
  }
}

function* balanceRows(fold: LedgerFold): Generator<BalanceRow> {
  for (const [accountId, state] of fold.accounts) {
    if (state.status === 'absent') continue;
    for (const book of BOOKS) {
      const balance = state.balances[book];
      yield {
        account_id: accountId,
        book,
        currency: state.currency,
        amount: formatMoney(balance),
        amount_minor: balance.minor.toString(),
      };
    }
  }
}
