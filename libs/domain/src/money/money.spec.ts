import { describe, it } from 'node:test';
import assert from 'node:assert/strict';
import fc from 'fast-check';
import { allCurrencies, currencyCode, exponentOf } from './currency.js';
import {
  add,
  compareMoney,
  formatMoney,
  InvalidAmountError,
  MAX_MINOR,
  money,
  parseMoney,
  parsePositiveMoney,
  sameMoney,
  subtract,
  zero,
  type AmountProblem,
  type Money,
} from './money.js';

const USD = currencyCode('USD');
const EUR = currencyCode('EUR');

describe('parseMoney and formatMoney', () => {
  /** Currency, what is read, minor units, what is printed. One row or more for each exponent. */
  const TABLE: readonly (readonly [string, string, bigint, string])[] = [
    ['JPY', '0', 0n, '0'],
    ['JPY', '1250', 1250n, '1250'],
    ['VND', '50000', 50000n, '50000'],
    ['USD', '0', 0n, '0.00'],
    ['USD', '0.01', 1n, '0.01'],
    ['USD', '12', 1200n, '12.00'],
    ['USD', '12.5', 1250n, '12.50'],
    ['USD', '12.50', 1250n, '12.50'],
    ['KHR', '4000.00', 400000n, '4000.00'],
    ['KWD', '0.001', 1n, '0.001'],
    ['KWD', '1.5', 1500n, '1.500'],
    ['CLF', '1.0001', 10001n, '1.0001'],
    ['UYW', '12.3456', 123456n, '12.3456'],
    ['USDT.TRC20', '1.000001', 1000001n, '1.000001'],
    ['BTC', '0.00000001', 1n, '0.00000001'],
    ['BTC', '21000000', 2100000000000000n, '21000000.00000000'],
    ['USDT.BEP20', '0.000000000000000001', 1n, '0.000000000000000001'],
    ['USDT.BEP20', '18.446744073709551616', 18446744073709551616n, '18.446744073709551616'],
    ['JPY', '9007199254740993', 9007199254740993n, '9007199254740993'],
    ['USD', '90071992547409.93', 9007199254740993n, '90071992547409.93'],
    ['JPY', '18446744073709551617', 18446744073709551617n, '18446744073709551617'],
  ];
  for (const [code, text, minor, printed] of TABLE) {
    it(`reads ${text} ${code} exactly`, () => {
      const amount = parseMoney(text, currencyCode(code));
      assert.deepEqual(amount, { minor, currency: code });
      assert.equal(formatMoney(amount), printed);
      assert.deepEqual(parseMoney(printed, currencyCode(code)), amount);
    });
  }

  const REFUSED: readonly (readonly [string, string, AmountProblem])[] = [
    ['USD', '', 'not-a-decimal'],
    ['USD', '1e3', 'not-a-decimal'],
    ['USD', '1E3', 'not-a-decimal'],
    ['USD', '+1', 'not-a-decimal'],
    ['USD', '-1', 'not-a-decimal'],
    ['USD', '-0', 'not-a-decimal'],
    ['USD', '１', 'not-a-decimal'],
    ['USD', '١', 'not-a-decimal'],
    ['USD', '1,000', 'not-a-decimal'],
    ['USD', '1,5', 'not-a-decimal'],
    ['USD', '1 000', 'not-a-decimal'],
    ['USD', '1_000', 'not-a-decimal'],
    ['USD', "1'000", 'not-a-decimal'],
    ['USD', ' 1', 'not-a-decimal'],
    ['USD', '1 ', 'not-a-decimal'],
    ['USD', '1\n', 'not-a-decimal'],
    ['USD', '1\u00a0', 'not-a-decimal'],
    ['USD', '1.', 'not-a-decimal'],
    ['USD', '.5', 'not-a-decimal'],
    ['USD', '.', 'not-a-decimal'],
    ['USD', '1.2.3', 'not-a-decimal'],
    ['USD', '01', 'not-a-decimal'],
    ['USD', '00', 'not-a-decimal'],
    ['USD', '0x10', 'not-a-decimal'],
    ['USD', '1n', 'not-a-decimal'],
    ['USD', 'NaN', 'not-a-decimal'],
    ['USD', 'Infinity', 'not-a-decimal'],
    ['USD', '$1', 'not-a-decimal'],
    ['USD', '12.505', 'too-precise'],
    ['USD', '12.500', 'too-precise'],
    ['JPY', '1.0', 'too-precise'],
    ['KWD', '1.0001', 'too-precise'],
    ['USDT.TRC20', '0.0000001', 'too-precise'],
    ['BTC', '0.000000001', 'too-precise'],
    ['USDT.BEP20', '0.0000000000000000001', 'too-precise'],
  ];
  for (const [code, text, problem] of REFUSED) {
    it(`refuses ${JSON.stringify(text)} ${code}: ${problem}`, () => {
      assert.throws(() => parseMoney(text, currencyCode(code)), { name: 'InvalidAmountError', problem });
    });
  }

  it('takes 10^30 minor units, in every currency, and not one more', () => {
    for (const currency of allCurrencies()) {
      const most = formatMoney(money(MAX_MINOR, currency));
      assert.equal(parseMoney(most, currency).minor, MAX_MINOR);
      const over = formatMoney(money(MAX_MINOR + 1n, currency));
      assert.throws(() => parseMoney(over, currency), { problem: 'too-large' });
    }
  });

  it('refuses a megabyte of digits without reading them', () => {
    const megabyte = '9'.repeat(1024 * 1024);
    const started = process.cpuUsage();
    for (let round = 0; round < 100; round += 1) {
      assert.throws(
        () => parseMoney(megabyte, USD),
        (error) => {
          assert.ok(error instanceof InvalidAmountError);
          assert.equal(error.problem, 'too-large');
          return error.message.length < 200;
        },
      );
    }
    const { user, system } = process.cpuUsage(started);
    assert.ok(user + system < 100_000, `100 refusals took ${user + system} µs of processor time`);
  });

  it('prints what it reads and reads what it prints, far beyond 2^64', () => {
    const amount = fc
      .tuple(fc.bigInt({ min: 0n, max: MAX_MINOR }), fc.constantFrom(...allCurrencies()))
      .map(([minor, currency]) => money(minor, currency));
    fc.assert(
      fc.property(amount, (value) => {
        const text = formatMoney(value);
        assert.deepEqual(parseMoney(text, value.currency), value);
        assert.equal((text.split('.')[1] ?? '').length, exponentOf(value.currency));
      }),
      { numRuns: 10_000 },
    );
  });

  it('prints a negative balance with a minus sign', () => {
    assert.equal(formatMoney(money(-1n, USD)), '-0.01');
    assert.equal(formatMoney(money(-12345n, USD)), '-123.45');
    assert.equal(formatMoney(money(-7n, currencyCode('JPY'))), '-7');
  });

  it('never reads anything but a decimal, whatever the text', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary', maxLength: 70 }), (text) => {
        try {
          assert.equal(parseMoney(text, USD).minor >= 0n, true);
          assert.match(text, /^[0-9]+(\.[0-9]+)?$/);
        } catch (error) {
          assert.ok(error instanceof InvalidAmountError);
        }
      }),
      { numRuns: 5_000 },
    );
  });
});

