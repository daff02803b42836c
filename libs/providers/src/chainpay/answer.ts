import type { CurrencyCode } from '#domain/money/currency';
import type { OrderFacts, ProviderOutcome } from '#domain/provider/provider-report';
import type { OrderQuery } from '../provider.js';
import { amountMember } from '../wire/decimal.js';
import type { WireAnswer } from '../wire/exchange.js';
import { objectMember, requiredText, textMember, topObject, type WireObject } from '../wire/lossless-json.js';
import { orderFacts, orderIdFrom, requireEcho, requireOurReference } from '../wire/order-facts.js';
import { UnusableMessageError } from '../wire/unusable-message-error.js';
import { vendorText } from '../wire/vendor-text.js';
import type { ChainpayConfig } from './settings.js';

/**
 * The body's `code` is the truth, not the HTTP status. The answer repeats no reference of ours: nothing more can be
 * compared. Throws an `UnusableMessageError`, as do all readers.
 */
export function readCreate(answer: WireAnswer): ProviderOutcome {
  const top = topObject(answer.json);
  const code = requiredText(top, 'code');
  if (code === '7') {
    return {
      kind: 'refused',
      rawStatus: code,
      reason: vendorText(textMember(top, 'msg') ?? 'no reason given'),
    };
  }
  if (code !== '0') return { kind: 'unknown', reason: `code ${vendorText(code)}` };
  const data = objectMember(top, 'data');
  const order = orderFacts({ orderId: orderIdFrom(requiredText(data, 'order_no'), 'order_no') });
  const status = requiredText(data, 'status');
  const rawStatus = vendorText(status);
  switch (status) {
    // The page's sample says `success` where its table says `pending`: the order is accepted, and no more.
    case 'success':
    case 'pending':
    case 'confirmed':
      return { kind: 'pending', rawStatus, recognised: true, order };
    case 'failed':
      return { kind: 'failed', rawStatus, reason: rawStatus, order };
    default:
      return { kind: 'pending', rawStatus, recognised: false, order };
  }
}

export function readQuery(answer: WireAnswer, config: ChainpayConfig, query: OrderQuery): ProviderOutcome {
  const top = topObject(answer.json);
  const code = requiredText(top, 'code');
  if (code === '7' || code === '1001') {
    return { kind: 'not-found', rawStatus: vendorText(`${code} ${textMember(top, 'msg') ?? ''}`) };
  }
  if (code !== '0') return { kind: 'unknown', reason: `code ${vendorText(code)}` };
  const data = objectMember(top, 'data');
  requireOurReference(requiredText(data, 'merchantOrderNo'), query.reference, 'merchantOrderNo');
  requireEcho(textMember(data, 'appId'), config.appId, 'appId');
  if (query.orderId !== undefined) requireEcho(textMember(data, 'orderNo'), query.orderId, 'orderNo');
  const order = factsOf(data, config);
  if (order.ordered !== undefined && order.ordered.currency !== query.currency) {
    throw new UnusableMessageError('currencyId is not the one that was ordered');
  }
  const state = requiredText(data, 'state');
  const rawStatus = vendorText(state);
  switch (state) {
    case 'PENDING':
    case 'NON_PAYMENT':
      return { kind: 'pending', rawStatus, recognised: true, order };
    case 'DONE_PAYMENT':
      return { kind: 'succeeded', rawStatus, order };
    case 'FAILED':
      return { kind: 'failed', rawStatus, reason: rawStatus, order };
    default:
      return { kind: 'pending', rawStatus, recognised: false, order };
  }
}

/** The currency follows from the vendor's id of the token: the symbol alone doesn't say which chain. */
function factsOf(data: WireObject, config: ChainpayConfig): OrderFacts {
  const currency = currencyOf(requiredText(data, 'currencyId'), config);
  return orderFacts({
    orderId: orderIdFrom(requiredText(data, 'orderNo'), 'orderNo'),
    reference: textMember(data, 'merchantOrderNo'),
    ordered: amountMember(data, 'tokenCount', currency),
    fee: amountMember(data, 'tokenFeeCount', currency),
    providerTime: textMember(data, 'payTime'),
  });
}

function currencyOf(currencyId: string, config: ChainpayConfig): CurrencyCode {
  for (const [code, entry] of config.currencies) if (entry.currencyId === currencyId) return code;
  throw new UnusableMessageError('currencyId is none of those that are set');
}
