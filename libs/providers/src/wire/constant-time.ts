import { timingSafeEqual } from 'node:crypto';

/** Compares two texts in a time that tells nothing but their lengths. Never throws. */
export function sameText(given: string, expected: string): boolean {
  const a = Buffer.from(given, 'utf8');
  const b = Buffer.from(expected, 'utf8');
  return a.length === b.length && timingSafeEqual(a, b);
}

/** Compares a hexadecimal digest, in either case, with ours. Anything that isn't as many hexadecimal digits is wrong. */
export function sameHexDigest(given: string, expected: string): boolean {
  return /^[0-9a-fA-F]+$/.test(given) && sameText(given.toLowerCase(), expected.toLowerCase());
}
