import { createSecretKey, hkdfSync, type KeyObject } from 'node:crypto';
import type { Ids } from '../ids/ids.js';

/** What a key is derived for. Keys of different purposes tell nothing about each other. Names are fixed for ever. */
export const HASH_PURPOSES = [
  'command-fingerprint',
  'payee-id',
  'evidence-hash',
  'provider-reference',
  'business-fields',
] as const;
export const SEAL_PURPOSES = ['payee-key-wrapping', 'intake-seal'] as const;

export type HashPurpose = (typeof HASH_PURPOSES)[number];
export type SealPurpose = (typeof SEAL_PURPOSES)[number];
export type KeyPurpose = HashPurpose | SealPurpose;

const KEY_BYTES = 32;
const BASE64 = /^[A-Za-z0-9+/]{43}=$/;
const HEX = /^(?:[0-9a-f]{64}|[0-9A-F]{64})$/;
/**
 * Of 32 random bytes about 30 are different; fewer than 16 happens once in 10^10 keys. The same holds for the steps
 * between them, which are few in a counter.
 */
const FEWEST_DIFFERENT = 16;

/** The master key can't be used. The message says why and how to make one; it never shows the key. */
export class UnusableMasterKeyError extends Error {
  override readonly name = 'UnusableMasterKeyError';

  constructor(why: string) {
    super(`the master key ${why}; make one with: openssl rand -base64 32`);
  }
}

/** The root of all keys: 32 random bytes that lie in no file of the service. It can't be printed. */
export class MasterKey {
  /** 8 hexadecimal digits that tell master keys apart; kept in whatever is sealed right under this one. */
  readonly id: string;
  /** 32 hexadecimal digits that only this master key gives: kept in the key file to recognise it at the next start. */
  readonly checkValue: string;
  readonly #key: KeyObject;
  readonly #derived = new Map<KeyPurpose, KeyObject>();

  private constructor(bytes: Buffer) {
    this.#key = createSecretKey(bytes);
    this.id = this.#derive('key-id', 4).toString('hex');
    this.checkValue = this.#derive('check-value', 16).toString('hex');
  }

  /** Reads base64 (44 characters) or hexadecimal (64 digits) of exactly 32 bytes. Throws `UnusableMasterKeyError`. */
  static parse(text: string | undefined): MasterKey {
    const trimmed = text?.trim() ?? '';
    if (trimmed === '') throw new UnusableMasterKeyError('is missing');
    const bytes = decode(trimmed);
    const weakness = weaknessOf(bytes);
    if (weakness !== undefined) throw new UnusableMasterKeyError(`is weak: ${weakness}`);
    return new MasterKey(bytes);
  }

  /** A new one in base64, for a demo or a test; whoever makes it has to keep it. */
  static generate(ids: Ids): string {
    return ids.bytes(KEY_BYTES).toString('base64');
  }

  /** The key for one purpose: HKDF-SHA256 (RFC 5869) without salt, the purpose in `info`. */
  keyFor(purpose: KeyPurpose): KeyObject {
    let key = this.#derived.get(purpose);
    if (key === undefined) {
      key = createSecretKey(this.#derive(purpose, KEY_BYTES));
      this.#derived.set(purpose, key);
    }
    return key;
  }

  #derive(info: string, length: number): Buffer {
    return Buffer.from(hkdfSync('sha256', this.#key, '', `vault/1/${info}`, length));
  }
}

function decode(text: string): Buffer {
  if (HEX.test(text)) return Buffer.from(text, 'hex');
  if (BASE64.test(text)) {
    const bytes = Buffer.from(text, 'base64');
    // Node's decoder ignores what it doesn't like: only a text that comes back unchanged was read whole.
    if (bytes.length === KEY_BYTES && bytes.toString('base64') === text) return bytes;
  }
  throw new UnusableMasterKeyError('is not 32 bytes in base64 (44 characters) or hexadecimal (64 digits)');
}

function weaknessOf(bytes: Buffer): string | undefined {
  const values = [...bytes];
  const steps = values.slice(1).map((value, index) => (value - (values[index] ?? 0)) & 0xff);
  if (new Set(values).size === 1) return 'all its bytes are the same';
  if (new Set(values).size < FEWEST_DIFFERENT) return 'too few of its bytes are different';
  if (new Set(steps).size < FEWEST_DIFFERENT) return 'its bytes follow a pattern';
  if (bytes.subarray(0, KEY_BYTES / 2).equals(bytes.subarray(KEY_BYTES / 2)))
    return 'its halves are the same';
  if (values.every((value) => value >= 0x20 && value <= 0x7e)) return 'it is written text, not random bytes';
  return undefined;
}
