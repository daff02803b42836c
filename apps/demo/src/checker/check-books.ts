import { bookOf, type AccountBooks, type PayoutMoney } from './books.js';
import type { Findings } from './findings.js';
import { isFinal, type PayoutHistory } from './payout-history.js';
import { isRecord, objectOf, readAmount, textOf, type StoredEvent } from './stored-event.js';

type Complain = (text: string) => void;

/** The accounts by themselves, and the accounts against what the payouts and instructions say. */
export function checkBooks(
  events: readonly StoredEvent[],
  accounts: ReadonlyMap<string, AccountBooks>,
  payouts: ReadonlyMap<string, PayoutHistory>,
  findings: Findings,
): void {
  const complain: Complain = (text) => findings.add('booksBalance', text);
  checkStreams(events, complain);
  checkCurrencies(accounts, complain);
  for (const account of accounts.values()) checkAccount(account, payouts, complain);
  for (const payout of payouts.values()) checkPayout(payout, accounts, complain);
  for (const event of events) checkInstruction(event, accounts, complain);
}

/** A missing event leaves a gap among the revisions of its stream. */
function checkStreams(events: readonly StoredEvent[], complain: Complain): void {
  const next = new Map<string, bigint>();
  for (const { stream, revision, position } of events) {
    const expected = next.get(stream) ?? 0n;
    if (revision !== expected)
      complain(`${stream}: revision ${revision} at position ${position}, where ${expected} was expected`);
    next.set(stream, revision + 1n);
  }
}

function checkCurrencies(accounts: ReadonlyMap<string, AccountBooks>, complain: Complain): void {
  for (const [currency, ofCurrency] of Map.groupBy(accounts.values(), (account) => account.currency)) {
    const debits = ofCurrency.reduce((sum, account) => sum + account.debits, 0n);
    const credits = ofCurrency.reduce((sum, account) => sum + account.credits, 0n);
    if (debits !== credits)
      complain(`${currency}: debits of ${debits} and credits of ${credits} minor units`);
  }
}

function checkAccount(
  account: AccountBooks,
  payouts: ReadonlyMap<string, PayoutHistory>,
  complain: Complain,
): void {
  const name = `account ${account.accountId}`;
  const sum = [...account.books.values()].reduce((total, book) => total + book, 0n);
  if (sum !== 0n) complain(`${name}: its books sum to ${sum} minor units`);
  let open = 0n;
  for (const [payoutId, money] of account.forPayout) {
    const payout = payouts.get(payoutId);
    if (payout?.accountId !== account.accountId)
      complain(`${name}: has money of payout ${payoutId}, which isn't its`);
    else if (!isFinal(payout.status)) open += money.held;
  }
  const reserved = bookOf(account, 'reserved');
  if (reserved !== open) complain(`${name}: ${reserved} minor units are reserved, open payouts hold ${open}`);
}

/** What the account holds, paid and was charged for a payout is what the payout's own events say. */
function checkPayout(
  payout: PayoutHistory,
  accounts: ReadonlyMap<string, AccountBooks>,
  complain: Complain,
): void {
  const money: PayoutMoney = accounts.get(payout.accountId)?.forPayout.get(payout.payoutId) ?? {
    held: 0n,
    paid: 0n,
    fee: 0n,
  };
  const name = `payout ${payout.payoutId} (${payout.status})`;
  const differ = (what: string, books: bigint, events: bigint): void => {
    if (books !== events)
      complain(`${name}: ${what} ${books} minor units in the books, ${events} by its events`);
  };
  const isBeforeFunds = payout.status === 'requested' && payout.attempts.size === 0;
  // A payout that has just been asked for holds nothing yet, or all.
  if (!(isBeforeFunds && money.held === 0n))
    differ('holds', money.held, isFinal(payout.status) ? 0n : (payout.reserve?.minor ?? 0n));
  const duplicates = (name_: 'paid' | 'fee'): bigint =>
    payout.duplicates.reduce((sum, duplicate) => sum + duplicate[name_].minor, 0n);
  differ('paid', money.paid, (payout.paid?.minor ?? 0n) + duplicates('paid'));
  differ('fee', money.fee, (payout.fee?.minor ?? 0n) + duplicates('fee'));
}

/** An instruction is carried out once, with its amount, or refused. */
function checkInstruction(
  event: StoredEvent,
  accounts: ReadonlyMap<string, AccountBooks>,
  complain: Complain,
): void {
  if (event.type !== 'AccountInstructionGiven') return;
  const instructionId = textOf(event, 'instructionId');
  const account = accounts.get(textOf(event, 'accountId'));
  if (account === undefined) return;
  if (!account.carriedOut.has(instructionId)) {
    complain(
      `account ${account.accountId}: instruction ${instructionId} was neither carried out nor refused`,
    );
    return;
  }
  const moved = account.carriedOut.get(instructionId);
  const instruction = objectOf(event, 'instruction');
  const given = isRecord(instruction) ? readAmount(instruction['amount'])?.minor : undefined;
  if (moved !== undefined && moved !== given)
    complain(
      `account ${account.accountId}: instruction ${instructionId} is over ${given ?? 0n} minor units, ${moved} were moved`,
    );
}
