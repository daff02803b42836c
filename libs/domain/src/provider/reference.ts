import { payoutId, type PayoutId, type ProviderReference } from '../ids.js';

/** What a reference says when it is read back. `attempt` counts from 1. */
export interface Attempt {
  readonly payoutId: PayoutId;
  readonly attempt: number;
}

export const MAX_ATTEMPT = 36 * 36 - 1;
/** Either case, ASCII only: lower-casing first would let the Kelvin sign pass for a `k`. */
const PATTERN = /^p([0-9a-z]{25})([0-9a-z]{2})$/i;
const MAX_UUID = (1n << 128n) - 1n;

/**
 * Our reference of one attempt: `p`, the payout's id in base 36 (25 digits) and the attempt (2 digits). 28 lower-case
 * letters and digits, so that it fits every provider's order-number field and survives a change of case.
 */
export function referenceOf({ payoutId: id, attempt }: Attempt): ProviderReference {
  if (!Number.isInteger(attempt) || attempt < 1 || attempt > MAX_ATTEMPT) {
    throw new RangeError(`attempt ${attempt} is outside 1 to ${MAX_ATTEMPT}`);
  }
  const number = BigInt(`0x${id.replaceAll('-', '')}`);
  return `p${number.toString(36).padStart(25, '0')}${attempt.toString(36).padStart(2, '0')}` as ProviderReference;
}

/** Reads a reference back, whatever its case; `undefined` when it is none of ours. */
export function readReference(text: string): Attempt | undefined {
  const match = PATTERN.exec(text);
  if (match === null) return undefined;
  const [, digits = '', attemptDigits = ''] = match.map((part) => part.toLowerCase());
  const number = Array.from(digits).reduce((sum, digit) => sum * 36n + BigInt(parseInt(digit, 36)), 0n);
  const attempt = parseInt(attemptDigits, 36);
  if (number > MAX_UUID || attempt < 1) return undefined;
  const hex = number.toString(16).padStart(32, '0');
  const uuid = [hex.slice(0, 8), hex.slice(8, 12), hex.slice(12, 16), hex.slice(16, 20), hex.slice(20)].join(
    '-',
  );
  return { payoutId: payoutId(uuid), attempt };
}
