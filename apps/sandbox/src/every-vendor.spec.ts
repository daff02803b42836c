import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { VENDORS, type Script } from './script.js';
import { merchants, send, type Merchant, type MerchantOrder } from './testing/merchant.js';
import { sandboxUnderTest, type SandboxUnderTest } from './testing/sandbox-under-test.js';

const TIMEOUT = { timeout: 60_000 };

for (const vendor of VENDORS) {
  describe(`the sandbox's ${vendor}`, TIMEOUT, () => {
    let sandbox: SandboxUnderTest;
    let merchant: Merchant;
    let n = 0;

    before(async () => {
      // DVPay has no event for a failed payout; here it is switched on so that one set of tests fits all.
      sandbox = await sandboxUnderTest({ dvpay: { failedCallback: true } });
      const found = merchants(sandbox.settings, sandbox.merchantPrivateKey()).find(
        (one) => one.vendor === vendor,
      );
      assert.ok(found);
      merchant = found;
    });
    after(() => sandbox.close());

    function nextOrder(): MerchantOrder {
      n += 1;
      const callbackUrl = `${sandbox.receiver.url}/${vendor}`;
      return { reference: `ref${vendor}${n}`, beneficiary: merchant.beneficiary(n), callbackUrl };
    }
    const scripted = (order: MerchantOrder, rest: Partial<Script>): Promise<void> =>
      sandbox.script({
        vendor,
        beneficiary: order.beneficiary,
        outcome: 'success',
        settleAfterMs: 5,
        ...rest,
      });
    const create = async (order: MerchantOrder) => {
      const answer = await send(sandbox.url, merchant.create(order));
      return {
        status: answer.status,
        type: answer.headers.get('content-type') ?? '',
        body: await answer.text(),
      };
    };
    const ordersTo = (book: Awaited<ReturnType<SandboxUnderTest['book']>>, order: MerchantOrder) =>
      book.orders.filter((one) => one.beneficiary === order.beneficiary);
    const orderWhen = async (order: MerchantOrder, state: string) => {
      const book = await sandbox.bookWhen((one) => ordersTo(one, order)[0]?.status === state);
      const [found] = ordersTo(book, order);
      assert.ok(found);
      return found;
    };
    const callbacksOf = (orderId: string) =>
      sandbox.receiver.received.filter(({ raw }) => raw.includes(orderId));
    const callbacksWhen = async (orderId: string, count: number) => {
      await sandbox.receiver.until(() => callbacksOf(orderId).length >= count);
      return callbacksOf(orderId);
    };
    const arrivalsOf = async (order: MerchantOrder) =>
      (await sandbox.book()).arrivals.find((one) => one.beneficiary === order.beneficiary)?.creates;

    it('takes an order, pays it once and calls back', async () => {
      const order = nextOrder();
      const answer = await create(order);
      assert.ok(merchant.isAccepted(answer.status, answer.body), answer.body);
      const paid = await orderWhen(order, 'success');
      assert.equal(paid.timesPaid, 1);
      assert.equal(Number(paid.netPaid), Number(paid.amount));
      const [callback] = await callbacksWhen(paid.orderId, 1);
      assert.ok(callback?.path.startsWith(`/callbacks/${vendor}`));
      await sandbox.bookWhen(({ callbacks }) =>
        callbacks.some((one) => one.orderId === paid.orderId && one.outcome === 'acknowledged'),
      );
      const asked = await send(sandbox.url, merchant.query(order.reference, paid.orderId));
      assert.match(await asked.text(), /"(completed|SUCCESS|settled|DONE_PAYMENT)"|"status":60/);
    });

    it('pays nothing for an order that fails', async () => {
      const order = nextOrder();
      await scripted(order, { outcome: 'fail' });
      await create(order);
      const failed = await orderWhen(order, 'fail');
      assert.deepEqual([failed.timesPaid, failed.netPaid], [0, '0']);
      const [callback] = await callbacksWhen(failed.orderId, 1);
      assert.match(callback?.raw ?? '', /"(failed|FAIL|transaction\.decline|FAILED)"|"status":50/);
    });

    it('refuses a forged and an incomplete request without taking an order', async () => {
      const order = nextOrder();
      for (const request of [merchant.forged(order), merchant.incomplete(order)]) {
        const answer = await send(sandbox.url, request);
        assert.equal(merchant.isAccepted(answer.status, await answer.text()), false);
      }
      assert.deepEqual(ordersTo(await sandbox.book(), order), []);
    });

    it('does not pay twice for a repeated request', async () => {
      const order = nextOrder();
      const first = await create(order);
      const second = await create(order);
      const orders = ordersTo(await sandbox.book(), order);
      // Revere knows no number of the merchant's: there a repeat is a second payout, and that is its danger.
      assert.equal(orders.length, vendor === 'revere' ? 2 : 1);
      if (vendor === 'dvpay') assert.equal(second.body, first.body);
      else assert.equal(merchant.isAccepted(second.status, second.body), vendor === 'revere');
      assert.equal(await arrivalsOf(order), 2);
    });

    for (const fault of ['no-answer-after-paying', 'drop-before'] as const) {
      it(`${fault}: the connection breaks`, async () => {
        const order = nextOrder();
        await scripted(order, { create: { fault } });
        await assert.rejects(create(order));
        if (fault === 'drop-before') assert.deepEqual(ordersTo(await sandbox.book(), order), []);
        else assert.equal((await orderWhen(order, 'success')).timesPaid, 1);
        assert.equal(await arrivalsOf(order), 1);
      });
    }

    for (const [fault, status, taken] of [
      ['500-after-paying', 500, true],
      ['500-before', 500, false],
      ['html-after-paying', 200, true],
    ] as const) {
      it(`${fault}: answers ${status}, order ${taken ? 'taken' : 'not taken'}, and the next request is served`, async () => {
        const order = nextOrder();
        await scripted(order, { create: { fault } });
        const answer = await create(order);
        assert.equal(answer.status, status);
        assert.equal(merchant.isAccepted(answer.status, answer.body), false);
        assert.equal(answer.type.startsWith('text/html'), fault === 'html-after-paying');
        if (taken) assert.equal((await orderWhen(order, 'success')).timesPaid, 1);
        else assert.ok(merchant.isAccepted(...statusAndBody(await create(order))));
      });
    }

    it('refuse: in the vendor’s own words, nothing taken', async () => {
      const order = nextOrder();
      await scripted(order, { create: { fault: 'refuse' } });
      const answer = await create(order);
      assert.match(answer.body, /insufficient|balance/i);
      assert.deepEqual(ordersTo(await sandbox.book(), order), []);
    });

    it('timeout: takes the order and stays silent', async () => {
      const order = nextOrder();
      await scripted(order, { create: { fault: 'timeout' } });
      const giveUp = new AbortController();
      const { method, path, headers, body } = merchant.create(order);
      const silent = fetch(sandbox.url + path, { method, headers, body: body ?? '', signal: giveUp.signal });
      const refused = assert.rejects(silent, { name: 'AbortError' });
      assert.equal((await orderWhen(order, 'success')).timesPaid, 1);
      giveUp.abort();
      await refused;
    });

    it('sends duplicates and a stale callback', async () => {
      const order = nextOrder();
      const reorder = { afterMs: 60, as: vendor === 'dvpay' ? 'fail' : 'pending' } as const;
      await scripted(order, { callback: { duplicates: 2, reorder } });
      await create(order);
      const { orderId } = await orderWhen(order, 'success');
      const callbacks = await callbacksWhen(orderId, 4);
      const different = new Set(callbacks.map(({ raw }) => raw));
      assert.equal(different.size, 2);
    });

    it('skips callbacks on demand', async () => {
      const order = nextOrder();
      await scripted(order, { callback: { skip: true } });
      await create(order);
      const { orderId } = await orderWhen(order, 'success');
      const book = await sandbox.book();
      assert.deepEqual(
        book.callbacks.filter((one) => one.orderId === orderId),
        [],
      );
    });

    it('turns from success to failure: the money comes back and it calls back again', async () => {
      const order = nextOrder();
      await scripted(order, { turn: { afterMs: 20, to: 'fail' } });
      await create(order);
      const turned = await orderWhen(order, 'fail');
      assert.deepEqual([turned.timesPaid, turned.timesReturned, Number(turned.netPaid)], [1, 1, 0]);
      await callbacksWhen(turned.orderId, 2);
    });

    it('turns from failure to success: the money leaves after all', async () => {
      const order = nextOrder();
      await scripted(order, { outcome: 'fail', turn: { afterMs: 20, to: 'success' } });
      await create(order);
      const turned = await orderWhen(order, 'success');
      assert.deepEqual([turned.timesPaid, turned.timesReturned], [1, 0]);
    });

    it('pending for ever, with a status of its own invention', async () => {
      const order = nextOrder();
      await scripted(order, { outcome: 'pending-for-ever', unknownStatus: '77' });
      await create(order);
      const { orderId, status } = await orderWhen(order, 'processing');
      assert.equal(status, 'processing');
      const asked = await send(sandbox.url, merchant.query(order.reference, orderId));
      assert.match(await asked.text(), /"77"|"status":77/);
    });

    it('queries: 500 once, and not found for a while', async () => {
      const broken = nextOrder();
      await scripted(broken, { query: { fault: '500' } });
      await create(broken);
      const { orderId } = await orderWhen(broken, 'success');
      const ask = () => send(sandbox.url, merchant.query(broken.reference, orderId));
      assert.equal((await ask()).status, 500);
      assert.equal((await ask()).status, 200);

      const hidden = nextOrder();
      await scripted(hidden, { query: { fault: 'not-found-for-ms', ms: 3_600_000 } });
      await create(hidden);
      const paid = await orderWhen(hidden, 'success');
      const answer = await send(sandbox.url, merchant.query(hidden.reference, paid.orderId));
      assert.match(await answer.text(), /not_found|"code":404|Order_not_exist|"data":\[\]|invalid order/);
    });

    it('repeats a callback until it is acknowledged', async () => {
      const order = nextOrder();
      await scripted(order, { callback: { delayMs: 1 } });
      const earlier = (await sandbox.book()).orders.map(({ orderId }) => orderId);
      let refusals = 0;
      sandbox.receiver.rule = ({ raw }) => {
        if (earlier.some((orderId) => raw.includes(orderId)) || refusals === 2) return null;
        refusals += 1;
        return { status: 500, body: 'success' };
      };
      await create(order);
      const { orderId } = await orderWhen(order, 'success');
      const attempts = await callbacksWhen(orderId, 3);
      assert.equal(new Set(attempts.map(({ raw }) => raw)).size, 1);
      const book = await sandbox.bookWhen(({ callbacks }) =>
        callbacks.some((one) => one.orderId === orderId && one.outcome === 'acknowledged'),
      );
      assert.equal(book.callbacks.find((one) => one.orderId === orderId)?.attempts, 3);
    });
  });
}

function statusAndBody({ status, body }: { status: number; body: string }): [number, string] {
  return [status, body];
}
