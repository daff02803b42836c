import { describe, it } from 'node:test';
import assert from 'node:assert/strict';
import fc from 'fast-check';
import { usd } from '#test/support/payout-fixtures';
import { payoutId, type PayoutId } from '../ids.js';
import type { Money } from '../money/money.js';
import { Holds } from './holds.js';

const ids = Array.from({ length: 40 }, (_, i) =>
  // Two of each bucket, so that they meet in it.
  payoutId(
    `${(i >> 1).toString(16).padStart(2, '0')}000000-0000-5000-8000-0000000000${i.toString(16).padStart(2, '0')}`,
  ),
);
const change = fc.record({
  id: fc.constantFrom(...ids),
  amount: fc.option(fc.integer({ min: 1, max: 9 }), { nil: undefined }),
});

describe('Holds', () => {
  it('is a map, and every earlier one stays as it was', () => {
    fc.assert(
      fc.property(fc.array(change, { maxLength: 80, size: 'max' }), (changes) => {
        const model = new Map<PayoutId, Money>();
        let holds = Holds.none;
        const before: (readonly [Holds, ReadonlyMap<PayoutId, Money>])[] = [];
        for (const { id, amount } of changes) {
          before.push([holds, new Map(model)]);
          if (amount === undefined) {
            model.delete(id);
            holds = holds.without(id);
          } else {
            model.set(id, usd(`${amount}`));
            holds = holds.with(id, usd(`${amount}`));
          }
        }
        for (const [seen, expected] of [...before, [holds, model] as const]) {
          assert.equal(seen.size, expected.size);
          assert.deepEqual(new Map(seen.entries()), expected);
          for (const id of ids) assert.deepEqual(seen.get(id), expected.get(id));
        }
      }),
    );
  });

  it('gives the same holds back when there is nothing to take away', () => {
    const one = Holds.none.with(ids[0] as PayoutId, usd('1'));
    assert.equal(one.without(ids[1] as PayoutId), one);
    assert.equal(Holds.none.without(ids[0] as PayoutId), Holds.none);
  });
});
