import { describe, it } from 'node:test';
import assert from 'node:assert/strict';
import fc from 'fast-check';
import { payoutId, providerReference } from '../ids.js';
import { MAX_ATTEMPT, readReference, referenceOf } from './reference.js';

const anyPayout = fc.uuid().map((text) => payoutId(text.toLowerCase()));
const anyAttempt = fc.integer({ min: 1, max: MAX_ATTEMPT });
const LOWEST = payoutId('00000000-0000-0000-0000-000000000000');
const HIGHEST = payoutId('ffffffff-ffff-ffff-ffff-ffffffffffff');

describe('our reference of an attempt', () => {
  it('is 28 lower-case letters and digits, and says payout and attempt', () => {
    fc.assert(
      fc.property(anyPayout, anyAttempt, (id, attempt) => {
        const reference = referenceOf({ payoutId: id, attempt });
        assert.match(reference, /^[0-9a-z]{28}$/);
        assert.equal(providerReference(reference), reference);
        assert.deepEqual(readReference(reference), { payoutId: id, attempt });
        assert.deepEqual(readReference(reference.toUpperCase()), { payoutId: id, attempt });
      }),
      { numRuns: 10_000 },
    );
  });

  it('holds at the edges', () => {
    for (const id of [LOWEST, HIGHEST]) {
      for (const attempt of [1, 35, 36, MAX_ATTEMPT]) {
        const reference = referenceOf({ payoutId: id, attempt });
        assert.ok(reference.length <= 32);
        assert.deepEqual(readReference(reference), { payoutId: id, attempt });
      }
    }
  });

  it('is never the same for two attempts', () => {
    const payout = payoutId('5d0f3b1c-8a64-5a0e-9a3e-2f6c1d7b9e01');
    const all = Array.from({ length: MAX_ATTEMPT }, (_, i) =>
      referenceOf({ payoutId: payout, attempt: i + 1 }),
    );
    assert.equal(new Set(all).size, MAX_ATTEMPT);
  });

  it('refuses an attempt that is none', () => {
    for (const attempt of [0, -1, 1.5, MAX_ATTEMPT + 1, NaN, Infinity]) {
      assert.throws(() => referenceOf({ payoutId: LOWEST, attempt }), RangeError);
    }
  });

  it('is not read out of foreign text', () => {
    const own = referenceOf({ payoutId: HIGHEST, attempt: 1 });
    const foreign = [
      '',
      'ORDER-1',
      ` ${own}`,
      `${own} `,
      `${own}\n`,
      `x${own.slice(1)}`,
      own.slice(0, -1),
      `${own}0`,
      `p${'z'.repeat(25)}01`,
      `p${'0'.repeat(25)}00`,
      `${own.slice(0, 5)}-${own.slice(6)}`,
      `p${'0'.repeat(24)}\u212a01`,
      `p${'０'.repeat(25)}01`,
    ];
    for (const text of foreign) assert.equal(readReference(text), undefined, JSON.stringify(text));
    fc.assert(
      fc.property(fc.string({ unit: 'binary', maxLength: 40 }), (text) => {
        if (!/^p[0-9a-z]{27}$/i.test(text)) assert.equal(readReference(text), undefined);
      }),
    );
  });
});
