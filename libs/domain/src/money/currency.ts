declare const brand: unique symbol;

/** An ISO 4217 code (`USD`), or a token with its chain (`USDT.TRC20`): the same token has other decimals elsewhere. */
export type CurrencyCode = string & { readonly [brand]: 'CurrencyCode' };

/** ISO 4217 active codes whose exponent isn't 2 (ISO 4217 list one). */
const ISO_EXPONENTS: Readonly<Record<number, string>> = {
  0: 'BIF CLP DJF GNF ISK JPY KMF KRW PYG RWF UGX UYI VND VUV XAF XOF XPF',
  3: 'BHD IQD JOD KWD LYD OMR TND',
  4: 'CLF UYW',
};

/** ISO 4217 active codes with exponent 2. `KHR` is one of them: a provider that pays whole riel only says so in its card. */
const ISO_TWO_DECIMALS =
  'AED AFN ALL AMD AOA ARS AUD AWG AZN BAM BBD BDT BMD BND BOB BRL BSD BTN BWP BYN BZD CAD CDF CHF CNY COP CRC CUP ' +
  'CVE CZK DKK DOP DZD EGP ERN ETB EUR FJD FKP GBP GEL GHS GIP GMD GTQ GYD HKD HNL HTG HUF IDR ILS INR IRR JMD KES ' +
  'KGS KHR KPW KYD KZT LAK LBP LKR LRD LSL MAD MDL MGA MKD MMK MNT MOP MRU MUR MVR MWK MXN MYR MZN NAD NGN NIO NOK ' +
  'NPR NZD PAB PEN PGK PHP PKR PLN QAR RON RSD RUB SAR SBD SCR SDG SEK SGD SHP SLE SOS SRD SSP STN SVC SYP SZL THB ' +
  'TJS TMT TOP TRY TTD TWD TZS UAH USD UYU UZS VED VES WST XCD XCG YER ZAR ZMW ZWG';

/** Tokens per chain with the decimals of their contracts. */
const TOKEN_DECIMALS: Readonly<Record<string, number>> = {
  BTC: 8,
  'ETH.ERC20': 18,
  'BNB.BEP20': 18,
  'USDT.TRC20': 6,
  'USDT.ERC20': 6,
  'USDT.BEP20': 18,
  'USDC.ERC20': 6,
  'USDC.BEP20': 18,
};

const EXPONENTS: ReadonlyMap<string, number> = new Map<string, number>([
  ...ISO_TWO_DECIMALS.split(' ').map((code): [string, number] => [code, 2]),
  ...Object.entries(ISO_EXPONENTS).flatMap(([exponent, codes]) =>
    codes.split(' ').map((code): [string, number] => [code, Number(exponent)]),
  ),
  ...Object.entries(TOKEN_DECIMALS),
]);

export function isCurrencyCode(text: string): text is CurrencyCode {
  return EXPONENTS.has(text);
}

/** Throws a `RangeError` that names the remedy, and never quotes the text, when the code isn't known. */
export function currencyCode(text: string): CurrencyCode {
  if (isCurrencyCode(text)) return text;
  const chains = [...EXPONENTS.keys()].filter((known) => known.startsWith(`${text}.`));
  const remedy =
    chains.length > 0
      ? `a token needs its chain: ${chains.join(', ')}`
      : 'use an upper-case ISO 4217 code or a token with its chain, such as USDT.TRC20';
  throw new RangeError(`unknown currency: ${remedy}`);
}

/** Decimals of the smallest unit. */
export function exponentOf(currency: CurrencyCode): number {
  const exponent = EXPONENTS.get(currency);
  if (exponent === undefined) throw new RangeError(`unknown currency ${currency}`);
  return exponent;
}

export function allCurrencies(): readonly CurrencyCode[] {
  return [...EXPONENTS.keys()] as CurrencyCode[];
}
