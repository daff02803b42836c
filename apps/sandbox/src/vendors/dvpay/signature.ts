import { createHmac } from 'node:crypto';

/** v1.4 request signature: hex HMAC-SHA256 over the raw body directly followed by the text of X-Timestamp. */
export function requestSignature(rawBody: Buffer, timestamp: string, apiSecret: string): string {
  return createHmac('sha256', apiSecret).update(rawBody).update(timestamp).digest('hex');
}

/** X-DVPay-Signature: HMAC-SHA256 over the raw body. [A] Hex in lower case: the release note names no encoding. */
export function webhookSignature(rawBody: string, webhookSecret: string): string {
  return createHmac('sha256', webhookSecret).update(rawBody).digest('hex');
}
