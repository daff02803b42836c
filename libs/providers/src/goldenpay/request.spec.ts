import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { orderOf, REFERENCE } from '#test/support/provider-doubles';
import { createRequest, queryRequest } from './request.js';
import { checkGoldenpaySettings } from './settings.js';
import { sign } from './signature.js';

const config = checkGoldenpaySettings({
  baseUrl: 'https://ds-api.example.com/',
  merchantId: '10001',
  apiToken: 'test-api-token-0001',
  callbackUrl: 'https://merchant.example.com/callback/payout',
});
const beneficiary = {
  kind: 'bank-account',
  holderName: 'NGUYEN XUAN HUNG',
  accountNumber: '2333667799212341',
  bankCode: '970412',
  bankName: 'PVCOMOBANK',
} as const;
const fresh = { nonce: 'abc123DEF456', timestamp: '1777860600' };

describe('GoldenPay requests', () => {
  it('has the fields of the page, numbers as numbers and the amount as text', () => {
    const order = { ...orderOf('250000', 'VND', beneficiary, { description: '' }), beneficiary };
    const request = createRequest(config, order, fresh);
    const signature = sign(
      {
        account_name: 'NGUYEN XUAN HUNG',
        account_no: '2333667799212341',
        account_org: 'PVCOMOBANK',
        account_org_code: '970412',
        amount: '250000.00',
        callback_url: 'https://merchant.example.com/callback/payout',
        channel: 'bank',
        currency: 'VND',
        mch_id: '10001',
        trans_id: REFERENCE,
        ...fresh,
      },
      config,
    );
    assert.equal(request.url, 'https://ds-api.example.com/api/v1/mch/wdl-orders');
    assert.equal(
      request.body,
      `{"mch_id":10001,"trans_id":"${REFERENCE}","channel":"bank","amount":"250000.00","currency":"VND",` +
        '"account_no":"2333667799212341","account_name":"NGUYEN XUAN HUNG","account_org":"PVCOMOBANK",' +
        '"account_org_code":"970412","callback_url":"https://merchant.example.com/callback/payout",' +
        `"nonce":"abc123DEF456","timestamp":1777860600,"sign":"${signature}"}`,
    );
  });

  it('looks up by our reference', () => {
    const order = orderOf('1', 'VND', beneficiary);
    const request = queryRequest(config, { reference: REFERENCE, currency: order.amount.currency }, fresh);
    const search = Object.fromEntries(new URL(request.url).searchParams);
    assert.deepEqual(Object.keys(search).sort(), ['mch_id', 'nonce', 'sign', 'timestamp', 'trans_id']);
    assert.equal(search['sign'], sign({ trans_id: REFERENCE, mch_id: '10001', ...fresh }, config));
  });
});
