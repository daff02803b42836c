import type { CurrencyCode } from '#domain/money/currency';
import type { Money } from '#domain/money/money';
import type { PayoutId, ProviderOrderId, ProviderReference } from '#domain/ids';
import type { Beneficiary } from '#domain/provider/beneficiary';
import type { ContractCard } from '#domain/provider/contract-card';
import type { ProviderOutcome } from '#domain/provider/provider-report';

/** One order to a provider. The same attempt always gives the same business fields; only nonce, time and signature are new. */
export interface PayoutOrder {
  readonly payoutId: PayoutId;
  readonly reference: ProviderReference;
  /** One UUID per attempt, for ever. */
  readonly idempotencyKey: string;
  readonly amount: Money;
  readonly beneficiary: Beneficiary;
  readonly description: string;
}

export interface OrderQuery {
  readonly reference: ProviderReference;
  /** Absent until the provider answered once. */
  readonly orderId?: ProviderOrderId;
  readonly currency: CurrencyCode;
}

/** The answer in our words, and the raw exchange (secrets left out) that proves it. */
export interface ProviderAnswer {
  readonly outcome: ProviderOutcome;
  readonly evidence: RawExchange;
}

/** What went over the wire. It holds personal data: it is sealed before it is stored. No credential is in it. */
export interface RawExchange {
  readonly request: { readonly method: string; readonly url: string; readonly body: string };
  /** Absent when no answer came. A body that isn't UTF-8 is given in base64, so that no byte is lost. */
  readonly answer?: {
    readonly status: number;
    readonly contentType: string;
    readonly body: string;
    readonly encoding?: 'base64';
  };
}

/** A callback as it came: bytes, and header names in lower case. A header that was sent twice is an array. */
export interface RawCallback {
  readonly body: Uint8Array;
  readonly headers: Readonly<Record<string, string | readonly string[]>>;
  /** The last part of the callback's path, where the provider's URL has a secret. */
  readonly pathToken?: string;
}

/**
 * `verified`: the signature over the raw bytes holds (or the card says the callback is a mere hint and its path token
 * is right). `forged`: signature missing, wrong, or over other bytes. `malformed`: genuine bytes that say nothing usable.
 */
export type CallbackReading =
  | {
      readonly verdict: 'verified';
      /** Our reference, when the message carries it. */
      readonly reference?: ProviderReference;
      readonly orderId?: ProviderOrderId;
      readonly outcome: ProviderOutcome;
    }
  | { readonly verdict: 'forged'; readonly reason: string }
  | { readonly verdict: 'malformed'; readonly reason: string };

/** What the vendor wants to read before it stops repeating a callback. */
export interface Acknowledgement {
  readonly status: 200;
  readonly contentType: string;
  readonly body: string;
}

/** A reason why the provider would not take an order, found without asking it. `field` is a path in our own terms. */
export interface OrderProblem {
  readonly field: string;
  readonly message: string;
}

/**
 * One payout provider. An adapter translates and sends; it decides nothing, retries nothing and keeps nothing.
 * `create` and `query` never throw for what the network or the vendor does: that is an outcome.
 */
export abstract class Provider {
  abstract readonly card: ContractCard;
  abstract readonly acknowledgement: Acknowledgement;

  /** Pure: what the vendor's page says it would refuse. Empty when it can be sent. */
  abstract problems(order: Pick<PayoutOrder, 'amount' | 'beneficiary'>): readonly OrderProblem[];

  /** Sends the order once: one HTTP request at most. */
  abstract create(order: PayoutOrder): Promise<ProviderAnswer>;

  /** Looks the order up. */
  abstract query(query: OrderQuery): Promise<ProviderAnswer>;

  /** Pure: verifies the raw bytes before it reads them. */
  abstract readCallback(callback: RawCallback): CallbackReading;
}
