import { createSecretKey, hkdfSync, type KeyObject } from 'node:crypto';
import type { Ids } from '../ids/ids.js';
import { bind, decrypt, encrypt, IV_BYTES, TAG_BYTES } from './aead.js';
import { fromBase64url } from './base64url.js';
import { SealBrokenError, WrongKeyError } from './errors.js';
import type { MasterKey } from './master-key.js';

const DATA_KEY_BYTES = 32;
const ENVELOPE_BYTES = IV_BYTES + DATA_KEY_BYTES + TAG_BYTES;
const VERSION = 'k1';
const FORM = /^k1\.([0-9a-f]{8})\.([A-Za-z0-9_-]+)$/;

/** A payee's key, readable only with the master key: `k1.<master key id>.<base64url of iv, ciphertext and tag>`. */
export interface WrappedKey {
  readonly payeeId: string;
  readonly envelope: string;
}

/** A payee's key, ready to use. */
export interface DataKey {
  readonly key: KeyObject;
  /** 4 bytes that tell this key from a later one of the same payee. */
  readonly id: Buffer;
}

/** Makes payees' keys and wraps them under the master key. A wrapped key holds for its own payee only. */
export class KeyWrapper {
  readonly #masterKeyId: string;
  readonly #wrapping: KeyObject;
  readonly #ids: Ids;

  constructor(master: MasterKey, ids: Ids) {
    this.#masterKeyId = master.id;
    this.#wrapping = master.keyFor('payee-key-wrapping');
    this.#ids = ids;
  }

  /** A new random key. */
  create(payeeId: string): WrappedKey {
    const iv = this.#ids.bytes(IV_BYTES);
    const wrapped = encrypt(this.#wrapping, iv, this.#ids.bytes(DATA_KEY_BYTES), this.#boundTo(payeeId));
    const body = Buffer.concat([iv, wrapped]).toString('base64url');
    return { payeeId, envelope: `${VERSION}.${this.#masterKeyId}.${body}` };
  }

  /** Throws `WrongKeyError` (another master key) or `SealBrokenError` (changed, or another payee's). */
  unwrap({ payeeId, envelope }: WrappedKey): DataKey {
    const [, masterKeyId, body] = FORM.exec(envelope) ?? [];
    const bytes = fromBase64url(body ?? '');
    if (masterKeyId === undefined || bytes?.length !== ENVELOPE_BYTES) throw broken(payeeId);
    if (masterKeyId !== this.#masterKeyId) {
      throw new WrongKeyError(
        `the key of payee ${payeeId} is wrapped by master key ${masterKeyId}, this is ${this.#masterKeyId}: use that one`,
      );
    }
    const plain = decrypt(
      this.#wrapping,
      bytes.subarray(0, IV_BYTES),
      bytes.subarray(IV_BYTES),
      this.#boundTo(payeeId),
    );
    if (plain === undefined) throw broken(payeeId);
    const key = createSecretKey(plain);
    return { key, id: Buffer.from(hkdfSync('sha256', key, '', 'vault/1/data-key-id', 4)) };
  }

  #boundTo(payeeId: string): Buffer {
    return bind(VERSION, this.#masterKeyId, payeeId);
  }
}

function broken(payeeId: string): SealBrokenError {
  return new SealBrokenError(
    `the wrapped key of payee ${payeeId} was changed, or is another payee's: put back an intact copy of the key file`,
  );
}
