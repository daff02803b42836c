import { isLosslessNumber, LosslessNumber, parse, stringify } from 'lossless-json';
import { UnusableMessageError } from './unusable-message-error.js';

/** JSON whose numbers are still the text that was sent: `60000.00` is not `60000`, and an int64 stays whole. */
export type WireValue = string | boolean | null | LosslessNumber | readonly WireValue[] | WireObject;
export interface WireObject {
  readonly [name: string]: WireValue;
}

export type JsonReading =
  { readonly ok: true; readonly value: WireValue } | { readonly ok: false; readonly reason: string };

/**
 * Reads a vendor's JSON strictly. Refused, since two readers could understand it differently: bytes that aren't UTF-8,
 * a byte order mark, a name that comes twice, `__proto__`, half a surrogate pair, anything after the value.
 */
export function readJson(bytes: Uint8Array): JsonReading {
  let text: string;
  try {
    text = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch {
    return { ok: false, reason: 'the body is not UTF-8' };
  }
  if (text.startsWith('\ufeff')) return { ok: false, reason: 'the body begins with a byte order mark' };
  if (text.trim() === '') return { ok: false, reason: 'the body is empty' };
  try {
    const value = parse(text) as WireValue;
    const seen = inspect(value);
    if (seen.problem !== undefined) return { ok: false, reason: seen.problem };
    // The parser lets a repeated name pass when both values are equal. What is in the text and not in the tree was repeated.
    if (seen.names !== namesIn(text)) return { ok: false, reason: 'the JSON has a name twice' };
    return { ok: true, value };
  } catch {
    // The parser's message quotes the body, which may hold personal data. Too deep a nesting ends here as well.
    return { ok: false, reason: 'the body is not JSON' };
  }
}

/** Exact JSON text: a `LosslessNumber` is written as the digits that it holds. `undefined` members are left out. */
export function writeJson(value: Readonly<Record<string, unknown>>): string {
  const text = stringify(value);
  if (text === undefined) throw new RangeError('not a JSON object');
  return text;
}

/** A JSON number with exactly this text. */
export function jsonNumber(text: string): LosslessNumber {
  return new LosslessNumber(text);
}

export function isObject(value: WireValue | undefined): value is WireObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value) && !isLosslessNumber(value);
}

/** A member of the object itself: `constructor` and the like are not there. */
export function member(object: WireObject, name: string): WireValue | undefined {
  return Object.hasOwn(object, name) ? object[name] : undefined;
}

/** The text of a string or number: vendors waver between the two. Absent, null, empty and any other type: `undefined`. */
export function textMember(object: WireObject, name: string): string | undefined {
  const value = member(object, name);
  const text = isLosslessNumber(value) ? value.value : value;
  return typeof text === 'string' && text !== '' ? text : undefined;
}

/** Throws an `UnusableMessageError` when the member isn't an object. */
export function objectMember(object: WireObject, name: string): WireObject {
  const value = member(object, name);
  if (!isObject(value)) throw new UnusableMessageError(`${name} is not an object`);
  return value;
}

/** Throws an `UnusableMessageError` when the member is absent, empty or neither text nor number. */
export function requiredText(object: WireObject, name: string): string {
  const text = textMember(object, name);
  if (text === undefined) throw new UnusableMessageError(`${name} is missing`);
  return text;
}

/** The object at the top of what was read; throws an `UnusableMessageError` when there is none. */
export function topObject(reading: JsonReading): WireObject {
  if (!reading.ok) throw new UnusableMessageError(reading.reason);
  if (!isObject(reading.value)) throw new UnusableMessageError('the JSON is not an object');
  return reading.value;
}

interface Inspection {
  readonly names: number;
  readonly problem?: string;
}

function inspect(value: WireValue): Inspection {
  if (typeof value === 'string' && !value.isWellFormed()) {
    return { names: 0, problem: 'the JSON has half a surrogate pair' };
  }
  if (typeof value !== 'object' || value === null || isLosslessNumber(value)) return { names: 0 };
  const own = Array.isArray(value) ? [] : Object.keys(value);
  if (own.includes('__proto__')) return { names: 0, problem: 'the JSON has the name __proto__' };
  let names = own.length;
  for (const child of Object.values(value) as readonly WireValue[]) {
    const inner = inspect(child);
    if (inner.problem !== undefined) return inner;
    names += inner.names;
  }
  return { names };
}

/** How many members the text of valid JSON names: its strings that a colon follows. */
function namesIn(text: string): number {
  let names = 0;
  for (const [, colon] of text.matchAll(/"(?:[^"\\]|\\.)*"[ \t\r\n]*(:?)/g)) if (colon === ':') names += 1;
  return names;
}
