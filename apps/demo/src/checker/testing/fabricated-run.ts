import type { StoredEvent } from '../stored-event.js';
import type { Row, StoredRun } from '../stored-run.js';

type Data = Record<string, unknown>;

export const ACCOUNT = 'acc-usd';
const DEPOSIT = 100_000;
/** On top of each amount, for the fee. */
const FEE_RESERVE = 50;

export const usd = (minor: number): Data => ({ minor: String(minor), exponent: 2, currency: 'USD' });

/**
 * A log, the read models and the providers' book of a run, written by hand: an account with 1,000.00 USD, and what each
 * method adds. Tests take something away or change it.
 */
export class FabricatedRun {
  events: StoredEvent[] = [];
  readonly orders: Data[] = [];
  readonly movements: Data[] = [];
  readonly beneficiaries = new Map<string, string>();
  readonly payoutRows: Data[] = [];
  readonly balances: Record<string, number> = { deposits: -DEPOSIT, available: DEPOSIT };
  readonly #amounts = new Map<string, number>();

  constructor() {
    this.add(`account-${ACCOUNT}`, 'AccountOpened', { accountId: ACCOUNT, currency: 'USD' });
    this.add('instruction-i1', 'AccountInstructionGiven', {
      accountId: ACCOUNT,
      instructionId: 'i1',
      instruction: { kind: 'deposit', amount: usd(DEPOSIT) },
    });
    this.account('FundsDeposited', { instructionId: 'i1', amount: usd(DEPOSIT) });
  }

  add(stream: string, type: string, data: Data): void {
    const revision = BigInt(this.events.filter((event) => event.stream === stream).length);
    const position = BigInt(this.events.length + 1);
    this.events.push({ position, id: `event-${position}`, stream, revision, type, data });
  }

  payout(id: string, type: string, data: Data = {}): void {
    this.add(`payout-${id}`, type, { payoutId: id, accountId: ACCOUNT, attempt: 1, ...data });
  }

  /** An event of the account, caused by the last event of the log. */
  account(type: string, data: Data): void {
    const cause = this.events.at(-1);
    if (cause === undefined) throw new Error('nothing caused it');
    const { position, stream, revision } = cause;
    this.add(`account-${ACCOUNT}`, type, {
      accountId: ACCOUNT,
      cause: { epoch: 1, position: position.toString(), stream, revision: revision.toString() },
      ...data,
    });
  }

  /** Asked for, reserved and sent. The beneficiary is `to-<id>`. */
  sent(id: string, provider: string, minor = 1_000): void {
    this.requested(id, provider, minor);
    this.payout(id, 'PayoutSubmissionStarted', { provider, reference: `ref-${id}` });
    this.#status(id, { status: 'submitting' });
  }

  requested(id: string, provider: string, minor = 1_000): void {
    this.#amounts.set(id, minor);
    this.beneficiaries.set(id, `to-${id}`);
    this.payout(id, 'PayoutRequested', { provider, amount: usd(minor), reserve: usd(minor + FEE_RESERVE) });
    this.account('FundsReserved', { payoutId: id, amount: usd(minor + FEE_RESERVE) });
    this.#move({ available: -minor - FEE_RESERVE, reserved: minor + FEE_RESERVE });
    this.payoutRows.push({
      payout_id: id,
      account_id: ACCOUNT,
      status: 'reserved',
      reversed_count: 0,
      currency: 'USD',
      ...printed('amount', minor),
      ...printed('paid', undefined),
      ...printed('fee', undefined),
    });
  }

  rejected(id: string, provider: string, minor: number): void {
    this.#amounts.set(id, minor);
    this.payout(id, 'PayoutRequested', { provider, amount: usd(minor), reserve: usd(minor + FEE_RESERVE) });
    this.account('FundsReservationRefused', {
      payoutId: id,
      requested: usd(minor + FEE_RESERVE),
      available: usd(this.balances['available'] ?? 0),
      reason: 'insufficient-funds',
    });
    this.payout(id, 'PayoutRejected', { reason: 'insufficient-funds', detail: '' });
    this.payoutRows.push({
      payout_id: id,
      account_id: ACCOUNT,
      status: 'rejected',
      reversed_count: 0,
      currency: 'USD',
      ...printed('amount', minor),
      ...printed('paid', undefined),
      ...printed('fee', undefined),
    });
  }

  cancelled(id: string): void {
    this.payout(id, 'PayoutCancelled');
    this.#release(id);
    this.#status(id, { status: 'cancelled' });
  }

