import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { requestSignature, webhookSignature } from './signature.js';

describe('DVPay signatures', () => {
  for (const [body, expected] of [
    [
      '{"orderId":1234567890,"refundAmount":5.25}',
      '980dc19299e66b443f0e9855cc72e2ff640059fd9c95ec366fce8286f2ed3641',
    ],
    [
      '{"accountNumber":"123456789","amount":100,"currency":"USD"}',
      'dc6a885fda938a26ee7d337a50559d3919040763d5e55a0bee5c3629f7d5d769',
    ],
  ] as const) {
    it(`signs the request ${body}`, () => {
      assert.equal(requestSignature(Buffer.from(body), '1709380800', 'your-api-secret'), expected);
    });
  }

  it('signs the webhook over its raw body', () => {
    const body =
      '{"event":"payout.completed","timestamp":"2025-09-15T14:30:00Z","data":{"payout_id":"payout_xyz789","amount":200.00,"currency":"USD","status":"completed"}}';
    assert.equal(
      webhookSignature(body, 'whsec_test'),
      'd90e710b0f121661f48b141067be501ae59d170932cf8635d54eabe3c2762a19',
    );
  });
});
