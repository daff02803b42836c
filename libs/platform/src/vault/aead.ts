import { createCipheriv, createDecipheriv, type KeyObject } from 'node:crypto';

export const IV_BYTES = 12;
export const TAG_BYTES = 16;
const ALGORITHM = 'aes-256-gcm';

/** AES-256-GCM (NIST SP 800-38D): the ciphertext with its 16-byte tag behind it. `iv` is new for each message. */
export function encrypt(key: KeyObject, iv: Uint8Array, plain: Uint8Array, boundTo: Uint8Array): Buffer {
  const cipher = createCipheriv(ALGORITHM, key, iv, { authTagLength: TAG_BYTES });
  cipher.setAAD(boundTo);
  return Buffer.concat([cipher.update(plain), cipher.final(), cipher.getAuthTag()]);
}

/** The plaintext, or undefined when anything (key, iv, ciphertext, tag, `boundTo`) isn't what was encrypted. */
export function decrypt(
  key: KeyObject,
  iv: Uint8Array,
  sealed: Uint8Array,
  boundTo: Uint8Array,
): Buffer | undefined {
  if (sealed.length < TAG_BYTES) return undefined;
  const tagAt = sealed.length - TAG_BYTES;
  const decipher = createDecipheriv(ALGORITHM, key, iv, { authTagLength: TAG_BYTES });
  decipher.setAAD(boundTo);
  decipher.setAuthTag(sealed.subarray(tagAt));
  const plain = decipher.update(sealed.subarray(0, tagAt));
  try {
    return Buffer.concat([plain, decipher.final()]);
  } catch {
    return undefined;
  }
}

/** Associated data of several texts, each with its length before it: no two lists give the same bytes. */
export function bind(...parts: readonly string[]): Buffer {
  return Buffer.concat(
    parts.flatMap((part) => {
      const bytes = utf8(part);
      const length = Buffer.alloc(4);
      length.writeUInt32BE(bytes.length);
      return [length, bytes];
    }),
  );
}

/** UTF-8 of a text. Refuses lone surrogates: they would all become the same bytes, and not come back. */
export function utf8(text: string): Buffer {
  if (!text.isWellFormed()) throw new TypeError('the text has a lone surrogate: it is no valid Unicode');
  return Buffer.from(text, 'utf8');
}
