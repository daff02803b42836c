import { describe, it } from 'node:test';
import assert from 'node:assert/strict';
import { allCurrencies, currencyCode, exponentOf, isCurrencyCode } from './currency.js';

const ISO_ONLY = allCurrencies().filter((code) => /^[A-Z]{3}$/.test(code) && code !== 'BTC');

/**
 * Where the Unicode tables behind `Intl` show fewer decimals than ISO 4217 has: they follow everyday prices, and drop
 * the unit that nobody pays in. ISO counts here, since providers and banks exchange it.
 */
const PRICED_WITHOUT_MINOR_UNITS = [
  'AFN',
  'ALL',
  'COP',
  'HUF',
  'IDR',
  'IQD',
  'IRR',
  'KPW',
  'LAK',
  'LBP',
  'MGA',
  'MMK',
  'PKR',
  'SOS',
  'SYP',
  'YER',
];
/** In ISO 4217, and not among the currencies that `Intl` lists: units of account, and the digital bolívar. */
const UNLISTED_BY_INTL = ['CLF', 'UYI', 'UYW', 'VED'];
/** Listed by `Intl`, and withdrawn from ISO 4217, or no money that anybody is paid in. */
const NO_ACTIVE_MONEY = ['ANG', 'BGN', 'CUC', 'HRK', 'SLL', 'XDR', 'XSU', 'ZWL'];

function intlDecimals(code: string): number | undefined {
  return new Intl.NumberFormat('en', { style: 'currency', currency: code }).resolvedOptions()
    .maximumFractionDigits;
}

describe('the currency table, compared with the Unicode tables', () => {
  it('agrees on the decimals of every ISO currency but those that are priced without minor units', () => {
    const differing = ISO_ONLY.filter((code) => intlDecimals(code) !== exponentOf(code));
    assert.deepEqual([...differing].sort(), PRICED_WITHOUT_MINOR_UNITS);
  });

  it('has every currency that is listed, but those that are no active money', () => {
    const listed = Intl.supportedValuesOf('currency');
    assert.deepEqual(
      listed.filter((code) => !isCurrencyCode(code)),
      NO_ACTIVE_MONEY,
    );
    assert.deepEqual(ISO_ONLY.filter((code) => !listed.includes(code)).sort(), UNLISTED_BY_INTL);
  });

  it('has the exponents of ISO 4217 list one for those that the Unicode tables leave open', () => {
    assert.deepEqual(
      UNLISTED_BY_INTL.map((code) => exponentOf(currencyCode(code))),
      [4, 0, 4, 2],
    );
    assert.deepEqual(
      PRICED_WITHOUT_MINOR_UNITS.map((code) => exponentOf(currencyCode(code))),
      PRICED_WITHOUT_MINOR_UNITS.map((code) => (code === 'IQD' ? 3 : 2)),
    );
  });

  it('has each code once', () => {
    assert.equal(new Set(allCurrencies()).size, allCurrencies().length);
  });
});

describe('currencyCode', () => {
  it('knows a token by its chain only, since its decimals differ', () => {
    assert.equal(exponentOf(currencyCode('USDT.TRC20')), 6);
    assert.equal(exponentOf(currencyCode('USDT.BEP20')), 18);
    assert.throws(
      () => currencyCode('USDT'),
      /unknown currency: a token needs its chain: USDT\.TRC20, USDT\.ERC20, USDT\.BEP20/,
    );
  });

  for (const text of ['usd', 'US', 'USDX', ' USD', 'USD ', 'ＵＳＤ', '', 'XXX', 'ETH', '__proto__']) {
    it(`refuses ${JSON.stringify(text)} and names the remedy`, () => {
      assert.throws(() => currencyCode(text), /unknown currency: .*(upper-case ISO 4217|its chain)/);
      assert.equal(isCurrencyCode(text), false);
    });
  }
});
