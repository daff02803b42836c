import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { preSignString, sign } from './signature.js';

const TOKEN = 'test-api-token-0001';
const CASES = {
  create: {
    parameters: {
      mch_id: '10001',
      trans_id: 'WDL-10001',
      channel: 'bank',
      amount: '100.00',
      currency: 'VND',
      account_no: '2333667799212341',
      account_name: 'NGUYEN XUAN HUNG',
      account_org: 'PVCOMOBANK',
      account_org_code: '970412',
      remarks: '',
      callback_url: 'https://merchant.example.com/callback/payout',
      nonce: 'abc123DEF456',
      timestamp: '1777860600',
    },
    sign: '0f4c820f42a9eb71a313599c27917649',
  },
  query: {
    parameters: { trans_id: 'WDL-10001', mch_id: '10001', nonce: 'abc123DEF456', timestamp: '1777860700' },
    sign: 'e18fa0e8fd853461d2a9c5914f15d047',
  },
  'callback 60': {
    parameters: {
      id: 'P202605040001',
      trans_id: 'WDL-10001',
      mch_id: '10001',
      order_amount: '100.00',
      status: '60',
      created_at: '2026-05-04 10:10:00',
      payed_at: '2026-05-04 10:15:00',
    },
    sign: '9ed2233fda598e80c11a21138f8f2c16',
  },
  'callback 50': {
    parameters: {
      id: 'P202605040001',
      trans_id: 'WDL-10001',
      mch_id: '10001',
      order_amount: '100.00',
      status: '50',
      created_at: '2026-05-04 10:10:00',
      payed_at: '',
      canceled_at: '2026-05-04 10:16:00',
    },
    sign: 'c87c96004ba21b49d1bd56b7f1a4a020',
  },
};

describe('GoldenPay signature', () => {
  for (const [name, { parameters, sign: expected }] of Object.entries(CASES)) {
    it(`of the vector ${name}`, () => assert.equal(sign(parameters, TOKEN), expected));
  }

  it('puts the token in front and leaves the sign itself out', () => {
    assert.equal(preSignString({ b: '2', sign: 'x', a: '1', c: '' }, TOKEN), `${TOKEN}&a=1&b=2`);
  });
});
