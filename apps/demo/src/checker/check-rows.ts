import { bookDecimal, bookOf, type AccountBooks } from './books.js';
import { decimalOf, print } from './decimal-text.js';
import type { Findings } from './findings.js';
import type { PayoutHistory } from './payout-history.js';
import type { Amount } from './stored-event.js';
import type { Row, StoredRun } from './stored-run.js';

type Complain = (text: string) => void;

/** The books that an account has from its opening on. */
const BOOKS = [
  'deposits',
  'corrections',
  'available',
  'reserved',
  'difference',
  'paid',
  'fees',
  'duplicate-payment',
] as const;

/** What readers are shown (the read models' tables) is what the log says. */
export function checkRows(
  run: Pick<StoredRun, 'payoutRows' | 'balanceRows'>,
  payouts: ReadonlyMap<string, PayoutHistory>,
  accounts: ReadonlyMap<string, AccountBooks>,
  findings: Findings,
): void {
  const complain: Complain = (text) => findings.add('replayEqual', text);
  const payoutRows = rowsByKey(run.payoutRows, (row) => textIn(row, 'payout_id'), 'payouts', complain);
  for (const payout of payouts.values()) {
    const row = payoutRows.get(payout.payoutId);
    payoutRows.delete(payout.payoutId);
    if (row === undefined) complain(`table payouts has no row of ${payout.payoutId}`);
    else comparePayout(payout, row, accounts.get(payout.accountId), complain);
  }
  for (const key of payoutRows.keys())
    complain(`table payouts has a row of ${key}, which the log doesn't know`);
  const keyOf = (row: Row): string => `${textIn(row, 'account_id')} ${textIn(row, 'book')}`;
  const balanceRows = rowsByKey(run.balanceRows, keyOf, 'account_balances', complain);
  for (const account of accounts.values()) {
    for (const book of BOOKS) {
      const key = `${account.accountId} ${book}`;
      const row = balanceRows.get(key);
      balanceRows.delete(key);
      if (row === undefined) complain(`table account_balances has no row of ${key}`);
      else compareBook(account, book, row, complain);
    }
  }
  for (const key of balanceRows.keys())
    complain(`table account_balances has a row of ${key}, which the log doesn't know`);
}

function comparePayout(
  payout: PayoutHistory,
  row: Row,
  account: AccountBooks | undefined,
  complain: Complain,
): void {
  const compare = comparer(`table payouts, ${payout.payoutId}`, row, complain);
  const held = account?.forPayout.get(payout.payoutId)?.held ?? 0n;
  // Readers are told that the money is held; the payout's own events don't say it.
  compare('status', payout.status === 'requested' && held > 0n ? 'reserved' : payout.status);
  compare('account_id', payout.accountId);
  compare('reversed_count', String(payout.reversals));
  compareAmount('amount', payout.amount, compare);
  if (payout.amount !== undefined) compare('currency', payout.amount.currency);
  compareAmount('paid', payout.paid, compare);
  compareAmount('fee', payout.fee, compare);
}

function compareBook(account: AccountBooks, book: string, row: Row, complain: Complain): void {
  const compare = comparer(`table account_balances, ${account.accountId} ${book}`, row, complain);
  compare('currency', account.currency);
  compare('amount_minor', bookOf(account, book).toString());
  // Without any money the exponent is unknown here: the zero may have any decimals.
  if (account.exponent !== undefined) compare('amount', print(bookDecimal(account, book)));
}

function compareAmount(name: string, amount: Amount | undefined, compare: Compare): void {
  compare(name, amount === undefined ? null : print(decimalOf(amount)));
  compare(`${name}_minor`, amount === undefined ? null : amount.minor.toString());
}

type Compare = (column: string, expected: string | null) => void;

function comparer(place: string, row: Row, complain: Complain): Compare {
  return (column, expected) => {
    const found = row[column] === null || row[column] === undefined ? null : textIn(row, column);
    if (found !== expected)
      complain(`${place}: ${column} is ${found ?? 'empty'}, the log says ${expected ?? 'nothing'}`);
  };
}

function rowsByKey(
  rows: readonly Row[],
  keyOf: (row: Row) => string,
  table: string,
  complain: Complain,
): Map<string, Row> {
  const byKey = new Map<string, Row>();
  for (const row of rows) {
    const key = keyOf(row);
    if (byKey.has(key)) complain(`table ${table} has two rows of ${key}`);
    byKey.set(key, row);
  }
  return byKey;
}

function textIn(row: Row, column: string): string {
  const value = row[column];
  if (typeof value === 'string') return value;
  return typeof value === 'number' || typeof value === 'bigint' ? value.toString() : '';
}
