import assert from 'node:assert/strict';
import type { AccountId } from '#domain/ids';
import { formatMoney } from '#domain/money/money';
import type { PayoutState } from '#domain/payout/state';
import { isAccountEvent } from '#domain/codec/stored-event';
import { postings } from '#domain/postings/postings';
import { accountStream, payoutStream } from '#domain/streams';
import { decodeRecorded } from '#command/streams/event-encoding';
import { readPublicEvent } from '#messaging/contracts/events.v1';
import { TOPICS } from '#messaging/topics';
import { ManualClock } from '../manual-clock.js';
import { CommandUnderTest } from './command-under-test.js';
import type { PayingProvider } from './paying-provider.js';
import type { CutPoint } from './power-cut.js';
import { passTimeUntil } from './virtual-time.js';

const ID = 'the-payout';
const ACCOUNT = 'acc';
const MINUTE = 60_000;

/** How long after it took an order the provider pays it and calls back. */
const PAYS_AFTER = 2_000;
/** How long a request may be under way that is answered to nobody: less than the request's timeout. */
const ARRIVES_AFTER = 8_000;

/**
 * One payout in a world of its own, from the command to the end, on a clock that moves only when everything waits. The
 * provider pays what it took after a while, and calls back once; the service crashes at one chosen step.
 */
export class OnePayout {
  private paysAt: number | undefined;
  private arrivesAt: number | undefined;
  private calledBack = false;
  crashed = false;

  private constructor(
    private readonly clock: ManualClock,
    private readonly provider: PayingProvider,
    readonly ledger: CommandUnderTest,
  ) {}

  /** Runs it to its end. `steps` are those of the run without a crash. */
  static async run(
    provider: PayingProvider,
    point?: CutPoint,
  ): Promise<{ readonly life: OnePayout; readonly steps: readonly string[] }> {
    const clock = new ManualClock();
    const ledger = await CommandUnderTest.startWith({ providers: [provider], clock });
    const life = new OnePayout(clock, provider, ledger);
    await life.fund();
    const { power } = ledger;
    power.arm(point);
    await ledger.send('RequestPayout', ID, {
      accountId: ACCOUNT,
      amount: '40.00',
      currency: 'USD',
      provider: provider.card.provider,
      beneficiary: { kind: 'stored-method', methodId: 'method-4711' },
    });
    if (!(await life.pass(() => life.isOver(), 30 * MINUTE))) {
      const at = point === undefined ? 'without a crash' : `crash ${point.when} step ${point.step}`;
      assert.fail(`not over, ${at} (${power.steps.at(-1) ?? 'none'}): ${await life.told()}`);
    }
    // Whatever is still to come has to come now: a second payment, say.
    await life.pass(() => false, 20_000);
    const steps = [...power.steps];
    await ledger.stop();
    return { life, steps };
  }

  payout(): Promise<PayoutState> {
    return this.ledger.payout(ID);
  }

  /** Σ debit = Σ credit of every event, and every minor unit of the deposit is somewhere on the account. */
  async assertBooksBalance(): Promise<void> {
    const { eventStore } = this.ledger;
    for (const recorded of await eventStore.readAll({ limit: 10_000 })) {
      const event = decodeRecorded(recorded);
      if (!isAccountEvent(event)) continue;
      let sum = 0n;
      for (const { side, amount } of postings(event)) sum += side === 'debit' ? amount.minor : -amount.minor;
      assert.equal(sum, 0n, recorded.type);
    }
    const account = await this.ledger.account(ACCOUNT);
    if (account.status === 'absent') throw new Error('no account');
    const { available, reserved, paid, difference } = account.balances;
    assert.equal(available.minor + reserved.minor + paid.minor + difference.minor, 10_000n);
  }

  balances() {
    return this.ledger.balances(ACCOUNT);
  }

  /** What other services heard, each event once, in the order of its first coming. */
  async publicStatuses(): Promise<readonly string[]> {
    const heard = new Map<string, string>();
    for (const { value } of await this.ledger.topic(TOPICS.events)) {
      const read = readPublicEvent(value);
      if (!read.ok) throw new Error(read.reason);
      heard.set(read.meta.id, read.event.data.status);
    }
    return [...heard.values()];
  }

  async told(): Promise<string> {
    const types = await this.ledger.types(payoutStream(this.ledger.payoutId(ID)));
    const orders = [...this.provider.book.values()].map(
      ({ state, payments, amount }) => `${state} ${payments} × ${formatMoney(amount)}`,
    );
    return `payout: ${types.join(', ')}; provider: ${orders.join(', ')}; alarms: ${this.ledger.logger.alarms().join(', ')}`;
  }

  private async fund(): Promise<void> {
    await this.ledger.send('OpenAccount', 'open', { accountId: ACCOUNT, currency: 'USD' });
    await this.ledger.send('Deposit', 'fund', { accountId: ACCOUNT, amount: '100.00', currency: 'USD' });
    const funded = await this.pass(
      async () => (await this.ledger.types(accountStream(ACCOUNT as AccountId))).includes('FundsDeposited'),
      MINUTE,
    );
    assert.ok(funded, 'the account was not funded');
    // The loops write down how far they are.
    await this.pass(() => false, 1_000);
  }

  /** Lets the world go on; a crash is followed by a start, which does not crash again. */
  private pass(condition: () => boolean | Promise<boolean>, limitMs: number): Promise<boolean> {
    return passTimeUntil(
      this.clock,
      async () => {
        if (this.ledger.power.isOff) {
          this.crashed = true;
          await this.ledger.crashAndRestart();
        }
        await this.letProviderPay();
        return condition();
      },
      limitMs,
    );
  }

  private async letProviderPay(): Promise<void> {
    if (this.provider.underWay > 0) {
      this.arrivesAt ??= this.clock.now() + ARRIVES_AFTER;
      if (this.clock.now() >= this.arrivesAt) this.provider.takeLate();
    }
    const [order] = this.provider.book.values();
    if (order === undefined || this.calledBack) return;
    this.paysAt ??= this.clock.now() + PAYS_AFTER;
    if (this.clock.now() < this.paysAt) return;
    this.calledBack = true;
    this.provider.settle(order, 'succeeded');
    const { reference, orderId } = order;
    const provider = this.provider.card.provider === 'dvpay' ? 'dvpay' : 'goldenpay';
    await this.ledger.callback(provider, { reference, orderId, state: 'succeeded' });
  }

  private async isOver(): Promise<boolean> {
    const state = await this.payout();
    if (state.status === 'succeeded') return (await this.balances()).paid > 0n;
    return 'parked' in state && state.parked !== undefined;
  }
}
