import assert from 'node:assert/strict';
import { createHmac } from 'node:crypto';
import { describe, it } from 'node:test';
import { providerOrderId } from '#domain/ids';
import { orderOf, REFERENCE } from '#test/support/provider-doubles';
import { dvpayCard } from './card.js';
import { createRequest, queryRequest } from './request.js';
import { checkDvpaySettings, type AuthProfile } from './settings.js';

const configOf = (authProfile: AuthProfile) =>
  checkDvpaySettings({
    authProfile,
    appId: 'app-77',
    apiKey: 'dvpay-api-key-0001',
    apiSecret: 'dvpay-api-secret-0001',
    webhookSecret: 'dvpay-webhook-0001',
  });
const beneficiary = { kind: 'stored-method', methodId: 'acc_123' } as const;
const usd = { ...orderOf('200.00', 'USD', beneficiary), beneficiary };
const khr = { ...orderOf('40000.00', 'KHR', beneficiary, { description: '' }), beneficiary };

describe('DVPay requests', () => {
  it('has the fields and headers of the page in v1.0, and the key of v1.3 in addition', () => {
    for (const profile of ['v1_0', 'v1_3'] as const) {
      const request = createRequest(configOf(profile), usd, 2, '1709380800');
      assert.equal(request.url, 'https://merchant.dv.vai247.pro/api/v1/payment-gateway/order/payout');
      assert.equal(
        request.body,
        '{"account_id":"acc_123","amount":200.00,"currency":"USD","description":"Monthly commission"}',
      );
      assert.deepEqual(request.headers, {
        'content-type': 'application/json',
        'x-app-id': 'app-77',
        'x-api-key': 'dvpay-api-key-0001',
        'x-timestamp': '1709380800',
        'x-idempotent-key': usd.idempotencyKey,
      });
    }
  });

  it('has the fields and headers of v1.4, signed', () => {
    const request = createRequest(configOf('v1_4'), usd, 2, '1709380800');
    assert.equal(request.body, '{"accountNumber":"acc_123","amount":200.00,"currency":"USD"}');
    assert.deepEqual(request.headers, {
      'content-type': 'application/json',
      'x-api-key': 'dvpay-api-key-0001',
      'x-timestamp': '1709380800',
      'x-signature': createHmac('sha256', 'dvpay-api-secret-0001')
        .update(`${request.body}1709380800`)
        .digest('hex'),
      'x-idempotent-key': usd.idempotencyKey,
    });
  });

  it('writes whole riel', () => {
    assert.equal(
      createRequest(configOf('v1_3'), khr, 0, '1').body,
      '{"account_id":"acc_123","amount":40000,"currency":"KHR"}',
    );
  });

  it('looks up by the number that was given', () => {
    const query = {
      reference: REFERENCE,
      orderId: providerOrderId('payout xyz&1'),
      currency: usd.amount.currency,
    };
    const get = queryRequest(configOf('v1_3'), query, '1');
    assert.equal(get.method, 'GET');
    assert.ok(get.url.endsWith('/payment/transaction-detail?transaction_id=payout%20xyz%261'));
    const post = queryRequest(
      configOf('v1_4'),
      { ...query, orderId: providerOrderId('1754377439308531401') },
      '1',
    );
    assert.equal(post.method, 'POST');
    assert.equal(post.body, '{"transactionId":1754377439308531401}');
    assert.deepEqual(post.headers, { 'content-type': 'application/json', 'x-api-key': 'dvpay-api-key-0001' });
  });

  it('may be sent again from v1.3 on only', () => {
    assert.equal(dvpayCard('v1_0').onUnknown, 'park');
    assert.equal(dvpayCard('v1_0').idempotency, null);
    assert.equal(dvpayCard('v1_3').onUnknown, 'resend-same-key');
    assert.deepEqual(dvpayCard('v1_4').idempotency, { resendUntil: 23 * 3_600_000 });
  });
});
