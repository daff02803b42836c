import { randomInt } from 'node:crypto';

/** A 19-digit number of the kind that vendors count in nanoseconds; unique in practice, and the book refuses twins. */
export function longNumber(now: number): string {
  return `${now}${digits(6)}`;
}

export function digits(count: number): string {
  return Array.from({ length: count }, () => randomInt(10)).join('');
}
