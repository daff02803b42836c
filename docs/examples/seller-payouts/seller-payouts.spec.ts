import assert from 'node:assert/strict';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, it } from 'node:test';
import { LedgerClient } from '#client/ledger-client';
import { LedgerBeside } from '#test/support/client/ledger-beside';
import type { CreateScript } from '#test/support/command/paying-provider';
import { eventually } from '#test/support/eventually';
import { temporaryFolder } from '#test/support/temporary-folder';
import { publishedValidator } from '#test/docs/contracts/validators';
import { PaymentsFile, type Order } from './payments-file.js';
import { SellerPayouts } from './seller-payouts.js';

const CALLER = 'marketplace';

function order(id: string, amount = '40.00'): Order {
  return {
    id,
    amount,
    currency: 'USD',
    seller: { id: 'seller-77', name: 'SOK DARA', bank: 'ABA', bankName: 'ABA Bank', account: '000123456' },
  };
}

describe('the example service', () => {
  let world: LedgerBeside | undefined;
  const open = async (...scripts: CreateScript[]): Promise<LedgerBeside> =>
    (world = await LedgerBeside.open(...scripts));
  let folder: ReturnType<typeof temporaryFolder>;
  /** A start of the service, with what an earlier one wrote down. */
  const start = ({ bus }: LedgerBeside, { file = 'payments.json', waitMs = 20_000 } = {}) => {
    const payments = new PaymentsFile(join(folder.path, file));
    const client = new LedgerClient({ bus, caller: CALLER });
    const service = new SellerPayouts(client, payments, 'acme-usd', waitMs);
    const statusOf = (orderId: string): string | undefined => payments.of(orderId)?.status;
    return { service, payments, statusOf };
  };
  beforeEach(() => {
    folder = temporaryFolder();
  });
  afterEach(async () => {
    await world?.stop();
    world = undefined;
    folder.remove();
  });

  it('requests a payout, gets its reply, and follows it to the end', async () => {
    const beside = await open();
    const { ledger, provider } = beside;
    const { service, statusOf, payments } = start(beside);
    const told: string[] = [];
    await service.follow(({ status }) => void told.push(status));
    assert.notEqual((await service.pay(order('1001'))).status, 'asked');
    await eventually(() => statusOf('1001') === 'submitted');
    assert.ok(!service.isOver('1001'));
    const [booked] = provider.book.values();
    assert.ok(booked);
    provider.settle(booked, 'succeeded');
    const { reference, orderId } = booked;
    await ledger.callback('goldenpay', { reference, orderId, state: 'succeeded' });
    await eventually(() => service.isOver('1001'));
    assert.equal(statusOf('1001'), 'succeeded');
    assert.equal(payments.of('1001')?.payoutId, (await ledger.topic('payout.events.v1')).map(payoutOf)[0]);
    assert.deepEqual(told, ['requested', 'submitted', 'succeeded']);
    assert.equal(booked.payments, 1);
  });

  it('pays an order once, however often it asks, also after a crash that lost its rows', async () => {
    const beside = await open('settles-at-once');
    const { service } = start(beside);
    await service.pay(order('1001'));
    await service.pay(order('1001'));
    const restarted = start(beside, { file: 'empty.json' });
    await restarted.service.follow();
    await restarted.service.pay(order('1001'));
    await eventually(() => restarted.statusOf('1001') === 'succeeded');
    assert.equal(beside.payments, 1);
    assert.equal(beside.provider.sends, 1);
  });

  it('takes no answer for unknown, not for failed, and asks again after a restart', async () => {
    const beside = await open('settles-at-once');
    beside.bus.losses = 1_000;
    const asked = await start(beside, { waitMs: 30 }).service.pay(order('1001'));
    assert.equal(asked.status, 'asked');
    assert.equal(beside.provider.sends, 0);
    beside.bus.losses = 0;
    const { service, statusOf } = start(beside);
    assert.ok(!service.isOver('1001'));
    await service.follow();
    await service.askAgain();
    assert.notEqual(statusOf('1001'), 'asked');
    await eventually(() => service.isOver('1001'));
    assert.equal(statusOf('1001'), 'succeeded');
    assert.equal(beside.payments, 1);
  });

  it('goes on where its group was after a restart, with its rows', async () => {
    const beside = await open();
    const first = start(beside);
    const following = await first.service.follow();
    await first.service.pay(order('1001'));
    await eventually(() => first.statusOf('1001') === 'submitted');
    await following.stop();
    const { service, statusOf } = start(beside);
    const told: string[] = [];
    await service.follow(({ status }) => void told.push(status));
    const [booked] = beside.provider.book.values();
    assert.ok(booked);
    beside.provider.settle(booked, 'succeeded');
    const { reference, orderId } = booked;
    await beside.ledger.callback('goldenpay', { reference, orderId, state: 'succeeded' });
    await eventually(() => statusOf('1001') === 'succeeded');
    assert.deepEqual(told, ['succeeded']);
  });

  it('hears by events what the funding account refuses, with the reason', async () => {
    const { service, payments } = start(await open());
    await service.follow();
    await service.pay(order('1002', '100.01'));
    await eventually(() => service.isOver('1002'));
    const { status, reason } = payments.of('1002') ?? {};
    assert.deepEqual([status, reason], ['rejected', 'insufficient-funds']);
  });

  it('hears by the reply that an id was used with other content', async () => {
    const beside = await open();
    await start(beside).service.pay(order('1001'));
    const { service } = start(beside, { file: 'empty.json' });
    const { status, reason } = await service.pay(order('1001', '41.00'));
    assert.deepEqual([status, reason], ['refused', 'command-id-reused']);
    assert.ok(service.isOver('1001'));
  });

  it('leaves on the bus only what the published schemas describe', async () => {
    const beside = await open('settles-at-once');
    const { ledger } = beside;
    const { service } = start(beside);
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

function payoutOf({ value }: { readonly value: Uint8Array }): string {
  const event = JSON.parse(new TextDecoder().decode(value)) as {
    readonly data: { readonly payoutId: string };
  };
  return event.data.payoutId;
}
