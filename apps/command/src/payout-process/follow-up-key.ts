import { payoutId, type PayoutId } from '#domain/ids';

const HINT = 'hint-';
const UNMATCHED = 'unmatched-';
const BIND = 'bind-';

export type FollowUpKey =
  | { readonly kind: 'step' | 'hint' | 'bind'; readonly payoutId: PayoutId }
  | { readonly kind: 'unmatched'; readonly stream: string };

/** A payout's own next step. */
export function stepKey(payout: PayoutId): string {
  return payout;
}

/** A callback that proves nothing was heard: the provider is to be asked. */
export function hintKey(payout: PayoutId): string {
  return `${HINT}${payout}`;
}

/** The provider's number of a payout could not be bound when it became known. */
export function bindKey(payout: PayoutId): string {
  return `${BIND}${payout}`;
}

/** A callback named a provider's number that nobody knew; the stream is that of the number. */
export function unmatchedKey(stream: string): string {
  return `${UNMATCHED}${stream}`;
}

/** Throws a `RangeError` on a key that is none of ours. */
export function readKey(key: string): FollowUpKey {
  if (key.startsWith(HINT)) return { payoutId: payoutId(key.slice(HINT.length)), kind: 'hint' };
  if (key.startsWith(BIND)) return { payoutId: payoutId(key.slice(BIND.length)), kind: 'bind' };
  if (key.startsWith(UNMATCHED)) return { stream: key.slice(UNMATCHED.length), kind: 'unmatched' };
  return { payoutId: payoutId(key), kind: 'step' };
}
