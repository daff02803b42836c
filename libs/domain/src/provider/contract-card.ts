import type { CurrencyCode } from '../money/currency.js';
import type { Money } from '../money/money.js';
import type { BeneficiaryKind } from './beneficiary.js';
import type { ProviderName } from './provider-name.js';

/**
 * What a provider promises, as data. The payout process reads nothing else about a provider. Where the vendor is
 * silent, the card says what can't pay twice. All durations are in milliseconds.
 */
export interface ContractCard {
  readonly provider: ProviderName;
  /** Our reference travels with the order, and comes back in answers and callbacks. */
  readonly ownReference: boolean;
  /** The provider recognises a repeated request by a key, or not at all. `resendUntil` counts from the first intent. */
  readonly idempotency: null | { readonly resendUntil: number };
  /** By what an order can be looked up. `order-id` is the provider's own number: of no use before its first answer. */
  readonly query: 'reference' | 'order-id';
  /**
   * "Not found" proves that the order will never be paid once this long has passed since the last send: request
   * lifetime, the provider's lag and a margin. null: it never proves it.
   */
  readonly notFoundIsFinalAfter: number | null;
  /** What an unknown outcome allows. */
  readonly onUnknown: 'query-then-resend' | 'resend-same-key' | 'park';
  /** A refusal of the create request is proof by itself that nothing will be paid; else a query has to confirm it. */
  readonly refusalIsProof: boolean;
  /** Final states that the vendor says may still turn. Late truth is accepted from every provider all the same. */
  readonly finalStatesThatTurn: readonly ('succeeded' | 'failed')[];
  readonly currencies: Readonly<Partial<Record<string, CurrencyTerms>>>;
  readonly beneficiaryKinds: readonly BeneficiaryKind[];
  readonly callback: {
    /** `hint`: it proves nothing and only causes a query. `claim`: verified; may still have to be confirmed. */
    readonly trust: 'hint' | 'claim';
    /** False: it names only the provider's order number. */
    readonly carriesReference: boolean;
    /** A callback for an order number that nobody knows raises an alarm after this long. */
    readonly unmatchedAlarmAfter: number;
  };
  readonly timing: ProviderTiming;
  /** Sends of one attempt, the first included; then a person decides. */
  readonly maxSends: number;
}

/** What a deployment may set otherwise than the card. */
export interface ProviderTiming {
  /** For one HTTP exchange. A send that began longer ago than this, with a margin, can't be under way any more. */
  readonly requestTimeout: number;
  /** First look-up after a send whose outcome is open. */
  readonly firstQueryAfter: number;
  /** Longest pause between two look-ups; the pauses grow towards it. */
  readonly maxQueryPause: number;
  /** An order that isn't final after this long needs a person. */
  readonly parkAfter: number;
}

/** How one currency is paid. */
export interface CurrencyTerms {
  /** Decimals that the provider takes; may be fewer than the currency has. */
  readonly decimals: number;
  /** Decimal text in the currency's major unit. */
  readonly min: string;
  readonly max: string;
  /** Reserved above the amount for a fee that the provider charges on top; decimal text. */
  readonly feeReserve: string;
}

/** What a decision needs to know of a provider for one order. */
export interface OrderTerms {
  readonly currency: CurrencyCode;
  readonly min: Money;
  readonly max: Money;
  readonly decimals: number;
  readonly feeReserve: Money;
}
