import { decimal, print, type Decimal } from './decimal-text.js';
import {
  amountOf,
  isRecord,
  placeOf,
  readAmount,
  textOf,
  type Amount,
  type StoredEvent,
} from './stored-event.js';

/** An account's books from its events, credits less debits, in minor units. */
export interface AccountBooks {
  readonly accountId: string;
  readonly currency: string;
  readonly books: Map<string, bigint>;
  readonly debits: bigint;
  readonly credits: bigint;
  /** What the account did for each payout. */
  readonly forPayout: Map<string, PayoutMoney>;
  /** Instruction to the amount that it moved; undefined where it was refused, or closed the account. */
  readonly carriedOut: Map<string, bigint | undefined>;
  /** Of the currency; undefined until an amount was seen. */
  readonly exponent: number | undefined;
}

/** In minor units. */
export interface PayoutMoney {
  readonly held: bigint;
  readonly paid: bigint;
  readonly fee: bigint;
}

/** One side of an entry: `credit` adds to the book, `debit` takes from it. */
interface Entry {
  readonly book: string;
  readonly side: 'debit' | 'credit';
  readonly amount: Amount;
}

interface Account extends AccountBooks {
  debits: bigint;
  credits: bigint;
  exponent: number | undefined;
  closed: boolean;
  readonly causes: Set<string>;
}

const NO_MONEY: PayoutMoney = { held: 0n, paid: 0n, fee: 0n };
const WITHOUT_ENTRIES: ReadonlySet<string> = new Set([
  'AccountClosed',
  'AccountInstructionRefused',
  'FundsReservationRefused',
]);

/** Reads the streams `account-…` in log order; `report` gets what is wrong with an event by itself. */
export function accountBooks(
  events: readonly StoredEvent[],
  report: (text: string) => void,
): ReadonlyMap<string, AccountBooks> {
  const byPlace = new Map(events.map((event) => [event.position, event]));
  const accounts = new Map<string, Account>();
  for (const event of events) {
    if (!event.stream.startsWith('account-')) continue;
    const complain = (text: string): void =>
      report(`${event.stream} at position ${event.position}: ${event.type} ${text}`);
    const accountId = textOf(event, 'accountId');
    if (event.stream !== `account-${accountId}`) complain(`names another account, ${accountId}`);
    const known = accounts.get(event.stream);
    if (event.type === 'AccountOpened') {
      if (known !== undefined) complain('opens an account again');
      else accounts.set(event.stream, opened(accountId, textOf(event, 'currency')));
    } else if (known === undefined) complain('comes before AccountOpened');
    else apply(known, event, byPlace, complain);
  }
  return new Map([...accounts.values()].map((account) => [account.accountId, account]));
}

function opened(accountId: string, currency: string): Account {
  return {
    accountId,
    currency,
    books: new Map(),
    debits: 0n,
    credits: 0n,
    forPayout: new Map(),
    carriedOut: new Map(),
    exponent: undefined,
    closed: false,
    causes: new Set(),
  };
}

function apply(
  account: Account,
  event: StoredEvent,
  byPlace: ReadonlyMap<bigint, StoredEvent>,
  complain: (text: string) => void,
): void {
  checkCause(account, event, byPlace, complain);
  const entries = entriesOf(event);
  if (entries === undefined) {
    complain('is no event of an account');
    return;
  }
  const before = bookOf(account, 'available');
  let [debits, credits] = [0n, 0n];
  for (const { book, side, amount } of entries) {
    if (amount.currency !== account.currency)
      complain(`moves ${amount.currency} in an account in ${account.currency}`);
    account.exponent ??= amount.exponent;
    if (amount.exponent !== account.exponent) complain(`has money with ${amount.exponent} decimals`);
    const signed = side === 'credit' ? amount.minor : -amount.minor;
    account.books.set(book, bookOf(account, book) + signed);
    if (signed < 0n) debits -= signed;
    else credits += signed;
  }
  account.debits += debits;
  account.credits += credits;
  if (debits !== credits) complain(`has debits of ${debits} and credits of ${credits} minor units`);
  checkSigns(account, event, before, complain);
  remember(account, event, complain);
}

