import assert from 'node:assert/strict';
import { afterEach, describe, it } from 'node:test';
import { payoutStream } from '#domain/streams';
import { TOPICS } from '#messaging/topics';
import { CommandUnderTest } from '../support/command/command-under-test.js';
import {
  cardOf,
  PayingProvider,
  type BookedOrder,
  type CreateScript,
} from '../support/command/paying-provider.js';
import { eventually } from '../support/eventually.js';

const REQUEST = {
  accountId: 'acc',
  amount: '40.00',
  currency: 'USD',
  provider: 'goldenpay' as const,
  beneficiary: { kind: 'stored-method' as const, methodId: 'canary-method-4711' },
};

let ledger: CommandUnderTest | undefined;

async function start(...providers: PayingProvider[]): Promise<CommandUnderTest> {
  ledger = await CommandUnderTest.start(...providers);
  await ledger.openWithFunds('acc', '100.00');
  return ledger;
}

afterEach(async () => {
  await ledger?.stop();
  ledger = undefined;
});

function scripted(...scripts: CreateScript[]): PayingProvider {
  const provider = new PayingProvider(cardOf());
  provider.scripts.push(...scripts);
  return provider;
}

function only(provider: PayingProvider): BookedOrder {
  const [order, ...others] = provider.book.values();
  assert.ok(order !== undefined && others.length === 0, 'the provider has exactly one order');
  return order;
}

describe('a payout from command to settled money', () => {
  it('is requested, reserved, submitted, settled by a callback, and published', async () => {
    const provider = scripted();
    const app = await start(provider);
    const reply = await app.ask('RequestPayout', 'one', REQUEST);
    assert.equal(reply.outcome, 'accepted');
    assert.equal(reply.payoutId, app.payoutId('one'));
    await app.untilStatus('one', 'submitted');
    assert.deepEqual(await app.balances('acc'), { available: 6_000n, reserved: 4_000n, paid: 0n });
    const order = only(provider);
    provider.settle(order, 'succeeded');
    await app.callback('goldenpay', {
      reference: order.reference,
      orderId: order.orderId,
      state: 'succeeded',
    });
    await app.untilStatus('one', 'succeeded');
    await eventually(async () => (await app.balances('acc')).paid === 4_000n);
    assert.deepEqual(await app.balances('acc'), { available: 6_000n, reserved: 0n, paid: 4_000n });
    assert.deepEqual(await app.types(payoutStream(app.payoutId('one'))), [
      'PayoutRequested',
      'PayoutSubmissionStarted',
      'PayoutSubmitted',
      'PayoutStatusChanged',
    ]);
    await eventually(async () => (await app.topic(TOPICS.events)).length === 3);
    assert.equal(order.payments, 1);
  });

  it('answers the same command again from the log, and another content by name', async () => {
    const provider = scripted('settles-at-once');
    const app = await start(provider);
    const first = await app.ask('RequestPayout', 'twice', REQUEST);
    await app.untilStatus('twice', 'succeeded');
    const again = await app.ask('RequestPayout', 'twice', REQUEST);
    assert.deepEqual(
      { outcome: again.outcome, payoutId: again.payoutId },
      { outcome: first.outcome, payoutId: first.payoutId },
    );
    const other = await app.ask('RequestPayout', 'twice', { ...REQUEST, amount: '41.00' });
    assert.deepEqual([other.outcome, other.reason], ['refused', 'command-id-reused']);
    assert.equal(provider.sends, 1);
    assert.equal(only(provider).payments, 1);
  });

  it('rejects what the account does not hold, and leaves the account as it was', async () => {
    const provider = scripted();
    const app = await start(provider);
    await app.ask('RequestPayout', 'much', { ...REQUEST, amount: '100.01' });
    await app.untilStatus('much', 'rejected');
    assert.deepEqual(await app.balances('acc'), { available: 10_000n, reserved: 0n, paid: 0n });
    assert.equal(provider.sends, 0);
  });

  for (const lost of ['lost-after', 'lost-before'] as const) {
    it(`follows up an unknown outcome (${lost}) until there is evidence, and pays once`, async () => {
      const provider = new PayingProvider(cardOf({ timing: { ...cardOf().timing, requestTimeout: -4_900 } }));
      provider.scripts.push(lost);
      const app = await start(provider);
      await app.ask('RequestPayout', 'lost', REQUEST);
      await app.untilStatus('lost', 'submitted');
      provider.settle(only(provider), 'succeeded');
      await app.untilStatus('lost', 'succeeded');
      const types = await app.types(payoutStream(app.payoutId('lost')));
      assert.ok(types.includes('PayoutSubmissionUnknown'));
      assert.ok(!types.includes('PayoutAttemptFailed'));
      assert.equal(types.includes('PayoutResendStarted'), lost === 'lost-before');
      assert.equal(only(provider).payments, 1);
    });
  }

  it('sends again what provably never left', async () => {
    const provider = scripted('not-sent', 'settles-at-once');
    const app = await start(provider);
    await app.ask('RequestPayout', 'unsent', REQUEST);
    await app.untilStatus('unsent', 'succeeded');
    const types = await app.types(payoutStream(app.payoutId('unsent')));
    assert.deepEqual(types.slice(1, 4), [
      'PayoutSubmissionStarted',
      'PayoutSubmissionDeferred',
      'PayoutResendStarted',
    ]);
    assert.equal(only(provider).payments, 1);
  });

  it('fails only when the refusal is confirmed by a look-up, and then releases the funds', async () => {
    const provider = scripted('refused');
    const app = await start(provider);
    await app.ask('RequestPayout', 'refused', REQUEST);
    await app.untilStatus('refused', 'failed');
    await eventually(async () => (await app.balances('acc')).reserved === 0n);
    assert.deepEqual(await app.balances('acc'), { available: 10_000n, reserved: 0n, paid: 0n });
    assert.ok(provider.queries > 0);
    const types = await app.types(payoutStream(app.payoutId('refused')));
    assert.ok(types.includes('PayoutAttemptFailed'));
  });

  it('holds a callback that says failed until a look-up agrees, and dismisses it otherwise', async () => {
    const provider = scripted('settles-at-once');
    const app = await start(provider);
    await app.ask('RequestPayout', 'claim', REQUEST);
    await app.untilStatus('claim', 'succeeded');
    const order = only(provider);
    await app.callback('goldenpay', { reference: order.reference, orderId: order.orderId, state: 'failed' });
    const stream = payoutStream(app.payoutId('claim'));
    await eventually(async () => (await app.types(stream)).includes('PayoutReportDismissed'));
    assert.equal((await app.payout('claim')).status, 'succeeded');
    provider.settle(order, 'failed');
    await app.callback('goldenpay', {
      reference: order.reference,
      orderId: order.orderId,
      state: 'failed',
      again: true,
    });
    await app.untilStatus('claim', 'failed');
    await eventually(async () => (await app.balances('acc')).paid === 0n);
    assert.deepEqual(await app.balances('acc'), { available: 10_000n, reserved: 0n, paid: 0n });
  });
});
