import { createHmac } from 'node:crypto';
import { sameHexDigest } from '../wire/constant-time.js';

/** v1.4: hex HMAC-SHA256 over the exact body and the timestamp right behind it. `timestamp` is the header's text. */
export function signRequest(body: string, timestamp: string, apiSecret: string): string {
  return createHmac('sha256', apiSecret)
    .update(body + timestamp, 'utf8')
    .digest('hex');
}

/** Callbacks: hex HMAC-SHA256 over the raw bytes. */
export function signCallback(body: Uint8Array, webhookSecret: string): string {
  return createHmac('sha256', webhookSecret).update(body).digest('hex');
}

/** The page doesn't say how the digest is written: hexadecimal in either case, with or without `sha256=` before it. */
export function callbackSignatureHolds(given: string, body: Uint8Array, webhookSecret: string): boolean {
  return sameHexDigest(given.replace(/^sha256=/, ''), signCallback(body, webhookSecret));
}
