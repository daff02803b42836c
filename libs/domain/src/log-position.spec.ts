import { describe, it } from 'node:test';
import assert from 'node:assert/strict';
import fc from 'fast-check';
import { comparePositions, isLogPosition, logPosition } from './log-position.js';

describe('log positions', () => {
  it('are decimal, with the prepare position where it differs', () => {
    for (const text of ['0', '7', '18446744073709551615', '120/100', '18446744073709551615/0']) {
      assert.equal(logPosition(text), text);
    }
    for (const text of [
      '',
      '-1',
      '01',
      '1/',
      '/1',
      '1/01',
      '1/2/3',
      '1.5',
      '1e3',
      ' 1',
      '1\n',
      '１',
      '9'.repeat(21),
    ]) {
      assert.equal(isLogPosition(text), false, text);
      assert.throws(() => logPosition(text), RangeError);
    }
  });

  it('are ordered by number, not as text, and exactly beyond 2^53', () => {
    const ascending = [
      '0',
      '9',
      '10',
      '100/90',
      '100',
      '101/0',
      '9007199254740992',
      '9007199254740993',
      '18446744073709551615',
    ].map(logPosition);
    ascending.forEach((a, i) =>
      ascending.forEach((b, j) => assert.equal(comparePositions(a, b), Math.sign(i - j), `${a} ${b}`)),
    );
  });

  it('without a prepare position are the place whose two positions are the same', () => {
    assert.equal(comparePositions(logPosition('100'), logPosition('100/100')), 0);
  });

  it('are in a total order', () => {
    const place = fc
      .tuple(fc.bigInt({ min: 0n, max: 2n ** 64n - 1n }), fc.bigInt({ min: 0n, max: 5n }), fc.boolean())
      .map(([commit, prepare, two]) => logPosition(two ? `${commit}/${prepare}` : `${commit}`));
    fc.assert(
      fc.property(place, place, place, (a, b, c) => {
        assert.equal(comparePositions(a, b), 0 - comparePositions(b, a));
        if (comparePositions(a, b) <= 0 && comparePositions(b, c) <= 0) {
          assert.ok(comparePositions(a, c) <= 0);
        }
      }),
    );
  });
});
