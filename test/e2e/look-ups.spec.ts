import assert from 'node:assert/strict';
import { afterEach, describe, it } from 'node:test';
import { payoutStream } from '#domain/streams';
import type { OrderQuery, ProviderAnswer } from '#providers/provider';
import { CommandUnderTest } from '../support/command/command-under-test.js';
import { cardOf, PayingProvider } from '../support/command/paying-provider.js';
import { eventually } from '../support/eventually.js';

const REQUEST = {
  accountId: 'acc',
  amount: '40.00',
  currency: 'USD',
  provider: 'goldenpay' as const,
  payeeId: 'payee-1',
  beneficiary: { kind: 'stored-method' as const, methodId: 'method-1' },
};

/** Its look-ups read the book when they are asked, and answer when they are let. */
class SlowToAnswer extends PayingProvider {
  readonly waiting: { readonly kind: string; readonly release: () => void }[] = [];
  slow = true;

  override async query(query: OrderQuery): Promise<ProviderAnswer> {
    const answer = await super.query(query);
    const { kind } = answer.outcome;
    if (this.slow) await new Promise<void>((release) => this.waiting.push({ kind, release }));
    return answer;
  }
}

let ledger: CommandUnderTest | undefined;

afterEach(async () => {
  await ledger?.stop();
  ledger = undefined;
});

describe('a look-up', () => {
  it('that the payout has overtaken is not believed, and asked again', async () => {
    const provider = new SlowToAnswer(cardOf());
    const app = (ledger = await CommandUnderTest.start(provider));
    await app.openWithFunds('acc', '100.00');
    await app.ask('RequestPayout', 'stale', REQUEST);
    await app.untilStatus('stale', 'submitted');
    const [order] = provider.book.values();
    assert.ok(order);
    // An answer «failed» is under way; before it arrives, the order has been paid after all and says so.
    provider.settle(order, 'failed');
    await eventually(() => {
      for (const { kind, release } of provider.waiting) if (kind !== 'failed') release();
      return provider.waiting.some(({ kind }) => kind === 'failed');
    });
    provider.settle(order, 'succeeded');
    await app.callback('goldenpay', {
      reference: order.reference,
      orderId: order.orderId,
      state: 'succeeded',
    });
    await app.untilStatus('stale', 'succeeded');
    const asked = provider.queries;
    provider.slow = false;
    for (const { release } of provider.waiting) release();
    await eventually(() => provider.queries > asked);
    await eventually(async () => (await app.balances('acc')).paid === 4_000n);
    const types = await app.types(payoutStream(app.payoutId('stale')));
    assert.ok(!types.includes('PayoutReversed'), types.join(' '));
    assert.equal((await app.payout('stale')).status, 'succeeded');
  });
});

describe('a payout that was parked before anything was sent', () => {
  it('is taken up again from its reservation when an operator lets it go on', async () => {
    const provider = new PayingProvider(cardOf());
    const app = (ledger = await CommandUnderTest.start(provider));
    await app.openWithFunds('acc', '100.00');
    const stream = payoutStream(app.payoutId('erased'));
    const append = app.eventStore.append.bind(app.eventStore);
    app.eventStore.append = async (to, expected, events) => {
      if (events[0].type === 'FundsReserved') await app.keys.destroy('payee-1');
      return append(to, expected, events);
    };
    await app.ask('RequestPayout', 'erased', REQUEST);
    await eventually(async () => (await app.types(stream)).includes('PayoutParked'));
    const resume = { payoutId: app.payoutId('erased'), operator: 'ann', reason: 'try again' };
    assert.equal(
      (await app.ask('ResolvePayout', 'go-on', { ...resume, decision: 'resume' })).outcome,
      'accepted',
    );
    const parked = async () => (await app.types(stream)).filter((type) => type === 'PayoutParked').length;
    await eventually(async () => (await parked()) === 2);
    assert.equal(
      (await app.ask('ResolvePayout', 'end', { ...resume, decision: 'not-paid' })).outcome,
      'accepted',
    );
    await app.untilStatus('erased', 'cancelled');
    await eventually(async () => (await app.balances('acc')).reserved === 0n);
    assert.equal(provider.sends, 0);
  });
});
