import { createHash } from 'node:crypto';
import { sameHexDigest } from '../wire/constant-time.js';
import type { CashyConfig } from './settings.js';

/** MD5 over the exact body with the key right behind it; requests and callbacks alike. The vendor offers nothing else. */
export function sign(body: string | Uint8Array, config: Pick<CashyConfig, 'apiKey' | 'signCase'>): string {
  const digest = createHash('md5').update(body).update(config.apiKey, 'utf8').digest('hex');
  return config.signCase === 'upper' ? digest.toUpperCase() : digest;
}

export function callbackSignatureHolds(
  given: string,
  body: Uint8Array,
  config: Pick<CashyConfig, 'apiKey' | 'signCase'>,
): boolean {
  return sameHexDigest(given, sign(body, config));
}
