import { LosslessNumber, isLosslessNumber, parse, stringify } from 'lossless-json';

export type ExactObject = Readonly<Record<string, unknown>>;

/**
 * Reads a JSON object and keeps every number's own text (`60000.00` stays that). Null when the bytes are not UTF-8,
 * not JSON or not an object.
 */
export function readExactObject(raw: Buffer): ExactObject | null {
  try {
    const value: unknown = parse(new TextDecoder('utf-8', { fatal: true }).decode(raw));
    return isExactObject(value) ? value : null;
  } catch {
    return null;
  }
}

export function isExactObject(value: unknown): value is ExactObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value) && !isLosslessNumber(value);
}

/** The number's text as it stood in the JSON, or null when the value is no number. */
export function numberText(value: unknown): string | null {
  return isLosslessNumber(value) ? value.value : null;
}

/** A number that is written into JSON exactly as this text says. */
export function exactNumber(text: string): LosslessNumber {
  return new LosslessNumber(text);
}

/** Compact JSON; exact numbers keep their text. */
export function writeExact(value: unknown): string {
  const text = stringify(value);
  if (text === undefined) throw new Error('there is no JSON for this value');
  return text;
}
