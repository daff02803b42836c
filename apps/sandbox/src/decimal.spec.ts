import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { balanceOf, mustRead, readDecimal, shortest, toScale } from './decimal.js';

describe('decimal', () => {
  it('reads plain decimals only', () => {
    for (const text of ['', '-1', '+1', '1e3', '.5', '5.', '1,000', '１'])
      assert.equal(readDecimal(text), null);
    assert.deepEqual(readDecimal('60000.00'), { units: 6000000n, scale: 2 });
  });

  it('changes the number of decimals without losing a digit', () => {
    assert.equal(toScale(mustRead('5150.00'), 4), '5150.0000');
    assert.equal(toScale(mustRead('0.10'), 1), '0.1');
    assert.equal(toScale(mustRead('0.11'), 1), null);
    assert.equal(shortest(mustRead('60000.00')), '60000');
  });

  it('adds and subtracts', () => {
    assert.equal(balanceOf(['1.10', '2'], ['0.05']), '3.05');
    assert.equal(balanceOf(['1'], ['1.50']), '-0.50');
    assert.equal(balanceOf([], []), '0');
  });
});
