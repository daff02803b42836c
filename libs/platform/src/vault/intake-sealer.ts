import { createSecretKey, hkdfSync, type KeyObject } from 'node:crypto';
import type { Ids } from '../ids/ids.js';
import { bind, decrypt, encrypt, IV_BYTES, TAG_BYTES } from './aead.js';
import { SealBrokenError, WrongKeyError } from './errors.js';
import type { MasterKey } from './master-key.js';

const VERSION = 1;
const KEY_ID_BYTES = 4;
const SALT_BYTES = 16;
const SALT_AT = 1 + KEY_ID_BYTES;
const IV_AT = SALT_AT + SALT_BYTES;
const CIPHERTEXT_AT = IV_AT + IV_BYTES;

/**
 * Seals bytes whose payee isn't known (yet): the message log, parked and held messages, unmatched callbacks.
 * A sealed message is: version (1 byte, 1), master key id (4), salt (16), iv (12), ciphertext, tag (16).
 * Each message has a key of its own, derived with the salt: under one single key random ivs are safe for 2^32 messages
 * only, which a busy message log reaches.
 */
export class IntakeSealer {
  readonly #key: KeyObject;
  readonly #keyId: Buffer;
  readonly #ids: Ids;
  readonly #boundTo: Buffer;

  constructor(master: MasterKey, ids: Ids) {
    this.#key = master.keyFor('intake-seal');
    this.#keyId = Buffer.from(master.id, 'hex');
    this.#ids = ids;
    this.#boundTo = bind(`intake/${String(VERSION)}`, master.id);
  }

  seal(plain: Uint8Array): Uint8Array {
    const salt = this.#ids.bytes(SALT_BYTES);
    const iv = this.#ids.bytes(IV_BYTES);
    const ciphertext = encrypt(this.#messageKey(salt), iv, plain, this.#boundTo);
    return Buffer.concat([Buffer.of(VERSION), this.#keyId, salt, iv, ciphertext]);
  }

  /** Throws `WrongKeyError` (another master key) or `SealBrokenError`. */
  open(sealed: Uint8Array): Uint8Array {
    if (sealed.length < CIPHERTEXT_AT + TAG_BYTES || sealed[0] !== VERSION) throw broken();
    const keyId = Buffer.from(sealed.subarray(1, SALT_AT));
    if (!keyId.equals(this.#keyId)) {
      throw new WrongKeyError(
        `these bytes were sealed under master key ${keyId.toString('hex')}, this is ${this.#keyId.toString('hex')}: use that one`,
      );
    }
    const plain = decrypt(
      this.#messageKey(sealed.subarray(SALT_AT, IV_AT)),
      sealed.subarray(IV_AT, CIPHERTEXT_AT),
      sealed.subarray(CIPHERTEXT_AT),
      this.#boundTo,
    );
    if (plain === undefined) throw broken();
    return plain;
  }

  #messageKey(salt: Uint8Array): KeyObject {
    return createSecretKey(Buffer.from(hkdfSync('sha256', this.#key, salt, 'vault/1/intake-message', 32)));
  }
}

function broken(): SealBrokenError {
  return new SealBrokenError('these bytes are no sealed message, or were changed after they were sealed');
}
