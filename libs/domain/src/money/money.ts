import { exponentOf, type CurrencyCode } from './currency.js';

/** An exact amount: whole minor units of one currency. Never a `number`. */
export interface Money {
  readonly minor: bigint;
  readonly currency: CurrencyCode;
}

/** The largest amount that is accepted, in minor units: 10^30. */
export const MAX_MINOR = 10n ** 30n;

export type AmountProblem = 'not-a-decimal' | 'too-precise' | 'too-large' | 'not-positive';

/** It never quotes the text: whoever mixes up fields may have written anything there, and messages are kept. */
export class InvalidAmountError extends Error {
  override readonly name = 'InvalidAmountError';
  constructor(
    readonly problem: AmountProblem,
    message: string,
  ) {
    super(message);
  }
}

/** ASCII digits with at most one point; no sign, exponent, separator, leading zeros or other digits. */
const DECIMAL = /^(0|[1-9][0-9]*)(?:\.([0-9]+))?$/;

/**
 * Reads a decimal amount exactly, zero included. `"12.5"` USD is 1250 minor units; `"12.505"` USD is refused, even with
 * a zero at the end (`"12.500"`): more decimals than the currency has are a mistake of the sender's table.
 * Throws `InvalidAmountError`.
 */
export function parseMoney(text: string, currency: CurrencyCode): Money {
  // Checked first, so that nobody makes us parse a megabyte of digits.
  if (text.length > 60)
    throw new InvalidAmountError('too-large', 'the amount is too long: at most 10^30 minor units');
  const match = DECIMAL.exec(text);
  if (match === null) {
    throw new InvalidAmountError(
      'not-a-decimal',
      'not an amount: write digits with an optional point, such as "12.50"',
    );
  }
  const [, whole = '0', fraction = ''] = match;
  const exponent = exponentOf(currency);
  if (fraction.length > exponent) {
    throw new InvalidAmountError('too-precise', `${currency} has ${exponent} decimals, the amount has more`);
  }
  const minor = BigInt(whole + fraction.padEnd(exponent, '0'));
  if (minor > MAX_MINOR) throw new InvalidAmountError('too-large', 'the amount is over 10^30 minor units');
  return { minor, currency };
}

/** The same as `parseMoney`, and refuses zero. */
export function parsePositiveMoney(text: string, currency: CurrencyCode): Money {
  const amount = parseMoney(text, currency);
  if (amount.minor === 0n)
    throw new InvalidAmountError('not-positive', 'the amount must be greater than zero');
  return amount;
}

/** Exact decimal text with all decimals of the currency: `"12.50"`. A negative balance has a minus sign. */
export function formatMoney(amount: Money): string {
  const exponent = exponentOf(amount.currency);
  const negative = amount.minor < 0n;
  const digits = (negative ? -amount.minor : amount.minor).toString().padStart(exponent + 1, '0');
  const sign = negative ? '-' : '';
  if (exponent === 0) return sign + digits;
  return `${sign}${digits.slice(0, -exponent)}.${digits.slice(-exponent)}`;
}

export function money(minor: bigint, currency: CurrencyCode): Money {
  return { minor, currency };
}

export function zero(currency: CurrencyCode): Money {
  return { minor: 0n, currency };
}

/** Throws a `RangeError` when the currencies differ: that is a defect, not an input. */
export function add(a: Money, b: Money): Money {
  return { minor: a.minor + sameCurrency(a, b).minor, currency: a.currency };
}

/** May be negative. Throws a `RangeError` when the currencies differ. */
export function subtract(a: Money, b: Money): Money {
  return { minor: a.minor - sameCurrency(a, b).minor, currency: a.currency };
}

/** Negative, zero or positive, as for sorting. Throws a `RangeError` when the currencies differ. */
export function compareMoney(a: Money, b: Money): number {
  const difference = a.minor - sameCurrency(a, b).minor;
  return difference < 0n ? -1 : difference > 0n ? 1 : 0;
}

export function sameMoney(a: Money, b: Money): boolean {
  return a.currency === b.currency && a.minor === b.minor;
}

function sameCurrency(a: Money, b: Money): Money {
  if (a.currency !== b.currency) throw new RangeError(`${a.currency} and ${b.currency} don't mix`);
  return b;
}
