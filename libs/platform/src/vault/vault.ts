import type { Ids } from '../ids/ids.js';
import { bind, decrypt, encrypt, IV_BYTES, TAG_BYTES, utf8 } from './aead.js';
import { fromBase64url } from './base64url.js';
import { PayeeErasedError, PayeeKeyMissingError, SealBrokenError, WrongKeyError } from './errors.js';
import type { KeyWrapper } from './key-wrapper.js';
import type { PayeeKeys } from './payee-keys.js';

const VERSION = 'v1';
const PREFIX = `${VERSION}.`;
const KEY_ID_BYTES = 4;
const SHORTEST = KEY_ID_BYTES + IV_BYTES + TAG_BYTES;

/**
 * Seals personal data under its payee's own key. A sealed text is `v1.<base64url of key id, iv, ciphertext, tag>`;
 * it says nothing of its content but the length. `context` says where it lies (such as the stream's name) and must be
 * the same when it is opened, so that a sealed text can't be moved.
 * Keys are looked up each time: when one has been destroyed, the next call knows.
 */
export class PersonalDataVault {
  readonly #keys: PayeeKeys;
  readonly #wrapper: KeyWrapper;
  readonly #ids: Ids;

  constructor(keys: PayeeKeys, wrapper: KeyWrapper, ids: Ids) {
    this.#keys = keys;
    this.#wrapper = wrapper;
    this.#ids = ids;
  }

  /** Makes the payee's key if there is none yet. Rejects with `PayeeErasedError`. */
  async seal(payeeId: string, context: string, plain: string): Promise<string> {
    const bytes = utf8(plain);
    const { key, id } = this.#wrapper.unwrap(await this.#keys.getOrCreate(payeeId));
    const iv = this.#ids.bytes(IV_BYTES);
    const ciphertext = encrypt(key, iv, bytes, boundTo(id, payeeId, context));
    return PREFIX + Buffer.concat([id, iv, ciphertext]).toString('base64url');
  }

  /** Rejects with `PayeeErasedError`, `PayeeKeyMissingError`, `WrongKeyError` or `SealBrokenError`. */
  async open(payeeId: string, context: string, sealed: string): Promise<string> {
    const wrapped = await this.#keys.find(payeeId);
    if (wrapped === 'erased') throw new PayeeErasedError(payeeId);
    if (wrapped === undefined) throw new PayeeKeyMissingError(payeeId);
    const bytes = sealed.startsWith(PREFIX) ? fromBase64url(sealed.slice(PREFIX.length)) : undefined;
    if (bytes === undefined || bytes.length < SHORTEST) throw broken(payeeId);
    const { key, id } = this.#wrapper.unwrap(wrapped);
    if (!bytes.subarray(0, KEY_ID_BYTES).equals(id)) {
      throw new WrongKeyError(
        `this was sealed with another key than that of payee ${payeeId}: it is another payee's, or the key file is not its own`,
      );
    }
    const iv = bytes.subarray(KEY_ID_BYTES, KEY_ID_BYTES + IV_BYTES);
    const plain = decrypt(key, iv, bytes.subarray(KEY_ID_BYTES + IV_BYTES), boundTo(id, payeeId, context));
    if (plain === undefined) throw broken(payeeId);
    return plain.toString('utf8');
  }
}

function boundTo(keyId: Buffer, payeeId: string, context: string): Buffer {
  return bind(VERSION, keyId.toString('hex'), payeeId, context);
}

function broken(payeeId: string): SealBrokenError {
  return new SealBrokenError(`sealed data of payee ${payeeId} was changed, or was sealed for another place`);
}
