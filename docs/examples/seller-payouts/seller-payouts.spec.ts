import assert from 'node:assert/strict';
import { afterEach, describe, it } from 'node:test';
import { LedgerClient } from '#client/ledger-client';
import { LedgerBeside } from '#test/support/client/ledger-beside';
import type { CreateScript } from '#test/support/command/paying-provider';
import { eventually } from '#test/support/eventually';
import { publishedValidator } from '#test/docs/contracts/validators';
import { SellerPayouts, type Order } from './seller-payouts.js';

const CALLER = 'marketplace';

function order(id: string, amount = '40.00'): Order {
  return {
    id,
    amount,
    currency: 'USD',
    seller: { id: 'seller-77', name: 'SOK DARA', bank: 'ABA', account: '000123456' },
  };
}

describe('the example service', () => {
  let world: LedgerBeside | undefined;
  const open = async (...scripts: CreateScript[]): Promise<LedgerBeside> =>
    (world = await LedgerBeside.open(...scripts));
  /** A start of the service: its rows are gone, as if it had no database. */
  const start = ({ bus }: LedgerBeside, waitMs?: number): SellerPayouts =>
    new SellerPayouts(new LedgerClient({ bus, caller: CALLER }), 'acme-usd', waitMs);
  afterEach(async () => {
    await world?.stop();
    world = undefined;
  });

  it('requests a payout, gets its reply, and follows it to the end', async () => {
    const beside = await open();
    const { ledger, provider } = beside;
    const service = start(beside);
    await service.follow();
    const payment = await service.pay(order('1001'));
    assert.notEqual(payment.status, 'asked');
    await eventually(() => payment.status === 'submitted');
    const [booked] = provider.book.values();
    assert.ok(booked);
    provider.settle(booked, 'succeeded');
    const { reference, orderId } = booked;
    await ledger.callback('goldenpay', { reference, orderId, state: 'succeeded' });
    await eventually(() => service.isOver('1001'));
    assert.equal(payment.status, 'succeeded');
    assert.equal(booked.payments, 1);
  });

  it('pays an order once, however often it asks, also after a crash that lost its rows', async () => {
    const beside = await open('settles-at-once');
    const service = start(beside);
    await service.pay(order('1001'));
    await service.pay(order('1001'));
    const restarted = start(beside);
    await restarted.follow();
    const payment = await restarted.pay(order('1001'));
    await eventually(() => payment.status === 'succeeded');
    assert.equal(beside.payments, 1);
    assert.equal(beside.provider.sends, 1);
  });

  it('takes no answer for unknown, not for failed, and asks again', async () => {
    const beside = await open('settles-at-once');
    const service = start(beside, 30);
    await service.follow();
    beside.bus.losses = 1_000;
    const payment = await service.pay(order('1001'));
    assert.equal(payment.status, 'asked');
    assert.ok(!service.isOver('1001'));
    assert.equal(beside.provider.sends, 0);
    beside.bus.losses = 0;
    await eventually(async () => {
      await service.askAgain();
      return payment.status !== 'asked';
    });
    await eventually(() => service.isOver('1001'));
    assert.equal(payment.status, 'succeeded');
    assert.equal(beside.payments, 1);
  });

  it('hears by events what the funding account refuses, with the reason', async () => {
    const service = start(await open());
    await service.follow();
    const payment = await service.pay(order('1002', '100.01'));
    await eventually(() => service.isOver('1002'));
    assert.deepEqual([payment.status, payment.reason], ['rejected', 'insufficient-funds']);
  });

  it('hears by the reply that an id was used with other content', async () => {
    const service = start(await open());
    await service.pay(order('1001'));
    service.payments.clear();
    const payment = await service.pay(order('1001', '41.00'));
    assert.deepEqual([payment.status, payment.reason], ['refused', 'command-id-reused']);
    assert.ok(service.isOver('1001'));
  });

  it('leaves on the bus only what the published schemas describe', async () => {
    const beside = await open('settles-at-once');
    const { ledger } = beside;
    const service = start(beside);
    await service.follow();
    await service.pay(order('1001'));
    await service.pay(order('1002', '100.01'));
    await eventually(() => service.isOver('1001') && service.isOver('1002'));
    const types = new Set<string>();
    for (const topic of ['payout.commands.v1', 'payout.replies.v1', 'payout.events.v1']) {
      const areHeaders = publishedValidator(`${topic}.headers`);
      for (const { headers, value } of await ledger.topic(topic)) {
        const message = JSON.parse(new TextDecoder().decode(value)) as { readonly type: string };
        types.add(message.type);
        const isMessage = publishedValidator(message.type);
        assert.ok(isMessage(message), JSON.stringify(isMessage.errors));
        assert.ok(areHeaders(headers), JSON.stringify(areHeaders.errors));
      }
    }
    assert.deepEqual([...types].sort(), [
      'payout.command.Deposit.v1',
      'payout.command.OpenAccount.v1',
      'payout.command.RequestPayout.v1',
      'payout.event.PayoutRequested.v1',
      'payout.event.PayoutStatusChanged.v1',
      'payout.reply.v1',
    ]);
  });
});
