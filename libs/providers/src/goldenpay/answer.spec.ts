import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { orderOf, REFERENCE } from '#test/support/provider-doubles';
import { readJson } from '../wire/lossless-json.js';
import { UnusableMessageError } from '../wire/unusable-message-error.js';
import { outcomeOf, readCreate, readQuery } from './answer.js';
import { checkGoldenpaySettings } from './settings.js';

const config = checkGoldenpaySettings({
  baseUrl: 'https://ds-api.example.com',
  merchantId: '10001',
  apiToken: 'test-api-token-0001',
  callbackUrl: 'https://merchant.example.com/callback/payout',
});
const beneficiary = {
  kind: 'bank-account',
  holderName: 'NGUYEN XUAN HUNG',
  accountNumber: '2333667799212341',
  bankCode: '970412',
} as const;
const order = { ...orderOf('100', 'VND', beneficiary), beneficiary };
const answer = (body: unknown, status = 200) => ({
  status,
  json: readJson(Buffer.from(JSON.stringify(body))),
});
const create = (body: unknown, status?: number) => readCreate(answer(body, status), config, order);
const payload = { id: 'P1', trans_id: REFERENCE, currency: 'VND', order_amount: '100.00', status: 20 };

describe('GoldenPay answers', () => {
  it('go by the code in the body, not by the HTTP status', () => {
    assert.equal(create({ code: 200, payload }, 400).kind, 'pending');
    for (const code of [400, 401, 403, 404]) {
      const body = { code, rid: 'r1', errors: { message: '[r1] no' } };
      assert.deepEqual(create(body), { kind: 'refused', rawStatus: `${code}`, reason: '[r1] no' });
    }
    for (const code of [0, 201, 406, 409, 429, 500, 503, 'OK'])
      assert.equal(create({ code }).kind, 'unknown');
  });

  it('find nothing by 404 only', () => {
    const query = { reference: REFERENCE, currency: order.amount.currency };
    assert.equal(readQuery(answer({ code: 404 }), query).kind, 'not-found');
    for (const code of [400, 401, 403, 406, 429, 503])
      assert.equal(readQuery(answer({ code }), query).kind, 'unknown');
  });

  it('are final with 60 and 50 alone', () => {
    const kinds = [20, 21, 50, 60, 61, 6, '60', '60.0', 'success', '060'].map((status) => {
      const json = readJson(Buffer.from(JSON.stringify({ ...payload, status })));
      assert.ok(json.ok);
      const outcome = outcomeOf(json.value as Parameters<typeof outcomeOf>[0]);
      return outcome.kind === 'pending' && !outcome.recognised ? 'unrecognised' : outcome.kind;
    });
    const rest = [
      'unrecognised',
      'unrecognised',
      'succeeded',
      'unrecognised',
      'unrecognised',
      'unrecognised',
    ];
    assert.deepEqual(kinds, ['pending', 'pending', 'failed', 'succeeded', ...rest]);
  });

  it('can not be used when they speak of another merchant, account, currency or of nothing', () => {
    const wrong = [
      { code: 200 },
      { code: 200, payload: null },
      { code: 200, payload: { ...payload, mch_id: 10002 } },
      { code: 200, payload: { ...payload, account_no: '1' } },
      { code: 200, payload: { ...payload, currency: 'THB' } },
      { code: 200, payload: { ...payload, order_amount: '100.50' } },
      { code: 200, payload: { ...payload, id: '' } },
    ];
    for (const body of wrong) assert.throws(() => create(body), UnusableMessageError);
  });
});
