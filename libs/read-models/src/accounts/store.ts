import type { ReadModelDatabase } from '../database.js';
import { keyLists } from '../key-list.js';
import type { AccountRow, BalanceRow, InstructionRow } from './row.js';

export interface AccountWithBalances {
  readonly account: AccountRow;
  readonly balances: readonly BalanceRow[];
}

/** Queries of the `accounts` model. */
export class AccountStore {
  constructor(private readonly database: ReadModelDatabase) {}

  async find(accountId: string): Promise<AccountWithBalances | undefined> {
    const { build } = this.database;
    const query = build.selectFrom('accounts').selectAll().where('account_id', '=', accountId).compile();
    const [account] = await this.database.query(query);
    if (account === undefined) return undefined;
    return { account, balances: await this.#balances([accountId]) };
  }

  /** Newest first; `olderThan` is the `opened_key` of the last row of the page before. */
  async page(olderThan: string | undefined, limit: number): Promise<readonly AccountWithBalances[]> {
    let query = this.database.build.selectFrom('accounts').selectAll();
    if (olderThan !== undefined) query = query.where('opened_key', '<', olderThan);
    const accounts = await this.database.query(query.orderBy('opened_key', 'desc').limit(limit).compile());
    if (accounts.length === 0) return [];
    const balances = await this.#balances(accounts.map((account) => account.account_id));
    const books = Map.groupBy(balances, (row) => row.account_id);
    return accounts.map((account) => ({ account, balances: books.get(account.account_id) ?? [] }));
  }

  async findInstruction(accountId: string, instructionId: string): Promise<InstructionRow | undefined> {
    const query = this.database.build
      .selectFrom('account_instructions')
      .selectAll()
      .where('instruction_id', '=', instructionId)
      .where('account_id', '=', accountId)
      .compile();
    const [row] = await this.database.query(query);
    return row;
  }

  async #balances(accountIds: readonly string[]): Promise<readonly BalanceRow[]> {
    const rows: BalanceRow[] = [];
    for (const list of keyLists(new Set(accountIds))) {
      const query = this.database.build
        .selectFrom('account_balances')
        .selectAll()
        .where('account_id', 'in', list)
        .compile();
      rows.push(...(await this.database.query(query)));
    }
    return rows;
  }
}
