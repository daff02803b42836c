import { createSign, createVerify } from 'node:crypto';
import { isExactObject, numberText, writeExact, type ExactObject } from '../../exact-json.js';

/**
 * The string that is signed: top-level names without `sign` in ASCII order, `name=value` joined with `&`, values raw;
 * nested objects as compact JSON with sorted names; empty texts dropped.
 *
 * @param emptyObject what becomes of `extra: {}`: the vendor's sample sends it, no page says how it is signed.
 */
export function preSignString(fields: ExactObject, emptyObject: 'kept' | 'dropped'): string {
  const pairs: string[] = [];
  for (const name of Object.keys(fields).sort()) {
    if (name === 'sign') continue;
    const text = valueText(fields[name]);
    if (text === '' || (text === '{}' && emptyObject === 'dropped')) continue;
    pairs.push(`${name}=${text}`);
  }
  return pairs.join('&');
}

/** Base64 of RSA-SHA256 (PKCS#1 v1.5). */
export function sign(fields: ExactObject, privateKeyPem: string): string {
  return createSign('RSA-SHA256').update(preSignString(fields, 'kept')).sign(privateKeyPem, 'base64');
}

/** Either reading of an empty `extra` verifies: the vendor leaves it open. */
export function verified(fields: ExactObject, signature: string, publicKeyPem: string): boolean {
  if (!/^[0-9A-Za-z+/]+={0,2}$/.test(signature)) return false;
  return (['kept', 'dropped'] as const).some((emptyObject) =>
    createVerify('RSA-SHA256')
      .update(preSignString(fields, emptyObject))
      .verify(publicKeyPem, signature, 'base64'),
  );
}

function valueText(value: unknown): string {
  if (value === undefined || value === null) return '';
  if (typeof value === 'string') return value;
  return numberText(value) ?? writeExact(sorted(value));
}

function sorted(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(sorted);
  if (!isExactObject(value)) return value;
  return Object.fromEntries(
    Object.keys(value)
      .sort()
      .map((name) => [name, sorted(value[name])]),
  );
}
