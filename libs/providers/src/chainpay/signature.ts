import { sign as signBytes, verify as verifyBytes, type KeyObject } from 'node:crypto';
import { isLosslessNumber } from 'lossless-json';
import { isObject, writeJson, type WireObject, type WireValue } from '../wire/lossless-json.js';

/**
 * The signed text: `k=v&…` of everything but `sign`, in ASCII order of the names, values as they are. Nested objects
 * count as compact JSON with their names in the same order. Empty texts and null are left out unless told otherwise.
 * `undefined` when a value is of a kind that has no rule.
 */
export function preSignString(parameters: WireObject, dropEmpty = true): string | undefined {
  const pairs: string[] = [];
  for (const name of Object.keys(parameters).sort()) {
    const value = parameters[name];
    if (name === 'sign' || value === undefined) continue;
    const text = textOf(value);
    if (text === undefined) return undefined;
    if (text !== '' || !dropEmpty) pairs.push(`${name}=${text}`);
  }
  return pairs.join('&');
}

/** Base64 of SHA256withRSA (PKCS#1 v1.5). */
export function sign(text: string, privateKey: KeyObject): string {
  return signBytes('sha256', Buffer.from(text, 'utf8'), privateKey).toString('base64');
}

/** Whether a message's `sign` holds, written in the one canonical Base64 of its bytes. Never throws. */
export function messageSignatureHolds(
  message: WireObject,
  publicKey: KeyObject,
  dropEmpty: boolean,
): boolean {
  const given = message['sign'];
  const text = preSignString(message, dropEmpty);
  if (typeof given !== 'string' || text === undefined) return false;
  const signature = Buffer.from(given, 'base64');
  if (signature.toString('base64') !== given) return false;
  return verifyBytes('sha256', Buffer.from(text, 'utf8'), publicKey, signature);
}

function textOf(value: WireValue): string | undefined {
  if (value === null) return '';
  if (isLosslessNumber(value)) return value.value;
  if (isObject(value)) return writeJson(sorted(value));
  if (typeof value === 'object') return undefined;
  return String(value);
}

function sorted(object: WireObject): WireObject {
  const names = Object.keys(object).sort();
  return Object.fromEntries(
    names.map((name): [string, WireValue] => {
      const value = object[name] ?? null;
      return [name, isObject(value) ? sorted(value) : value];
    }),
  );
}
