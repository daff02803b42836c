import { randomBytes, randomInt, randomUUID } from 'node:crypto';
import { Ids } from './ids.js';

const ALPHABET = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789';

/** The operating system's random source. */
export class SystemIds extends Ids {
  uuid(): string {
    return randomUUID();
  }

  token(length: number): string {
    return Array.from({ length }, () => ALPHABET.charAt(randomInt(ALPHABET.length))).join('');
  }

  bytes(length: number): Buffer {
    return randomBytes(length);
  }
}