/** The double entry of the design: who gives (debit) and who gets (credit). Undefined for an unknown event. */
function entriesOf(event: StoredEvent): readonly Entry[] | undefined {
  const give = (book: string, name: string): Entry => ({
    book,
    side: 'debit',
    amount: amountOf(event, name),
  });
  const get = (book: string, name: string): Entry => ({
    book,
    side: 'credit',
    amount: amountOf(event, name),
  });
  switch (event.type) {
    case 'FundsDeposited':
      return [give('deposits', 'amount'), get('available', 'amount')];
    case 'FundsCorrected':
      return [give('corrections', 'amount'), get('available', 'amount')];
    case 'FundsReserved':
      return [give('available', 'amount'), get('reserved', 'amount')];
    case 'FundsReleased':
      return [give('reserved', 'amount'), get('available', 'amount')];
    case 'FundsSettled':
      return [
        give('reserved', 'reserved'),
        get('paid', 'paid'),
        get('fees', 'fee'),
        get('available', 'released'),
        get('difference', 'difference'),
      ];
    case 'FundsReturned':
      return [give('paid', 'paid'), give('fees', 'fee'), get('available', 'paid'), get('available', 'fee')];
    case 'FundsReclaimed':
      return [give('available', 'paid'), give('available', 'fee'), get('paid', 'paid'), get('fees', 'fee')];
    case 'FundsFeeAdjusted':
      return [give('available', 'difference'), get('fees', 'difference')];
    case 'DuplicatePaymentPosted':
      return [
        give('duplicate-payment', 'paid'),
        give('duplicate-payment', 'fee'),
        get('paid', 'paid'),
        get('fees', 'fee'),
      ];
    default:
      return WITHOUT_ENTRIES.has(event.type) ? [] : undefined;
  }
}

/** Each event after the first carries out one event of the log, and no event is carried out twice. */
function checkCause(
  account: Account,
  event: StoredEvent,
  byPlace: ReadonlyMap<bigint, StoredEvent>,
  complain: (text: string) => void,
): void {
  const cause = event.data['cause'];
  if (!isRecord(cause) || typeof cause['position'] !== 'string') {
    complain('names no cause');
    return;
  }
  const place = `${String(cause['epoch'])}/${cause['position']}`;
  if (account.causes.has(place)) complain(`carries out position ${cause['position']} a second time`);
  account.causes.add(place);
  const origin = byPlace.get(placeOf(cause['position']));
  if (origin?.stream !== cause['stream'] || origin?.revision.toString() !== cause['revision'])
    complain(`names a cause that isn't in the log (position ${cause['position']})`);
}

/** Only a reclaim may overdraw, and it has to say so. */
function checkSigns(
  account: Account,
  event: StoredEvent,
  before: bigint,
  complain: (text: string) => void,
): void {
  const after = bookOf(account, 'available');
  if (event.type === 'FundsReclaimed') {
    if (event.data['overdraws'] !== after < 0n) complain(`leaves ${after} available and says otherwise`);
  } else if (after < 0n && after < before) complain(`overdraws the account: ${after} minor units available`);
  for (const book of ['reserved', 'paid', 'fees']) {
    if (bookOf(account, book) < 0n) complain(`leaves the book ${book} below zero`);
  }
}

function remember(account: Account, event: StoredEvent, complain: (text: string) => void): void {
  const instruction = event.data['instructionId'];
  if (typeof instruction === 'string') {
    if (account.carriedOut.has(instruction)) complain(`carries out instruction ${instruction} again`);
    account.carriedOut.set(instruction, readAmount(event.data['amount'])?.minor);
  }
  const payoutId = event.data['payoutId'];
  if (typeof payoutId !== 'string') return;
  const known = account.forPayout.get(payoutId) ?? NO_MONEY;
  const moved = (name: string): bigint => amountOf(event, name).minor;
  account.forPayout.set(payoutId, after(event.type, known, moved));
}

function after(type: string, known: PayoutMoney, moved: (name: string) => bigint): PayoutMoney {
  const { held, paid, fee } = known;
  switch (type) {
    case 'FundsReserved':
      return { ...known, held: held + moved('amount') };
    case 'FundsReleased':
      return { ...known, held: held - moved('amount') };
    case 'FundsSettled':
      return { held: held - moved('reserved'), paid: paid + moved('paid'), fee: fee + moved('fee') };
    case 'FundsReturned':
      return { held, paid: paid - moved('paid'), fee: fee - moved('fee') };
    case 'FundsReclaimed':
    case 'DuplicatePaymentPosted':
      return { held, paid: paid + moved('paid'), fee: fee + moved('fee') };
    case 'FundsFeeAdjusted':
      return { ...known, fee: fee + moved('difference') };
    default:
      return known;
  }
}

export function bookOf(account: AccountBooks, book: string): bigint {
  return account.books.get(book) ?? 0n;
}

/** A book as decimal text of the account's currency, for comparing with what readers are shown. */
export function printedBook(account: AccountBooks, book: string): string {
  return print(bookDecimal(account, book));
}

export function bookDecimal(account: AccountBooks, book: string): Decimal {
  const minor = bookOf(account, book);
  return account.exponent === undefined
    ? decimal(minor.toString())
    : { units: minor, scale: account.exponent };
}
