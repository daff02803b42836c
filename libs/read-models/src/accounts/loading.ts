import { currencyCode } from '#domain/money/currency';
import { formatMoney } from '#domain/money/money';
import { BOOKS, emptyBalances, type Balances, type Book } from '#domain/postings/postings';
import type { ReadModelDatabase } from '../database.js';
import { keyLists } from '../key-list.js';
import type { AccountView } from './projector.js';
import type { AccountRow, BalanceRow, InstructionRow } from './row.js';

/** The rows that a batch begins with. */
export async function loadAccounts(
  database: ReadModelDatabase,
  ids: ReadonlySet<string>,
): Promise<ReadonlyMap<string, AccountView>> {
  const views = new Map<string, AccountView>();
  for (const list of keyLists(ids)) {
    const { build } = database;
    const accounts = build.selectFrom('accounts').selectAll().where('account_id', 'in', list).compile();
    const balances = build
      .selectFrom('account_balances')
      .selectAll()
      .where('account_id', 'in', list)
      .compile();
    const books = Map.groupBy(await database.query(balances), (row) => row.account_id);
    for (const row of await database.query(accounts)) {
      views.set(row.account_id, { row, balances: balancesOf(row, books.get(row.account_id) ?? []) });
    }
  }
  return views;
}

export async function loadInstructions(
  database: ReadModelDatabase,
  ids: ReadonlySet<string>,
): Promise<ReadonlyMap<string, InstructionRow>> {
  const rows = new Map<string, InstructionRow>();
  for (const list of keyLists(ids)) {
    const query = database.build
      .selectFrom('account_instructions')
      .selectAll()
      .where('instruction_id', 'in', list)
      .compile();
    for (const row of await database.query(query)) rows.set(row.instruction_id, row);
  }
  return rows;
}

/** The rows of the books that differ from before; all of them when there was no account. */
export function balanceRows(
  { row, balances }: AccountView,
  before: AccountView | undefined,
): readonly BalanceRow[] {
  return BOOKS.filter((book) => balances[book].minor !== before?.balances[book].minor).map((book) => ({
    account_id: row.account_id,
    book,
    currency: row.currency,
    amount: formatMoney(balances[book]),
    amount_minor: balances[book].minor.toString(),
  }));
}

function balancesOf(account: AccountRow, rows: readonly BalanceRow[]): Balances {
  const currency = currencyCode(account.currency);
  const balances: Record<Book, Balances[Book]> = { ...emptyBalances(currency) };
  for (const row of rows) balances[row.book] = { minor: BigInt(row.amount_minor), currency };
  return balances;
}
