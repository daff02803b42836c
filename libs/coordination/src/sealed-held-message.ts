import type { HeldMessage } from './held-messages.js';

/** Encrypts and authenticates bytes. `open` throws when they were changed, or sealed under another key. */
export interface HeldMessageSealer {
  seal(plain: Uint8Array): Uint8Array;
  open(sealed: Uint8Array): Uint8Array;
}

const LENGTH_BYTES = 4;

/**
 * A whole message in one sealed piece: key, headers and value may all hold personal data. Plain form: length of what
 * is text (4 bytes, big-endian), the text as UTF-8 JSON, value.
 */
export function sealHeld(sealer: HeldMessageSealer, { value, ...rest }: HeldMessage): Uint8Array {
  const { topic, key, headers, offset } = rest;
  const text = Buffer.from(JSON.stringify({ topic, key, headers, offset }), 'utf8');
  const length = Buffer.alloc(LENGTH_BYTES);
  length.writeUInt32BE(text.length);
  return sealer.seal(Buffer.concat([length, text, value]));
}

export function openHeld(sealer: HeldMessageSealer, sealed: Uint8Array): HeldMessage {
  const plain = Buffer.from(sealer.open(sealed));
  const valueAt = LENGTH_BYTES + plain.readUInt32BE(0);
  const text = JSON.parse(plain.toString('utf8', LENGTH_BYTES, valueAt)) as Omit<HeldMessage, 'value'>;
  return { ...text, value: Uint8Array.from(plain.subarray(valueAt)) };
}
