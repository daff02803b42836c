import type { OrderFacts, ProviderOutcome } from '#domain/provider/provider-report';
import type { OrderQuery, PayoutOrder } from '../provider.js';
import type { StoredMethod } from '#domain/provider/beneficiary';
import { amountMember } from '../wire/decimal.js';
import type { WireAnswer } from '../wire/exchange.js';
import {
  isObject,
  member,
  requiredText,
  textMember,
  topObject,
  type JsonReading,
  type WireObject,
} from '../wire/lossless-json.js';
import { currencyFrom, orderFacts, orderIdFrom, requireEcho } from '../wire/order-facts.js';
import { UnusableMessageError } from '../wire/unusable-message-error.js';
import { vendorText } from '../wire/vendor-text.js';

/** The statuses that say by themselves that no order came of the request. 409 and 429 don't. */
const REFUSALS: readonly number[] = [400, 401, 403, 404, 422];

/** Throws an `UnusableMessageError`, as do all readers. The answer repeats no reference: the account has to be ours. */
export function readCreate(
  answer: WireAnswer,
  order: PayoutOrder & { readonly beneficiary: StoredMethod },
): ProviderOutcome {
  const error = readError(answer.json);
  if (answer.status >= 400) {
    if (error === undefined || !REFUSALS.includes(answer.status)) return unproved(answer.status);
    return { kind: 'refused', rawStatus: error.code, reason: error.message };
  }
  const data = payload(answer.json);
  requireEcho(
    textMember(data, 'account_id') ?? textMember(data, 'accountNumber'),
    order.beneficiary.methodId,
    'account_id',
  );
  const id = textMember(data, 'payout_id') ?? textMember(data, 'transactionId');
  if (id === undefined) throw new UnusableMessageError('payout_id is missing');
  return outcomeOf(textMember(data, 'status') ?? '', factsOf(data, id));
}

export function readQuery(
  answer: WireAnswer,
  query: OrderQuery & { readonly orderId: string },
): ProviderOutcome {
  const error = readError(answer.json);
  if (answer.status >= 400) {
    if (answer.status === 404 && error !== undefined) return { kind: 'not-found', rawStatus: error.code };
    return unproved(answer.status);
  }
  const data = payload(answer.json);
  const ids = ['payout_id', 'transaction_id', 'order_id', 'transactionId', 'orderId'];
  if (!ids.some((name) => textMember(data, name) === query.orderId)) {
    throw new UnusableMessageError('the answer is about another order');
  }
  return outcomeOf(requiredText(data, 'status'), factsOf(data, query.orderId));
}

/** The words of all generations in one table: none of them means two things. */
export function outcomeOf(status: string, order: OrderFacts): ProviderOutcome {
  const rawStatus = vendorText(status);
  switch (status) {
    case 'processing':
    case 'pending':
      return { kind: 'pending', rawStatus, recognised: true, order };
    case 'completed':
    case 'SUCCESS':
      return { kind: 'succeeded', rawStatus, order };
    case 'failed':
    case 'FAILED':
      return { kind: 'failed', rawStatus, reason: rawStatus, order };
    default:
      return { kind: 'pending', rawStatus, recognised: false, order };
  }
}

export function factsOf(data: WireObject, id: string): OrderFacts {
  const currency = textMember(data, 'currency');
  return orderFacts({
    orderId: orderIdFrom(id, 'the order number'),
    ordered:
      currency === undefined ? undefined : amountMember(data, 'amount', currencyFrom(currency, 'currency')),
    providerTime:
      textMember(data, 'updated_at') ?? textMember(data, 'created_at') ?? textMember(data, 'transactionDate'),
  });
}

/** Balances come in an envelope `{statusCode, message, data, traceId}`; payouts may in v1.4. */
function payload(json: JsonReading): WireObject {
  const top = topObject(json);
  const data = member(top, 'data');
  return isObject(data) ? data : top;
}

function readError(json: JsonReading): { readonly code: string; readonly message: string } | undefined {
  if (!json.ok || !isObject(json.value)) return undefined;
  const error = member(json.value, 'error');
  const code = isObject(error) ? textMember(error, 'code') : undefined;
  if (!isObject(error) || code === undefined) return undefined;
  return { code: vendorText(code), message: vendorText(textMember(error, 'message') ?? code) };
}

function unproved(status: number): ProviderOutcome {
  return { kind: 'unknown', reason: `HTTP ${status}` };
}
