import { currencyCode, type CurrencyCode } from '#domain/money/currency';
import type { OrderFacts, ProviderOutcome } from '#domain/provider/provider-report';
import { minorUnitsMember } from '../wire/decimal.js';
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
import { orderFacts, orderIdFrom, requireEcho } from '../wire/order-facts.js';
import { UnusableMessageError } from '../wire/unusable-message-error.js';
import { vendorText } from '../wire/vendor-text.js';

const CURRENCY: CurrencyCode = currencyCode('USD');

/** The page lists 200, 400 and 500 and nothing else. Throws an `UnusableMessageError`, as do all readers. */
export function readCreate(answer: WireAnswer): ProviderOutcome {
  if (answer.status === 400) return { kind: 'refused', rawStatus: '400', reason: reasonIn(answer.json) };
  if (answer.status >= 400) return { kind: 'unknown', reason: `HTTP ${answer.status}` };
  const data = topObject(answer.json);
  const id = requiredText(data, 'processor_transaction_id');
  requireEcho(textMember(data, 'currency')?.toUpperCase(), CURRENCY, 'currency');
  return outcomeOf(
    requiredText(data, 'status'),
    orderFacts({
      orderId: orderIdFrom(id, 'processor_transaction_id'),
      ordered: minorUnitsMember(data, 'amount', CURRENCY),
      providerTime: textMember(data, 'created_at'),
    }),
  );
}

/** Assumed: `{"data": [row, …], "total": n}`. */
export function readQuery(answer: WireAnswer, orderId: string): ProviderOutcome {
  if (answer.status >= 400) return { kind: 'unknown', reason: `HTTP ${answer.status}` };
  const rows = member(topObject(answer.json), 'data');
  if (!Array.isArray(rows)) throw new UnusableMessageError('data is not a list');
  const [row, second] = rows as readonly unknown[] as readonly WireObject[];
  if (row === undefined) return { kind: 'not-found', rawStatus: 'no row in the report' };
  if (second !== undefined || !isObject(row)) throw new UnusableMessageError('data is not one row');
  if (requiredText(row, 'id') !== orderId)
    throw new UnusableMessageError('the answer is about another order');
  requireEcho(textMember(row, 'transaction_type'), 'payout', 'transaction_type');
  requireEcho(textMember(row, 'currency')?.toUpperCase(), CURRENCY, 'currency');
  const amounts = member(row, 'amounts');
  return outcomeOf(
    requiredText(row, 'status'),
    orderFacts({
      orderId: orderIdFrom(orderId, 'id'),
      ordered: isObject(amounts) ? minorUnitsMember(amounts, 'requested_amount', CURRENCY) : undefined,
      providerTime: textMember(row, 'created_at'),
    }),
  );
}

/**
 * `refunded` stands beside `partially_refunded` in the vendor's list, so it means that all of it came back [A]. A part
 * of unknown size is left to a person, as are words unknown.
 */
function outcomeOf(status: string, order: OrderFacts): ProviderOutcome {
  const rawStatus = vendorText(status);
  switch (status) {
    case 'pending':
      return { kind: 'pending', rawStatus, recognised: true, order };
    case 'settled':
      return { kind: 'succeeded', rawStatus, order };
    case 'declined':
    case 'voided':
    case 'refunded':
      return { kind: 'failed', rawStatus, reason: rawStatus, order };
    default:
      return { kind: 'pending', rawStatus, recognised: false, order };
  }
}

function reasonIn(json: JsonReading): string {
  const top = json.ok && isObject(json.value) ? json.value : {};
  const reason = ['message', 'error', 'detail'].map((name) => textMember(top, name)).find((text) => text);
  return vendorText(reason ?? 'Bad Request / Validation error');
}
