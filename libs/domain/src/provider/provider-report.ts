import type { Money } from '../money/money.js';
import type { ProviderOrderId } from '../ids.js';

/**
 * What a provider said (or didn't), in our words. Adapters translate into it; nothing else is decided upon.
 * `rawStatus` is the vendor's own word, for the auditor.
 */
export type ProviderOutcome =
  /** The provider has the order; it isn't final. `recognised` is false for a status that the vendor's page doesn't list. */
  | {
      readonly kind: 'pending';
      readonly rawStatus: string;
      readonly recognised: boolean;
      readonly order: OrderFacts;
    }
  | { readonly kind: 'succeeded'; readonly rawStatus: string; readonly order: OrderFacts }
  /** The order existed and is dead, by the provider's word. */
  | {
      readonly kind: 'failed';
      readonly rawStatus: string;
      readonly reason: string;
      readonly order: OrderFacts;
    }
  /** The request itself was refused: no order came of it. */
  | { readonly kind: 'refused'; readonly rawStatus: string; readonly reason: string }
  /** A look-up found no such order. */
  | { readonly kind: 'not-found'; readonly rawStatus: string }
  /** Proved: no byte of the request left. */
  | { readonly kind: 'not-sent'; readonly reason: string }
  /** Timeout, reset, 5xx, unreadable: nobody knows. */
  | { readonly kind: 'unknown'; readonly reason: string };

/** What a message says about the order; only what it carries is there. */
export interface OrderFacts {
  readonly orderId?: ProviderOrderId;
  /** Our reference as the provider repeated it. */
  readonly reference?: string;
  /** What the provider says was ordered. */
  readonly ordered?: Money;
  /** What the provider says was paid to the beneficiary. */
  readonly paid?: Money;
  readonly fee?: Money;
  /** The provider's own time, as its text. */
  readonly providerTime?: string;
}

export type ReportSource = 'answer' | 'callback' | 'query' | 'statement' | 'operator';
