import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { currencyCode } from '#domain/money/currency';
import { money } from '#domain/money/money';
import { REFERENCE } from '#test/support/provider-doubles';
import { readJson } from '../wire/lossless-json.js';
import { UnusableMessageError } from '../wire/unusable-message-error.js';
import { readQuery } from './answer.js';
import { checkCashySettings } from './settings.js';

const COP = currencyCode('COP');
const config = checkCashySettings({
  baseUrl: 'https://cashy.example.com',
  merchantId: '1002001',
  apiKey: 'test-merchant-api-key',
  callbackUrl: 'https://xxxxxx.com/notify',
});
const read = (body: string) => {
  const json = readJson(Buffer.from(body));
  return readQuery({ status: 200, json }, config, { reference: REFERENCE, currency: COP });
};
const data = (status: string, more = ''): string =>
  `{"code":200,"msg":"SUCCESS","data":{"merchantId":1002001,"mchOrderNo":"${REFERENCE}","orderNo":"PAYOUT1","amount":60000.00,"fee":5150.0000,"orderStatus":"${status}"${more}}}`;

describe('Cashy answers', () => {
  const kinds = {
    PROCESSING: 'pending',
    WAITING: 'pending',
    PAYING: 'pending',
    SUCCESS: 'succeeded',
    FAIL: 'failed',
    CANCEL: 'failed',
  };
  for (const [status, kind] of Object.entries(kinds)) {
    it(`reads ${status} as ${kind}`, () => {
      const outcome = read(data(status));
      assert.equal(outcome.kind, kind);
      assert.ok('order' in outcome);
      assert.deepEqual(outcome.order.ordered, money(6_000_000n, COP));
      assert.deepEqual(outcome.order.fee, status === 'SUCCESS' ? money(515_000n, COP) : undefined);
      if (outcome.kind === 'pending') assert.equal(outcome.recognised, true);
    });
  }

  it('takes every other word for pending, whatever its case', () => {
    for (const status of ['success', 'Fail', 'SUCCESSFUL', 'CANCELLED', ' SUCCESS', '200', 'null']) {
      const outcome = read(data(status));
      assert.ok(outcome.kind === 'pending' && !outcome.recognised, status);
    }
  });

  it('gives the vendor’s reason of a failure', () => {
    const outcome = read(data('FAIL', ',"resultDesc":"ACCOUNT NOT EXITS"'));
    assert.ok(outcome.kind === 'failed');
    assert.equal(outcome.reason, 'ACCOUNT NOT EXITS');
  });

  it('finds nothing only when the answer says so in a known form', () => {
    assert.equal(read('{"code":500,"msg":"Order_not_exist"}').kind, 'not-found');
    for (const msg of [
      'System_error',
      'System_busy',
      'Sign_verify_error',
      'Request_ip_notWhiteList',
      'Merchant_not_exist',
      '',
    ]) {
      assert.equal(read(`{"code":500,"msg":"${msg}"}`).kind, 'unknown');
    }
  });

  it('can use no answer with a status and without an order, of another merchant, or with an amount below the smallest unit', () => {
    const unusable = [
      '{"code":200,"data":null}',
      '{"code":200}',
      data('SUCCESS').replace('1002001', '1002002'),
      data('SUCCESS').replace('60000.00', '60000.001'),
      data('SUCCESS').replace('5150.0000', '5150.0001'),
      data('SUCCESS').replace('60000.00', '6e4'),
    ];
    for (const body of unusable) assert.throws(() => read(body), UnusableMessageError);
  });
});
