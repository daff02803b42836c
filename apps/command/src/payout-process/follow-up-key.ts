import { payoutId, type PayoutId } from '#domain/ids';

const HINT = 'hint-';

/** A payout's own next step. */
export function stepKey(payout: PayoutId): string {
  return payout;
}

/** A callback that proves nothing was heard: the provider is to be asked. */
export function hintKey(payout: PayoutId): string {
  return `${HINT}${payout}`;
}

/** Throws a `RangeError` on a key that is none of ours. */
export function readKey(key: string): { readonly payoutId: PayoutId; readonly kind: 'step' | 'hint' } {
  if (key.startsWith(HINT)) return { payoutId: payoutId(key.slice(HINT.length)), kind: 'hint' };
  return { payoutId: payoutId(key), kind: 'step' };
}