  unknown(id: string): void {
    this.payout(id, 'PayoutSubmissionUnknown', { reason: 'timeout' });
    this.#status(id, { status: 'unknown' });
  }

  parked(id: string): void {
    this.payout(id, 'PayoutParked', { reason: 'outcome-unknown', detail: '' });
  }

  submitted(id: string, orderId?: string): void {
    this.payout(id, 'PayoutSubmitted', orderId === undefined ? {} : { orderId });
    this.#status(id, { status: 'submitted' });
  }

  succeeded(id: string, fee = 20): void {
    const minor = this.#amountOf(id);
    this.payout(id, 'PayoutStatusChanged', {
      to: 'succeeded',
      ordered: usd(minor),
      paid: usd(minor),
      fee: usd(fee),
    });
    const released = FEE_RESERVE - fee;
    this.account('FundsSettled', {
      payoutId: id,
      reserved: usd(minor + FEE_RESERVE),
      paid: usd(minor),
      fee: usd(fee),
      released: usd(released),
      difference: usd(0),
    });
    this.#move({ reserved: -minor - FEE_RESERVE, paid: minor, fees: fee, available: released });
    this.#status(id, { status: 'succeeded', ...printed('paid', minor), ...printed('fee', fee) });
  }

  failed(id: string): void {
    this.payout(id, 'PayoutStatusChanged', { to: 'failed' });
    this.#release(id);
    this.#status(id, { status: 'failed' });
  }

  /** A success that came back. */
  turned(id: string, fee = 20): void {
    const minor = this.#amountOf(id);
    this.payout(id, 'PayoutReversed', { from: 'succeeded', to: 'failed', paid: usd(minor), fee: usd(fee) });
    this.account('FundsReturned', { payoutId: id, paid: usd(minor), fee: usd(fee) });
    this.#move({ paid: -minor, fees: -fee, available: minor + fee });
    this.#status(id, {
      status: 'failed',
      reversed_count: 1,
      ...printed('paid', undefined),
      ...printed('fee', undefined),
    });
  }

  /** What the provider booked. `kinds`: the money that moved for the order, in order. */
  booked(
    vendor: string,
    orderId: string,
    id: string,
    kinds: readonly ('paid' | 'returned')[],
    over: Data = {},
  ): void {
    const amount = ((this.#amounts.get(id) ?? 1_000) / 100).toFixed(2);
    const order = {
      vendor,
      orderId,
      merchantReference: null,
      idempotencyKey: null,
      beneficiary: `to-${id}`,
      amount,
      currency: 'USD',
      fee: '0.20',
      status: kinds.at(-1) === 'paid' ? 'success' : 'fail',
      ...over,
    };
    this.orders.push(order);
    for (const kind of kinds)
      this.movements.push({
        vendor,
        orderId,
        kind,
        amount: order.amount,
        fee: '0.20',
        currency: order.currency,
      });
  }

  get run(): StoredRun {
    return { events: this.events, payoutRows: this.payoutRows, balanceRows: this.#balanceRows() };
  }

  get book(): unknown {
    return { orders: this.orders, movements: this.movements };
  }

  row(id: string): Data {
    const row = this.payoutRows.find((one) => one['payout_id'] === id);
    if (row === undefined) throw new Error(`no row of ${id}`);
    return row;
  }

  #balanceRows(): readonly Row[] {
    const books = [
      'deposits',
      'corrections',
      'available',
      'reserved',
      'difference',
      'paid',
      'fees',
      'duplicate-payment',
    ];
    return books.map((book) => ({
      account_id: ACCOUNT,
      book,
      currency: 'USD',
      ...printed('amount', this.balances[book] ?? 0),
    }));
  }

  #release(id: string): void {
    const held = this.#amountOf(id) + FEE_RESERVE;
    this.account('FundsReleased', { payoutId: id, amount: usd(held) });
    this.#move({ reserved: -held, available: held });
  }

  #move(changes: Readonly<Record<string, number>>): void {
    for (const [book, change] of Object.entries(changes))
      this.balances[book] = (this.balances[book] ?? 0) + change;
  }

  #status(id: string, changes: Data): void {
    Object.assign(this.row(id), changes);
  }

  #amountOf(id: string): number {
    const minor = this.#amounts.get(id);
    if (minor === undefined) throw new Error(`payout ${id} was never asked for`);
    return minor;
  }
}

function printed(column: string, minor: number | undefined): Data {
  return {
    [column]: minor === undefined ? null : (minor / 100).toFixed(2),
    [`${column}_minor`]: minor === undefined ? null : String(minor),
  };
}
