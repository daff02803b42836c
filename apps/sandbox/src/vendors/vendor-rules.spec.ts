import assert from 'node:assert/strict';
import { createHash, createVerify } from 'node:crypto';
import { after, before, describe, it } from 'node:test';
import { hmacHex, merchants, send, type HttpRequest, type Merchant } from '../testing/merchant.js';
import { sandboxUnderTest, type SandboxUnderTest } from '../testing/sandbox-under-test.js';
import type { Vendor } from '../script.js';

interface Received {
  readonly status: number;
  readonly body: string;
}

describe('each vendor’s own rules', { timeout: 60_000 }, () => {
  let sandbox: SandboxUnderTest;
  let all: readonly Merchant[];
  let n = 0;

  before(async () => {
    sandbox = await sandboxUnderTest({ revere: { createStatus: 'settled' } });
    all = merchants(sandbox.settings, sandbox.merchantPrivateKey());
  });
  after(() => sandbox.close());

  function merchant(vendor: Vendor): Merchant {
    const found = all.find((one) => one.vendor === vendor);
    assert.ok(found);
    return found;
  }
  const next = (vendor: Vendor) => {
    n += 1;
    const callbackUrl = `${sandbox.receiver.url}/${vendor}`;
    return { reference: `rule${n}`, beneficiary: merchant(vendor).beneficiary(n), callbackUrl };
  };
  const sent = async (request: HttpRequest): Promise<Received> => {
    const answer = await send(sandbox.url, request);
    return { status: answer.status, body: await answer.text() };
  };
  const callback = async (contains: string) => {
    const received = await sandbox.receiver.until((list) => list.some(({ raw }) => raw.includes(contains)));
    const found = received.find(({ raw }) => raw.includes(contains));
    assert.ok(found);
    return found;
  };
  const orderOf = async (beneficiary: string) => {
    const book = await sandbox.bookWhen(({ orders }) =>
      orders.some((one) => one.beneficiary === beneficiary && one.status !== 'processing'),
    );
    const found = book.orders.find((one) => one.beneficiary === beneficiary);
    assert.ok(found);
    return found;
  };

  describe('DVPay', () => {
    const withBody = (body: string, reference: string): HttpRequest => {
      return { ...merchant('dvpay').create({ ...next('dvpay'), reference }), body };
    };

    it('answers with two decimals and signs payout.completed over the raw body', async () => {
      const order = next('dvpay');
      const answer = await sent(merchant('dvpay').create(order));
      assert.match(
        answer.body,
        /^\{"payout_id":"payout_[0-9a-f]{16}","account_id":"acc_\d+","amount":200\.00,"currency":"USD","status":"processing","created_at":"[-\d]{10}T[:\d]{8}Z"\}$/,
      );
      const { orderId } = await orderOf(order.beneficiary);
      const { raw, headers, path } = await callback(orderId);
      assert.equal(path, '/callbacks/dvpay');
      assert.match(
        raw,
        /^\{"event":"payout\.completed","timestamp":"[^"]+","data":\{"payout_id":"payout_[0-9a-f]+","amount":200\.00,"currency":"USD","status":"completed"\}\}$/,
      );
      assert.equal(headers['x-dvpay-signature'], hmacHex(raw, sandbox.settings.dvpay.webhookSecret));
    });

    it('sends no callback for a failed payout, which has no event', async () => {
      const order = next('dvpay');
      await sandbox.script({
        vendor: 'dvpay',
        beneficiary: order.beneficiary,
        outcome: 'fail',
        settleAfterMs: 0,
      });
      await sent(merchant('dvpay').create(order));
      const { orderId, status } = await orderOf(order.beneficiary);
      assert.equal(status, 'fail');
      assert.equal(
        (await sandbox.book()).callbacks.some((one) => one.orderId === orderId),
        false,
      );
    });

    it('409 for another body under the same key, 400 without a key, 401 for an old timestamp', async () => {
      const order = next('dvpay');
      const request = merchant('dvpay').create(order);
      assert.equal((await sent(request)).status, 200);
      const conflict = await sent({ ...request, body: (request.body ?? '').replace('200.00', '200.01') });
      assert.equal(conflict.status, 409);
      const { 'x-idempotent-key': _key, ...keyless } = request.headers;
      const missing = await sent({ ...request, headers: keyless });
      assert.deepEqual([missing.status, missing.body.includes('"missing_idempotent_key"')], [400, true]);
      const old = await sent({ ...request, headers: { ...request.headers, 'x-timestamp': '1700000000' } });
      assert.equal(old.status, 401);
    });

    for (const [amount, currency, status] of [
      ['"200.00"', 'USD', 400],
      ['0.09', 'USD', 422],
      ['10000.01', 'USD', 422],
      ['1.001', 'USD', 422],
      ['400', 'KHR', 200],
      ['400.5', 'KHR', 422],
      ['399', 'KHR', 422],
      ['1e3', 'USD', 422],
      ['5', 'EUR', 400],
    ] as const) {
      it(`${amount} ${currency} is answered ${status}`, async () => {
        const body = `{"account_id":"acc_limits","amount":${amount},"currency":"${currency}"}`;
        assert.equal((await sent(withBody(body, `limit-${amount}-${currency}`))).status, status);
      });
    }

    it('an unknown transaction is a 404 in the vendor’s error shape', async () => {
      const answer = await sent(merchant('dvpay').query('', 'payout_unknown'));
      assert.equal(answer.status, 404);
      assert.match(
        answer.body,
        /^\{"error":\{"code":"not_found","message":"[^"]+","request_id":"[^"]+","timestamp":"/,
      );
    });
  });

  describe('GoldenPay', () => {
    it('calls back with a text amount, numbers for mch_id and status, and its signature', async () => {
      const order = next('goldenpay');
      await sent(merchant('goldenpay').create(order));
      const { raw } = await callback(`"${order.reference}"`);
      const { sign, ...fields } = JSON.parse(raw) as Record<string, string | number>;
      assert.deepEqual(Object.keys(fields), [
        'id',
        'trans_id',
        'mch_id',
        'order_amount',
        'status',
        'created_at',
        'payed_at',
      ]);
      assert.deepEqual([fields['order_amount'], fields['mch_id'], fields['status']], ['100.00', 10001, 60]);
      const pairs = Object.keys(fields)
        .sort()
        .map((name) => `${name}=${fields[name] ?? ''}`);
      const string = [sandbox.settings.goldenpay.token, ...pairs].join('&');
      assert.equal(sign, createHash('md5').update(string).digest('hex'));
    });

    it('is not satisfied with a 200 that says something else than success', async () => {
      const order = next('goldenpay');
      let refusals = 0;
      sandbox.receiver.rule = ({ raw }) => {
        if (!raw.includes(`"${order.reference}"`) || refusals === 1) return null;
        refusals += 1;
        return { status: 200, body: '{"status":"success"}' };
      };
      await sandbox.script({
        vendor: 'goldenpay',
        beneficiary: order.beneficiary,
        outcome: 'success',
        settleAfterMs: 0,
      });
      await sent(merchant('goldenpay').create(order));
      const { orderId } = await orderOf(order.beneficiary);
      const book = await sandbox.bookWhen(({ callbacks }) =>
        callbacks.some((one) => one.orderId === orderId && one.outcome === 'acknowledged'),
      );
      assert.equal(book.callbacks.find((one) => one.orderId === orderId)?.attempts, 2);
    });

    it('tells an unknown order by code 404 and a repeated trans_id by code 400', async () => {
      assert.match((await sent(merchant('goldenpay').query('unknown1', ''))).body, /^\{"code":404,"rid":"/);
      const order = next('goldenpay');
      await sent(merchant('goldenpay').create(order));
      assert.match(
        (await sent(merchant('goldenpay').create(order))).body,
        /^\{"code":400,"rid":"[^"]+","errors":/,
      );
    });

    it('gives up after five failed attempts', async () => {
      const order = { ...next('goldenpay'), callbackUrl: 'http://127.0.0.1:9/nobody' };
      await sent(merchant('goldenpay').create(order));
      const { orderId } = await orderOf(order.beneficiary);
      const book = await sandbox.bookWhen(({ callbacks }) =>
        callbacks.some((one) => one.orderId === orderId && one.outcome === 'given-up'),
      );
      assert.equal(book.callbacks.find((one) => one.orderId === orderId)?.attempts, 5);
    });
  });

  describe('Cashy', () => {
    it('prints the numbers of its callback as the page does and signs the raw body', async () => {
      const order = next('cashy');
      const answer = await sent(merchant('cashy').create(order));
      assert.match(answer.body, /"amount":"60000","fee":"0","orderStatus":"PROCESSING"/);
      const { raw, headers } = await callback(`"${order.reference}"`);
      assert.match(
        raw,
        /^\{"amount":60000\.00,"completionTime":"[-\d]{10} [:\d]{8}","fee":5150\.0000,"mchOrderNo":/,
      );
      const digest = createHash('md5')
        .update(raw + sandbox.settings.cashy.apiKey)
        .digest('hex');
      assert.equal(headers['sign'], digest.toUpperCase());
      assert.equal(headers['merchantid'], '1002001');
      const paid = await orderOf(order.beneficiary);
      assert.deepEqual([paid.netPaid, paid.netFee], ['60000.00', '5150.00']);
    });

    it('refuses a wallet with a current account, an amount out of range, and a wrong digest', async () => {
      const cashy = merchant('cashy');
      const resigned = (request: HttpRequest, from: string, to: string): HttpRequest => {
        const body = (request.body ?? '').replace(from, to);
        const sign = createHash('md5')
          .update(body + sandbox.settings.cashy.apiKey)
          .digest('hex');
        return { ...request, body, headers: { ...request.headers, Sign: sign } };
      };
      const request = cashy.create(next('cashy'));
      const wallet = await sent(resigned(request, '"accountType":"1"', '"accountType":"0"'));
      assert.equal(wallet.body, '{"msg":"Params_accountType_error","code":500}');
      const small = await sent(resigned(request, '60000.00', '9999.99'));
      assert.equal(small.body, '{"msg":"Params_amount_error","code":500}');
      const forged = await sent(cashy.forged(next('cashy')));
      assert.equal(forged.body, '{"msg":"Sign_verify_error","code":500}');
    });

    for (const status of [301, 302]) {
      it(`takes HTTP ${status} for received`, async () => {
        const order = next('cashy');
        sandbox.receiver.rule = ({ raw }) =>
          raw.includes(`"${order.reference}"`) ? { status, body: '' } : null;
        await sandbox.script({
          vendor: 'cashy',
          beneficiary: order.beneficiary,
          outcome: 'success',
          settleAfterMs: 0,
        });
        await sent(merchant('cashy').create(order));
        const { orderId } = await orderOf(order.beneficiary);
        const book = await sandbox.bookWhen(({ callbacks }) =>
          callbacks.some((one) => one.orderId === orderId && one.outcome !== 'waiting'),
        );
        const { attempts, outcome, lastAnswer } = book.callbacks.find((one) => one.orderId === orderId) ?? {};
        assert.deepEqual([attempts, outcome, lastAnswer], [1, 'acknowledged', String(status)]);
      });
    }
  });

  describe('Revere', () => {
    it('can answer settled at once, in cents, with nanoseconds', async () => {
      const order = next('revere');
      const answer = await sent(merchant('revere').create(order));
      assert.match(
        answer.body,
        /^\{"processor_transaction_id":"[-0-9a-f]{36}","amount":100000,"status":"settled","created_at":"[-\d]{10}T[:\d]{8}\.\d{9}Z"\}$/,
      );
      const paid = await orderOf(order.beneficiary);
      assert.equal(paid.netPaid, '1000.00');
      const { path, fields } = await callback(paid.orderId);
      assert.equal(path, `/callbacks/revere/${sandbox.settings.revere.webhookPathToken}`);
      assert.equal(fields['event_type'], 'transaction.settlement');
    });

    it('refuses decimals and the wrong key, and reports by status', async () => {
      const request = merchant('revere').create(next('revere'));
      const decimals = await sent({ ...request, body: (request.body ?? '').replace('100000', '1000.00') });
      assert.equal(decimals.status, 400);
      const report = merchant('revere').query('', '00000000-0000-0000-0000-000000000000');
      assert.equal((await sent(report)).body, '{"data":[],"total":0}');
      const wrongKey = { ...report, headers: { authorization: sandbox.settings.revere.walletKey } };
      assert.equal((await sent(wrongKey)).status, 400);
      const all = report.path.replace(/&transaction_id.*/, '&statuses[]=declined');
      assert.equal((await sent({ ...report, path: all })).body, '{"data":[],"total":0}');
      assert.equal((await sent({ ...report, path: all.replace('declined', 'lost') })).status, 400);
    });
  });

  describe('ChainPay', () => {
    it('signs its callback with the platform’s key', async () => {
      const order = next('chainpay');
      const answer = await sent(merchant('chainpay').create(order));
      assert.match(
        answer.body,
        /^\{"code":0,"data":\{"order_no":"\d{19}","status":"success","extra":\{\}\},"msg":"success"\}$/,
      );
      const { raw } = await callback(`"${order.reference}"`);
      const { sign, ...fields } = JSON.parse(raw) as Record<string, string | number>;
      const string = Object.keys(fields)
        .sort()
        .filter((name) => fields[name] !== '')
        .map((name) => `${name}=${fields[name] ?? ''}`)
        .join('&');
      const verify = createVerify('RSA-SHA256').update(string);
      assert.equal(verify.verify(sandbox.platformPublicKey(), String(sign), 'base64'), true);
      assert.deepEqual(
        [fields['state'], fields['tokenCount'], fields['merchantId']],
        ['DONE_PAYMENT', '1', 2],
      );
    });

    it('answers code 7 for an unknown order', async () => {
      const answer = await sent(merchant('chainpay').query('unknown1', ''));
      assert.equal(answer.body, '{"code":7,"data":{},"msg":"invalid order"}');
    });
  });

  describe('control API', () => {
    for (const bad of [
      { vendor: 'dvpay' },
      { vendor: 'dvpay', beneficiary: 'x', outcome: 'success', creat: {} },
    ]) {
      it(`refuses the script ${JSON.stringify(bad)}`, async () => {
        const headers = { 'content-type': 'application/json' };
        const answer = await sent({
          method: 'POST',
          path: '/_sandbox/scripts',
          headers,
          body: JSON.stringify([bad]),
        });
        assert.equal(answer.status, 400);
        assert.match(answer.body, /script/);
      });
    }
  });
});
