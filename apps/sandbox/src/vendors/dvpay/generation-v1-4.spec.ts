import assert from 'node:assert/strict';
import { createHmac } from 'node:crypto';
import { after, before, describe, it } from 'node:test';
import { sandboxUnderTest, type SandboxUnderTest } from '../../testing/sandbox-under-test.js';

describe('DVPay, generation 1.4', { timeout: 20_000 }, () => {
  let sandbox: SandboxUnderTest;
  before(async () => {
    sandbox = await sandboxUnderTest({ dvpay: { authProfile: 'v1_4' } });
  });
  after(() => sandbox.close());

  async function pay(key: string, secret: string): Promise<Response> {
    const timestamp = String(Math.floor(Date.now() / 1000));
    const body = '{"accountNumber":"123456789","amount":100,"currency":"USD"}';
    return fetch(`${sandbox.url}/dvpay/api/v1/payment-gateway/order/payout`, {
      method: 'POST',
      headers: {
        'content-type': 'application/json',
        'x-api-key': sandbox.settings.dvpay.apiKey,
        'x-timestamp': timestamp,
        'x-idempotent-key': key,
        'x-signature': createHmac('sha256', secret)
          .update(body + timestamp)
          .digest('hex'),
      },
      body,
    });
  }

  it('needs the signature instead of the app id', async () => {
    assert.equal((await pay('key-1', 'another secret')).status, 401);
    const answer = await pay('key-1', sandbox.settings.dvpay.apiSecret);
    assert.equal(answer.status, 200);
    assert.match(
      await answer.text(),
      /"accountNumber":"123456789","amount":100\.00,.*"transactionId":\d{19}/,
    );
    const { orders } = await sandbox.book();
    assert.deepEqual(
      orders.map(({ beneficiary, idempotencyKey }) => [beneficiary, idempotencyKey]),
      [['123456789', 'key-1']],
    );
  });
});
