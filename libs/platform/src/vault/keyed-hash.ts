import { createHmac, timingSafeEqual } from 'node:crypto';
import { utf8 } from './aead.js';
import type { HashPurpose, MasterKey } from './master-key.js';

/**
 * Hashes of personal or guessable data: whoever has not the master key can't try out guesses. The same data gives the
 * same hash for one purpose, and an unrelated one for another.
 */
export class KeyedHash {
  readonly #master: MasterKey;

  constructor(master: MasterKey) {
    this.#master = master;
  }

  /** HMAC-SHA256, 64 hexadecimal digits in lower case. Text counts as its UTF-8 bytes. */
  hex(purpose: HashPurpose, data: string | Uint8Array): string {
    const bytes = typeof data === 'string' ? utf8(data) : data;
    return createHmac('sha256', this.#master.keyFor(purpose)).update(bytes).digest('hex');
  }
}

/** Whether two MACs are the same, in a time that doesn't tell where they differ. Unequal lengths are simply unequal. */
export function constantTimeEqual(a: string | Uint8Array, b: string | Uint8Array): boolean {
  const left = typeof a === 'string' ? Buffer.from(a, 'utf8') : a;
  const right = typeof b === 'string' ? Buffer.from(b, 'utf8') : b;
  return left.length === right.length && timingSafeEqual(left, right);
}
