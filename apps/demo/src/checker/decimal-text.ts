import type { Amount } from './stored-event.js';

/** A decimal as `units` divided by 10^`scale`. */
export interface Decimal {
  readonly units: bigint;
  readonly scale: number;
}

export const NOTHING: Decimal = { units: 0n, scale: 0 };

/** Reads `-12.50`. Throws on anything that isn't a plain decimal. */
export function decimal(text: string): Decimal {
  const match = /^(-?)(\d+)(?:\.(\d+))?$/.exec(text);
  if (match === null) throw new Error(`not a decimal: ${JSON.stringify(text)}`);
  const [, sign = '', whole = '', fraction = ''] = match;
  const units = BigInt(whole + fraction);
  return { units: sign === '' ? units : -units, scale: fraction.length };
}

export function decimalOf({ minor, exponent }: Amount): Decimal {
  return { units: minor, scale: exponent };
}

export function plus(a: Decimal, b: Decimal): Decimal {
  const scale = Math.max(a.scale, b.scale);
  return { units: at(a, scale) + at(b, scale), scale };
}

export function minus(a: Decimal, b: Decimal): Decimal {
  return plus(a, { units: -b.units, scale: b.scale });
}

export function equal(a: Decimal, b: Decimal): boolean {
  return minus(a, b).units === 0n;
}

/** Plain decimal text with all digits of the scale. */
export function print({ units, scale }: Decimal): string {
  const digits = (units < 0n ? -units : units).toString().padStart(scale + 1, '0');
  const sign = units < 0n ? '-' : '';
  return scale === 0 ? sign + digits : `${sign}${digits.slice(0, -scale)}.${digits.slice(-scale)}`;
}

function at({ units, scale }: Decimal, wanted: number): bigint {
  return units * 10n ** BigInt(wanted - scale);
}
