import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { currencyCode } from '#domain/money/currency';
import { money } from '#domain/money/money';
import { fitsDecimals, minorUnitsMember, readDecimal, writeDecimal, writeShortest } from './decimal.js';
import { jsonNumber } from './lossless-json.js';
import { UnusableMessageError } from './unusable-message-error.js';

const COP = currencyCode('COP');
const VND = currencyCode('VND');
const USDT = currencyCode('USDT.TRC20');

describe('readDecimal', () => {
  it('reads by value', () => {
    for (const text of ['60000.00', '60000', '60000.0', '60000.0000', '60000.00000000']) {
      assert.deepEqual(readDecimal(text, COP, 'amount'), money(6_000_000n, COP));
    }
    assert.deepEqual(readDecimal('5150.0000', COP, 'fee'), money(515_000n, COP));
    assert.deepEqual(readDecimal('100.00', VND, 'amount'), money(100n, VND));
    assert.deepEqual(readDecimal('0', COP, 'fee'), money(0n, COP));
    assert.deepEqual(readDecimal('12.5', USDT, 'tokenCount'), money(12_500_000n, USDT));
  });

  const unusable = [
    '',
    ' 1',
    '+1',
    '-1',
    '-0',
    '1e3',
    '1E3',
    '1,000',
    '1_000',
    '.5',
    '5.',
    '007',
    '１',
    '0x10',
    'NaN',
    '1.001',
    '0.009',
  ];
  for (const text of [...unusable, '9'.repeat(42), '1'.repeat(41), `1.${'0'.repeat(41)}`]) {
    it(`finds ${JSON.stringify(text.slice(0, 12))} unusable, and does not repeat it`, () => {
      assert.throws(
        () => readDecimal(text, COP, 'amount'),
        (error: unknown) => error instanceof UnusableMessageError && error.message.startsWith('amount '),
      );
    });
  }
});

describe('minorUnitsMember', () => {
  it('reads whole cents only', () => {
    const usd = currencyCode('USD');
    assert.deepEqual(minorUnitsMember({ amount: jsonNumber('100000') }, 'amount', usd), money(100_000n, usd));
    assert.equal(minorUnitsMember({}, 'amount', usd), undefined);
    for (const text of ['1000.00', '-1', '1e5', '01']) {
      assert.throws(() => minorUnitsMember({ amount: text }, 'amount', usd), UnusableMessageError);
    }
  });
});

describe('writeDecimal and writeShortest', () => {
  it('write exactly or not at all', () => {
    assert.equal(writeDecimal(money(5_000_000n, COP), 2), '50000.00');
    assert.equal(writeDecimal(money(100n, VND), 2), '100.00');
    assert.equal(writeDecimal(money(40_000n, currencyCode('KHR')), 0), '400');
    assert.throws(() => writeDecimal(money(40_001n, currencyCode('KHR')), 0), RangeError);
    assert.equal(fitsDecimals(money(40_001n, currencyCode('KHR')), 0), false);
    assert.equal(fitsDecimals(money(40_000n, currencyCode('KHR')), 0), true);
    assert.equal(fitsDecimals(money(1n, VND), 2), true);
    assert.equal(writeShortest(money(1_500_000n, USDT)), '1.5');
    assert.equal(writeShortest(money(20_000_000n, USDT)), '20');
    assert.equal(writeShortest(money(1n, USDT)), '0.000001');
    assert.equal(writeShortest(money(100n, VND)), '100');
  });
});
