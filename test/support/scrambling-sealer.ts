import type { MessageSealer } from '#messaging/sqlite/sealed-message';

/** No secret, only unlike the plain bytes, and picky: for tests that look at what is stored. */
export const scramblingSealer: MessageSealer = {
  seal: (plain) => Uint8Array.from([0x53, ...plain.map((byte) => byte ^ 0xa5)]),
  open: (sealed) => {
    if (sealed[0] !== 0x53) throw new Error('not sealed');
    return sealed.slice(1).map((byte) => byte ^ 0xa5);
  },
};
