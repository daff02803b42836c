import { isCurrencyCode, type CurrencyCode } from '#domain/money/currency';
import type { Money } from '#domain/money/money';
import { providerOrderId, type ProviderOrderId, type ProviderReference } from '#domain/ids';
import { readReference, referenceOf } from '#domain/provider/reference';
import type { OrderFacts } from '#domain/provider/provider-report';
import { UnusableMessageError } from './unusable-message-error.js';

/** The facts that are there; what is `undefined` is left out. */
export function orderFacts(facts: {
  readonly orderId?: ProviderOrderId | undefined;
  readonly reference?: string | undefined;
  readonly ordered?: Money | undefined;
  readonly paid?: Money | undefined;
  readonly fee?: Money | undefined;
  readonly providerTime?: string | undefined;
}): OrderFacts {
  return Object.fromEntries(Object.entries(facts).filter(([, value]) => value !== undefined));
}

/** The vendor's order number; throws an `UnusableMessageError` when it isn't a short printable text. */
export function orderIdFrom(text: string, field: string): ProviderOrderId {
  try {
    return providerOrderId(text);
  } catch {
    throw new UnusableMessageError(`${field} is not an order number`);
  }
}

/** The currency that a message names; throws an `UnusableMessageError` when we don't know it. */
export function currencyFrom(text: string, field: string): CurrencyCode {
  const code = text.toUpperCase();
  if (!isCurrencyCode(code)) throw new UnusableMessageError(`${field} is not a currency that is known here`);
  return code;
}

/** Our reference as it was given out, when the text is one of ours; vendors may change its case. */
export function ourReference(text: string): ProviderReference | undefined {
  const attempt = readReference(text);
  return attempt === undefined ? undefined : referenceOf(attempt);
}

/** Throws an `UnusableMessageError` when an answer speaks of another order than the one that was sent or asked for. */
export function requireOurReference(given: string, ours: ProviderReference, field: string): void {
  if (given.toLowerCase() !== ours) throw new UnusableMessageError(`${field} names another order`);
}

/** Throws an `UnusableMessageError` when a message repeats a field of ours with another value. Absent is fine. */
export function requireEcho(given: string | undefined, ours: string, field: string): void {
  if (given !== undefined && given !== ours) throw new UnusableMessageError(`${field} is not ours`);
}
