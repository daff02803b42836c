import type { BankAccount } from '#domain/provider/beneficiary';
import { currencyCode, type CurrencyCode } from '#domain/money/currency';
import type { OrderFacts, ProviderOutcome } from '#domain/provider/provider-report';
import type { OrderQuery, PayoutOrder } from '../provider.js';
import { amountMember } from '../wire/decimal.js';
import type { WireAnswer } from '../wire/exchange.js';
import {
  isObject,
  member,
  objectMember,
  requiredText,
  textMember,
  topObject,
  type WireObject,
} from '../wire/lossless-json.js';
import { orderFacts, orderIdFrom, requireEcho, requireOurReference } from '../wire/order-facts.js';
import { vendorText } from '../wire/vendor-text.js';
import type { GoldenpayConfig } from './settings.js';

/** The one currency of the card: callbacks don't name it. */
export const CURRENCY: CurrencyCode = currencyCode('VND');

/** The body's `code` is the truth, not the HTTP status. Throws an `UnusableMessageError`, as do all readers. */
export function readCreate(
  answer: WireAnswer,
  config: GoldenpayConfig,
  order: PayoutOrder & { readonly beneficiary: BankAccount },
): ProviderOutcome {
  const top = topObject(answer.json);
  const code = requiredText(top, 'code');
  switch (code) {
    case '200': {
      const payload = objectMember(top, 'payload');
      requireOurReference(requiredText(payload, 'trans_id'), order.reference, 'trans_id');
      requireEcho(textMember(payload, 'mch_id'), config.merchantId, 'mch_id');
      requireEcho(textMember(payload, 'account_no'), order.beneficiary.accountNumber, 'account_no');
      return outcomeOf(payload);
    }
    case '400':
    case '401':
    case '403':
    case '404':
      return { kind: 'refused', rawStatus: code, reason: errorOf(top) };
    default:
      // 406 is a lock that was not acquired, 429 and 503 are load: none says what became of the order.
      return { kind: 'unknown', reason: `code ${vendorText(code)}` };
  }
}

export function readQuery(answer: WireAnswer, query: OrderQuery): ProviderOutcome {
  const top = topObject(answer.json);
  const code = requiredText(top, 'code');
  if (code === '404') return { kind: 'not-found', rawStatus: code };
  if (code !== '200') return { kind: 'unknown', reason: `code ${vendorText(code)}` };
  const payload = objectMember(top, 'payload');
  requireOurReference(requiredText(payload, 'trans_id'), query.reference, 'trans_id');
  return outcomeOf(payload);
}

/** Only 60 is success and only 50 is failure. */
export function outcomeOf(order: WireObject): ProviderOutcome {
  const status = requiredText(order, 'status');
  const facts = factsOf(order);
  const rawStatus = vendorText(status);
  switch (status) {
    case '20':
    case '21':
      return { kind: 'pending', rawStatus, recognised: true, order: facts };
    case '60':
      return { kind: 'succeeded', rawStatus, order: facts };
    case '50':
      return { kind: 'failed', rawStatus, reason: 'canceled', order: facts };
    default:
      return { kind: 'pending', rawStatus, recognised: false, order: facts };
  }
}

function factsOf(order: WireObject): OrderFacts {
  requireEcho(textMember(order, 'currency')?.toUpperCase(), CURRENCY, 'currency');
  return orderFacts({
    orderId: orderIdFrom(requiredText(order, 'id'), 'id'),
    reference: textMember(order, 'trans_id'),
    ordered: amountMember(order, 'order_amount', CURRENCY),
    paid: amountMember(order, 'pay_amount', CURRENCY),
    providerTime: ['payed_at', 'canceled_at', 'created_at']
      .map((name) => textMember(order, name))
      .find((text) => text),
  });
}

function errorOf(top: WireObject): string {
  const errors = member(top, 'errors');
  return vendorText((isObject(errors) ? textMember(errors, 'message') : undefined) ?? 'no reason given');
}
