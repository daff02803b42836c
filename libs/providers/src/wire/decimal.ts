import { exponentOf, type CurrencyCode } from '#domain/money/currency';
import { formatMoney, MAX_MINOR, type Money } from '#domain/money/money';
import { textMember, type WireObject } from './lossless-json.js';
import { UnusableMessageError } from './unusable-message-error.js';

/** ASCII digits with at most one point; bounded, so that nobody makes us compute with a megabyte of digits. */
const DECIMAL = /^(0|[1-9][0-9]{0,40})(?:\.([0-9]{1,40}))?$/;

/**
 * A vendor's decimal text by its value: `60000.00`, `60000` and `5150.0000` are all fine. A digit that isn't zero below
 * the currency's smallest unit makes the message unusable, as do signs, exponents and anything else: money is not rounded.
 * Throws an `UnusableMessageError` that names `field`.
 */
export function readDecimal(text: string, currency: CurrencyCode, field: string): Money {
  const match = DECIMAL.exec(text);
  if (match === null) throw new UnusableMessageError(`${field} is not a decimal amount`);
  const [, whole = '0', fraction = ''] = match;
  const exponent = exponentOf(currency);
  if (/[1-9]/.test(fraction.slice(exponent))) {
    throw new UnusableMessageError(`${field} has more decimals than ${currency}`);
  }
  const minor = BigInt(whole + fraction.slice(0, exponent).padEnd(exponent, '0'));
  if (minor > MAX_MINOR) throw new UnusableMessageError(`${field} is too large`);
  return { minor, currency };
}

/** The amount in a member, when it is there; throws as `readDecimal` does. */
export function amountMember(object: WireObject, name: string, currency: CurrencyCode): Money | undefined {
  const text = textMember(object, name);
  return text === undefined ? undefined : readDecimal(text, currency, name);
}

/** Whole minor units in a member, when it is there: `100000` is 1,000.00 USD. Throws an `UnusableMessageError`. */
export function minorUnitsMember(
  object: WireObject,
  name: string,
  currency: CurrencyCode,
): Money | undefined {
  const text = textMember(object, name);
  if (text === undefined) return undefined;
  if (!/^(0|[1-9][0-9]{0,30})$/.test(text)) throw new UnusableMessageError(`${name} is not a whole number`);
  return { minor: BigInt(text), currency };
}

/**
 * The amount with exactly so many decimals: `50000.00`, or `400` with none. Throws a `RangeError` when it can't be
 * written without rounding; `problems` says so first.
 */
export function writeDecimal(amount: Money, decimals: number): string {
  const [whole = '0', fraction = ''] = formatMoney(amount).split('.');
  if (/[1-9]/.test(fraction.slice(decimals))) {
    throw new RangeError(`${formatMoney(amount)} ${amount.currency} has more than ${decimals} decimals`);
  }
  return decimals === 0 ? whole : `${whole}.${fraction.slice(0, decimals).padEnd(decimals, '0')}`;
}

/** The amount without zeros at the end: `1.5`, `20`. */
export function writeShortest(amount: Money): string {
  const text = formatMoney(amount);
  return text.includes('.') ? text.replace(/\.?0+$/, '') : text;
}

/** Whether the amount can be written with so many decimals. */
export function fitsDecimals(amount: Money, decimals: number): boolean {
  const excess = exponentOf(amount.currency) - decimals;
  return excess <= 0 || amount.minor % 10n ** BigInt(excess) === 0n;
}
