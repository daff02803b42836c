import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { orderOf } from '#test/support/provider-doubles';
import { readJson } from '../wire/lossless-json.js';
import { UnusableMessageError } from '../wire/unusable-message-error.js';
import { readCreate } from './answer.js';

const beneficiary = { kind: 'stored-method', methodId: 'acc_123' } as const;
const order = { ...orderOf('200.00', 'USD', beneficiary), beneficiary };
const read = (status: number, body: string) =>
  readCreate({ status, json: readJson(Buffer.from(body)) }, order);
const error = '{"error":{"code":"insufficient_funds","message":"Insufficient balance","request_id":"r1"}}';

describe('DVPay answers', () => {
  it('takes for a refusal what the page lists as one, in its form of an error', () => {
    for (const status of [400, 401, 403, 404, 422]) {
      assert.deepEqual(read(status, error), {
        kind: 'refused',
        rawStatus: 'insufficient_funds',
        reason: 'Insufficient balance',
      });
      assert.equal(read(status, '{"message":"no"}').kind, 'unknown');
      assert.equal(read(status, 'no').kind, 'unknown');
    }
  });

  it('knows nothing from a duplicate, a limit of requests and statuses that no page lists', () => {
    for (const status of [402, 405, 408, 409, 410, 425, 429, 451])
      assert.equal(read(status, error).kind, 'unknown');
  });

  it('reads the fields of v1.4, whole int64 numbers included, in an envelope or without', () => {
    const data =
      '{"accountNumber":"acc_123","amount":200.00,"currency":"USD","orderId":1,"transactionId":1754377439308531401}';
    for (const body of [data, `{"statusCode":200,"message":"ok","data":${data},"traceId":"t"}`]) {
      const outcome = read(200, body);
      // v1.4 names no status: nothing is known but that the order is there.
      assert.ok(outcome.kind === 'pending' && !outcome.recognised);
      assert.equal(outcome.order.orderId, '1754377439308531401');
      assert.deepEqual(outcome.order.ordered, order.amount);
    }
  });

  it('can use no success without an order number', () => {
    assert.throws(() => read(200, '{"account_id":"acc_123","status":"completed"}'), UnusableMessageError);
    assert.throws(() => read(200, error), UnusableMessageError);
  });
});
