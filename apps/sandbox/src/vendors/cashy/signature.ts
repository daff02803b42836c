import { createHash } from 'node:crypto';

/** MD5 over the raw body directly followed by the API key; upper-case hex, as in all the vendor's samples. */
export function sign(rawBody: Buffer | string, apiKey: string): string {
  return createHash('md5').update(rawBody).update(apiKey).digest('hex').toUpperCase();
}