describe('parsePositiveMoney', () => {
  it('refuses zero, however it is written', () => {
    for (const text of ['0', '0.0', '0.00']) {
      assert.throws(() => parsePositiveMoney(text, USD), { problem: 'not-positive' });
    }
    assert.equal(parsePositiveMoney('0.01', USD).minor, 1n);
  });
});

describe('arithmetic', () => {
  it('adds and subtracts exactly, as whole numbers do', () => {
    const any = fc.bigInt({ min: -MAX_MINOR, max: MAX_MINOR });
    fc.assert(
      fc.property(any, any, (a, b) => {
        const [left, right] = [money(a, USD), money(b, USD)];
        assert.equal(add(left, right).minor, a + b);
        assert.deepEqual(subtract(add(left, right), right), left);
        assert.equal(Math.sign(compareMoney(left, right)), a < b ? -1 : a > b ? 1 : 0);
        assert.equal(sameMoney(left, right), a === b);
      }),
    );
  });

  it('refuses to mix currencies', () => {
    for (const mix of [add, subtract, compareMoney]) {
      assert.throws(() => mix(money(1n, USD), money(1n, EUR)), /USD and EUR don't mix/);
    }
    assert.equal(sameMoney(zero(USD), zero(EUR)), false);
  });

  it('takes no number: this file would not compile otherwise', () => {
    // @ts-expect-error an amount in a number loses cents beyond 2^53, so the type refuses one
    const lossy: Money = { minor: 12, currency: USD };
    // @ts-expect-error a currency has to be read from the table first
    const unchecked: Money = { minor: 12n, currency: 'USD' };
    // @ts-expect-error decimal text only: a number has lost its digits before it comes here
    const read = (): Money => parseMoney(12.5, USD);
    assert.throws(() => add(lossy, money(1n, USD)), TypeError);
    assert.equal(typeof read, 'function');
    assert.ok(unchecked);
  });
});
