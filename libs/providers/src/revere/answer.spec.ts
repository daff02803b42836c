import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { currencyCode } from '#domain/money/currency';
import { money } from '#domain/money/money';
import { readJson } from '../wire/lossless-json.js';
import { UnusableMessageError } from '../wire/unusable-message-error.js';
import { readCreate, readQuery } from './answer.js';

const answer = (status: number, body: unknown) => ({
  status,
  json: readJson(Buffer.from(JSON.stringify(body))),
});
const created = {
  processor_transaction_id: 'a2b88fc2',
  amount: 100000,
  status: 'settled',
  created_at: '2024-07-20T15:11:16.975339432Z',
};

describe('Revere answers', () => {
  it("reads the page's example, nanoseconds included", () => {
    assert.deepEqual(readCreate(answer(200, created)), {
      kind: 'succeeded',
      rawStatus: 'settled',
      order: {
        orderId: 'a2b88fc2',
        ordered: money(100_000n, currencyCode('USD')),
        providerTime: '2024-07-20T15:11:16.975339432Z',
      },
    });
  });

  it('takes 400 for a refusal and no other status', () => {
    assert.equal(readCreate(answer(400, { message: 'no' })).kind, 'refused');
    for (const status of [401, 403, 404, 409, 422, 429])
      assert.equal(readCreate(answer(status, {})).kind, 'unknown');
  });

  it('takes what came back whole for failed, and leaves a part of unknown size to a person', () => {
    const refunded = readCreate(answer(200, { ...created, status: 'refunded' }));
    assert.equal(refunded.kind, 'failed');
    for (const status of ['partially_refunded', 'Settled', 'returned', '']) {
      const read = () => readCreate(answer(200, { ...created, status }));
      if (status === '') assert.throws(read, UnusableMessageError);
      else {
        const outcome = read();
        assert.ok(outcome.kind === 'pending' && !outcome.recognised);
      }
    }
  });

  it('reads one row of the report, and only if it is the one asked for', () => {
    const row = { id: 'a2b88fc2', transaction_type: 'payout', status: 'settled', currency: 'USD' };
    const query = (data: unknown) => readQuery(answer(200, { data }), 'a2b88fc2');
    assert.equal(query([row]).kind, 'succeeded');
    assert.equal(query([]).kind, 'not-found');
    const wrong = [
      null,
      {},
      [row, row],
      [null],
      ['x'],
      [{ ...row, id: 'b' }],
      [{ ...row, currency: 'EUR' }],
      [{ ...row, transaction_type: 'fund' }],
    ];
    for (const data of wrong) assert.throws(() => query(data), UnusableMessageError);
    assert.equal(readQuery(answer(404, {}), 'a2b88fc2').kind, 'unknown');
  });
});
