import assert from 'node:assert/strict';
import { afterEach, describe, it } from 'node:test';
import { CommandUnderTest } from '../support/command/command-under-test.js';
import { cardOf, PayingProvider } from '../support/command/paying-provider.js';
import { eventually } from '../support/eventually.js';

const REQUEST = {
  accountId: 'acc',
  amount: '10.00',
  currency: 'USD',
  beneficiary: { kind: 'stored-method' as const, methodId: 'method-1' },
};

let ledger: CommandUnderTest | undefined;

afterEach(async () => {
  await ledger?.stop();
  ledger = undefined;
});

describe('a payout that can not be brought on', () => {
  it('halts none of another provider, and goes on when its provider is back', async () => {
    const gone = new PayingProvider(cardOf());
    const here = new PayingProvider(cardOf({ provider: 'cashy' }));
    const providers = [gone, here];
    const app = (ledger = await CommandUnderTest.start(...providers));
    await app.openWithFunds('acc', '100.00');
    await app.ask('RequestPayout', 'stuck', { ...REQUEST, provider: 'goldenpay' });
    await app.untilStatus('stuck', 'submitted');
    // Its settings are taken away, and the whole log is handed over again: each of its events meets an unknown provider.
    app.replaceProviders([here]);
    app.forgetCheckpoints();
    await app.crashAndRestart();
    here.scripts.push('settles-at-once');
    await app.ask('RequestPayout', 'free', { ...REQUEST, provider: 'cashy' });
    await app.untilStatus('free', 'succeeded');
    await eventually(() => app.logger.alarms().includes('payout-step-failed'));
    assert.equal((await app.payout('stuck')).status, 'submitted');
    assert.ok(!app.logger.alarms().includes('loop-halted'));
    app.replaceProviders(providers);
    await app.crashAndRestart();
    for (const order of gone.book.values()) gone.settle(order, 'succeeded');
    for (const { orderId, reference } of gone.book.values()) {
      await app.callback('goldenpay', { reference, orderId, state: 'succeeded' });
    }
    await app.untilStatus('stuck', 'succeeded');
  });
});
