import assert from 'node:assert/strict';
import { afterEach, describe, it } from 'node:test';
import { SENDING_STREAM } from '#domain/streams';
import { CommandUnderTest } from '../support/command/command-under-test.js';
import { cardOf, PayingProvider } from '../support/command/paying-provider.js';
import { passTimeUntil } from '../support/command/virtual-time.js';
import { ManualClock } from '../support/manual-clock.js';

const REQUEST = {
  accountId: 'acc',
  amount: '40.00',
  currency: 'USD',
  provider: 'goldenpay' as const,
  beneficiary: { kind: 'stored-method' as const, methodId: 'method-1' },
};
const MINUTE = 60_000;

let ledger: CommandUnderTest | undefined;
let clock: ManualClock;

async function start(provider: PayingProvider): Promise<CommandUnderTest> {
  clock = new ManualClock();
  const app = (ledger = await CommandUnderTest.startWith({ providers: [provider], clock }));
  const ready = app.openWithFunds('acc', '100.00');
  await passTimeUntil(clock, async () => (await app.account('acc')).status === 'open', MINUTE);
  await ready;
  return app;
}

/** Whether it comes about in virtual time. */
function within(ms: number, condition: () => boolean | Promise<boolean>): Promise<boolean> {
  return passTimeUntil(clock, condition, ms);
}

async function statusOf(app: CommandUnderTest, id: string): Promise<string> {
  return (await app.payout(id)).status;
}

afterEach(async () => {
  await ledger?.stop();
  ledger = undefined;
});

describe('while sending is paused', () => {
  it('payouts are taken and funds reserved, nothing leaves; after the resumption everything does', async () => {
    const provider = new PayingProvider(cardOf());
    const app = await start(provider);
    await app.sending.pause('operator', 'ada', 'restored from a backup');
    await app.send('RequestPayout', 'one', REQUEST, { key: 'acc' });
    assert.ok(await within(MINUTE, async () => (await app.balances('acc')).reserved === 4_000n));
    assert.equal(await within(10 * MINUTE, () => provider.sends > 0), false);
    assert.equal(await statusOf(app, 'one'), 'requested');

    await app.sending.resume('grace', 'reconciled');
    assert.ok(await within(MINUTE, async () => (await statusOf(app, 'one')) === 'submitted'));
    assert.equal(provider.sends, 1);
    assert.deepEqual(await app.types(SENDING_STREAM), ['SendingPaused', 'SendingResumed']);
  });

  it('it stays paused over a restart', async () => {
    const provider = new PayingProvider(cardOf());
    const app = await start(provider);
    await app.sending.pause('operator', 'ada', 'looking into it');
    await app.crashAndRestart();
    await app.send('RequestPayout', 'one', REQUEST, { key: 'acc' });
    assert.equal(await within(10 * MINUTE, () => provider.sends > 0), false);
    await app.sending.resume('ada', 'all is well');
    assert.ok(await within(MINUTE, () => provider.sends === 1));
  });

  it('what is at a provider is looked after as ever', async () => {
    const provider = new PayingProvider(cardOf());
    const app = await start(provider);
    await app.send('RequestPayout', 'one', REQUEST, { key: 'acc' });
    assert.ok(await within(MINUTE, async () => (await statusOf(app, 'one')) === 'submitted'));
    await app.sending.pause('operator', 'ada', 'looking into it');
    const [order] = provider.book.values();
    assert.ok(order);
    provider.settle(order, 'succeeded');
    assert.ok(await within(60 * MINUTE, async () => (await statusOf(app, 'one')) === 'succeeded'));
  });
});

describe('a log that ends before a checkpoint', () => {
  it('pauses sending before anything is sent, until somebody resumes', async () => {
    const provider = new PayingProvider(cardOf());
    const app = await start(provider);
    await app.send('RequestPayout', 'one', REQUEST, { key: 'acc' });
    assert.ok(await within(MINUTE, async () => (await statusOf(app, 'one')) === 'submitted'));
    const sent = provider.sends;
    // As a log restored from a backup looks to checkpoints that were not.
    await app.checkpoints.advance('publisher', await app.checkpoints.load('publisher'), '999999');
    await app.crashAndRestart();
    assert.ok(await within(MINUTE, async () => (await app.sending.state()).status === 'paused'));
    const state = await app.sending.state();
    assert.equal(state.status === 'paused' && state.cause, 'log-behind-checkpoint');
    assert.ok(app.logger.alarms().includes('sending-paused'));
    await app.send('RequestPayout', 'two', { ...REQUEST, amount: '10.00' }, { key: 'acc' });
    assert.equal(await within(10 * MINUTE, () => provider.sends > sent), false);
  });
});
