/** Median and range of a few repeats. */
export interface Spread {
  readonly median: number;
  readonly min: number;
  readonly max: number;
}

export interface Latency {
  readonly p50: number;
  readonly p99: number;
}

export function spreadOf(values: readonly number[]): Spread {
  const sorted = values.toSorted((a, b) => a - b);
  const low = sorted[Math.floor((sorted.length - 1) / 2)];
  const high = sorted[Math.ceil((sorted.length - 1) / 2)];
  const [min] = sorted;
  const max = sorted.at(-1);
  if (low === undefined || high === undefined || min === undefined || max === undefined)
    throw new RangeError('nothing was measured');
  return { median: rounded((low + high) / 2), min: rounded(min), max: rounded(max) };
}

/** Nearest rank. Throws a `RangeError` when there is no value. */
export function latencyOf(milliseconds: readonly number[]): Latency {
  const sorted = milliseconds.toSorted((a, b) => a - b);
  const at = (share: number): number => {
    const value = sorted[Math.max(0, Math.ceil(sorted.length * share) - 1)];
    if (value === undefined) throw new RangeError('no latency was measured');
    return rounded(value);
  };
  return { p50: at(0.5), p99: at(0.99) };
}

/** Four significant digits: more would only look exact. */
export function rounded(value: number): number {
  return Number(value.toPrecision(4));
}
