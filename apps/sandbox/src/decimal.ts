/** A plain decimal: `units` divided by 10^`scale`. */
export interface Decimal {
  readonly units: bigint;
  readonly scale: number;
}

/** Reads `12`, `12.50`; null for signs, exponents, separators, leading or trailing dots. */
export function readDecimal(text: string): Decimal | null {
  const match = /^(\d{1,40})(?:\.(\d{1,40}))?$/.exec(text);
  if (match === null) return null;
  const [, whole = '', fraction = ''] = match;
  return { units: BigInt(whole + fraction), scale: fraction.length };
}

/** The decimal with exactly `scale` decimals, or null when that would lose a digit other than 0. */
export function toScale(decimal: Decimal, scale: number): string | null {
  const units = rescaled(decimal, scale);
  return units === null ? null : printed(units, scale);
}

/** Without trailing zeros after the point: `60000.00` → `60000`, `0.50` → `0.5`. */
export function shortest(decimal: Decimal): string {
  let { units, scale } = decimal;
  while (scale > 0 && units % 10n === 0n) {
    units /= 10n;
    scale -= 1;
  }
  return printed(units, scale);
}

export function compareDecimals(a: Decimal, b: Decimal): number {
  const scale = Math.max(a.scale, b.scale);
  const [left, right] = [a.units * 10n ** BigInt(scale - a.scale), b.units * 10n ** BigInt(scale - b.scale)];
  return left < right ? -1 : left > right ? 1 : 0;
}

/** Σ plus − Σ minus of decimal texts, as text with the largest number of decimals among them. */
export function balanceOf(plus: readonly string[], minus: readonly string[]): string {
  const decimals = (texts: readonly string[]) => texts.map(mustRead);
  const [added, taken] = [decimals(plus), decimals(minus)];
  const scale = Math.max(0, ...added.map((d) => d.scale), ...taken.map((d) => d.scale));
  const sum = (list: readonly Decimal[]) =>
    list.reduce((total, d) => total + d.units * 10n ** BigInt(scale - d.scale), 0n);
  return printed(sum(added) - sum(taken), scale);
}

export function mustRead(text: string): Decimal {
  const decimal = readDecimal(text);
  if (decimal === null) throw new Error(`not a decimal: ${text}`);
  return decimal;
}

function rescaled({ units, scale }: Decimal, wanted: number): bigint | null {
  if (wanted >= scale) return units * 10n ** BigInt(wanted - scale);
  const divisor = 10n ** BigInt(scale - wanted);
  return units % divisor === 0n ? units / divisor : null;
}

function printed(units: bigint, scale: number): string {
  const sign = units < 0n ? '-' : '';
  const digits = (units < 0n ? -units : units).toString().padStart(scale + 1, '0');
  return scale === 0 ? sign + digits : `${sign}${digits.slice(0, -scale)}.${digits.slice(-scale)}`;
}
