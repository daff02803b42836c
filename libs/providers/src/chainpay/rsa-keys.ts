import { createPrivateKey, createPublicKey, type KeyObject } from 'node:crypto';

/** The vendor's own demonstration key has 1024 bits: more can't be demanded. */
const MIN_BITS = 1024;

/** An RSA private key from PEM or the bare Base64 of PKCS#8 or PKCS#1; `undefined` when it is none. */
export function readPrivateKey(text: unknown): KeyObject | undefined {
  return firstRsa([
    () => createPrivateKey(pem(text, 'PRIVATE')),
    () => createPrivateKey({ key: der(text), format: 'der', type: 'pkcs8' }),
    () => createPrivateKey({ key: der(text), format: 'der', type: 'pkcs1' }),
  ]);
}

/** An RSA public key from PEM or the bare Base64 of SPKI or PKCS#1; `undefined` when it is none. */
export function readPublicKey(text: unknown): KeyObject | undefined {
  // Node would make a public key from a private one, and a private key of theirs has no business here.
  if (readPrivateKey(text) !== undefined) return undefined;
  return firstRsa([
    () => createPublicKey(pem(text, 'PUBLIC')),
    () => createPublicKey({ key: der(text), format: 'der', type: 'spki' }),
    () => createPublicKey({ key: der(text), format: 'der', type: 'pkcs1' }),
  ]);
}

function firstRsa(attempts: readonly (() => KeyObject)[]): KeyObject | undefined {
  for (const attempt of attempts) {
    try {
      const key = attempt();
      const bits = key.asymmetricKeyDetails?.modulusLength ?? 0;
      if (key.asymmetricKeyType === 'rsa' && bits >= MIN_BITS) return key;
    } catch {
      // Not this form; OpenSSL's words would tell parts of the key.
    }
  }
  return undefined;
}

/** Only a key of the right kind. */
function pem(text: unknown, kind: 'PRIVATE' | 'PUBLIC'): string {
  if (typeof text !== 'string' || !new RegExp(`^\\s*-----BEGIN (RSA )?${kind} KEY-----`).test(text)) {
    throw new TypeError('no PEM');
  }
  // In an environment variable, lines often end in a written \n.
  return text.replaceAll('\\n', '\n');
}

function der(text: unknown): Buffer {
  if (typeof text !== 'string' || !/^[A-Za-z0-9+/\s]+={0,2}\s*$/.test(text)) throw new TypeError('no Base64');
  return Buffer.from(text, 'base64');
}
