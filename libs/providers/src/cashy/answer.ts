import { currencyCode, type CurrencyCode } from '#domain/money/currency';
import type { ProviderReference } from '#domain/ids';
import type { OrderFacts, ProviderOutcome } from '#domain/provider/provider-report';
import type { OrderQuery } from '../provider.js';
import { amountMember } from '../wire/decimal.js';
import type { WireAnswer } from '../wire/exchange.js';
import { objectMember, requiredText, textMember, topObject, type WireObject } from '../wire/lossless-json.js';
import { orderFacts, orderIdFrom, requireEcho, requireOurReference } from '../wire/order-facts.js';
import { vendorText } from '../wire/vendor-text.js';
import { lettersOf, type CashyConfig } from './settings.js';

/** No message names a currency; this contract is Colombia's. */
const CURRENCY: CurrencyCode = currencyCode('COP');

/**
 * The body's `code` is the truth, not the HTTP status. Any other code than 200 is a refusal that the card doesn't take
 * for proof. Throws an `UnusableMessageError`, as do all readers.
 */
export function readCreate(
  answer: WireAnswer,
  config: CashyConfig,
  reference: ProviderReference,
): ProviderOutcome {
  const top = topObject(answer.json);
  const code = requiredText(top, 'code');
  if (code !== '200') {
    const rawStatus = vendorText(`${code} ${textMember(top, 'msg') ?? ''}`);
    return { kind: 'refused', rawStatus, reason: vendorText(textMember(top, 'msg') ?? 'no reason given') };
  }
  return ourOrder(top, config, reference);
}

export function readQuery(answer: WireAnswer, config: CashyConfig, query: OrderQuery): ProviderOutcome {
  const top = topObject(answer.json);
  const code = requiredText(top, 'code');
  if (code !== '200') {
    const message = textMember(top, 'msg') ?? '';
    const rawStatus = vendorText(`${code} ${message}`);
    if (config.notFoundMessages.includes(lettersOf(message))) return { kind: 'not-found', rawStatus };
    return { kind: 'unknown', reason: `code ${rawStatus}` };
  }
  const outcome = ourOrder(top, config, query.reference);
  if (query.orderId !== undefined)
    requireEcho(textMember(objectMember(top, 'data'), 'orderNo'), query.orderId, 'orderNo');
  return outcome;
}

/** SUCCESS, FAIL and CANCEL are final, and may turn all the same. `data` is the order in an answer or a callback. */
export function outcomeOf(data: WireObject): ProviderOutcome {
  const status = requiredText(data, 'orderStatus');
  const rawStatus = vendorText(status);
  switch (status) {
    case 'PROCESSING':
    case 'WAITING':
    case 'PAYING':
      return { kind: 'pending', rawStatus, recognised: true, order: factsOf(data) };
    case 'SUCCESS': {
      const fee = amountMember(data, 'fee', CURRENCY);
      // Before the end the vendor writes 0 for a fee that isn't known yet, and a failed order has none to settle.
      return { kind: 'succeeded', rawStatus, order: { ...factsOf(data), ...(fee && { fee }) } };
    }
    case 'FAIL':
    case 'CANCEL': {
      const reason = vendorText(textMember(data, 'resultDesc') ?? status);
      return { kind: 'failed', rawStatus, reason, order: factsOf(data) };
    }
    default:
      return { kind: 'pending', rawStatus, recognised: false, order: factsOf(data) };
  }
}

function ourOrder(top: WireObject, config: CashyConfig, reference: ProviderReference): ProviderOutcome {
  const data = objectMember(top, 'data');
  requireOurReference(requiredText(data, 'mchOrderNo'), reference, 'mchOrderNo');
  requireEcho(textMember(data, 'merchantId'), config.merchantId, 'merchantId');
  return outcomeOf(data);
}

function factsOf(data: WireObject): OrderFacts {
  return orderFacts({
    orderId: orderIdFrom(requiredText(data, 'orderNo'), 'orderNo'),
    reference: textMember(data, 'mchOrderNo'),
    ordered: amountMember(data, 'amount', CURRENCY),
    providerTime: textMember(data, 'completionTime'),
  });
}
