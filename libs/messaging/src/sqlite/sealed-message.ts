import type { OutgoingMessage } from '../message-bus.js';

/** Encrypts and authenticates bytes. `open` throws when they were changed, or sealed under another key. */
export interface MessageSealer {
  seal(plain: Uint8Array): Uint8Array;
  open(sealed: Uint8Array): Uint8Array;
}

const LENGTH_BYTES = 4;

/**
 * Headers and value of a message in one sealed piece: both may hold personal data. Plain form: length of the headers
 * (4 bytes, big-endian), headers as UTF-8 JSON, value.
 */
export function sealMessage(
  sealer: MessageSealer,
  message: Pick<OutgoingMessage, 'headers' | 'value'>,
): Uint8Array {
  const headers = Buffer.from(JSON.stringify(message.headers), 'utf8');
  const plain = Buffer.allocUnsafe(LENGTH_BYTES + headers.length + message.value.byteLength);
  plain.writeUInt32BE(headers.length, 0);
  headers.copy(plain, LENGTH_BYTES);
  plain.set(message.value, LENGTH_BYTES + headers.length);
  return sealer.seal(plain);
}

export function openMessage(
  sealer: MessageSealer,
  sealed: Uint8Array,
): Pick<OutgoingMessage, 'headers' | 'value'> {
  const opened = sealer.open(sealed);
  const plain = Buffer.from(opened.buffer, opened.byteOffset, opened.byteLength);
  const valueAt = LENGTH_BYTES + plain.readUInt32BE(0);
  const headers = JSON.parse(plain.toString('utf8', LENGTH_BYTES, valueAt)) as Record<string, string>;
  return { headers, value: Uint8Array.from(plain.subarray(valueAt)) };
}
