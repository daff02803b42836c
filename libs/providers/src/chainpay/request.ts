import type { CryptoWallet } from '#domain/provider/beneficiary';
import type { OrderQuery, PayoutOrder } from '../provider.js';
import { writeShortest } from '../wire/decimal.js';
import type { WireRequest } from '../wire/exchange.js';
import { writeJson, type WireObject } from '../wire/lossless-json.js';
import type { ChainpayConfig, ChainpayCurrency } from './settings.js';
import { preSignString, sign } from './signature.js';

/** What their JSON writer and ours write alike: Go escapes < > & and the vendor's would no longer be our text. */
const PLAIN = /^[\x20-\x7e]+$/;
const ESCAPED = /[<>&"\\]/;

export function createRequest(
  config: ChainpayConfig,
  order: PayoutOrder & { readonly beneficiary: CryptoWallet },
  currency: Required<ChainpayCurrency>,
): WireRequest {
  const { description } = order;
  const describable = PLAIN.test(description) && !ESCAPED.test(description);
  return signed(config, '/v2/payout', {
    amount: writeShortest(order.amount),
    currency: currency.symbol,
    outTradeNo: order.reference,
    payChannel: currency.payChannel,
    currencyId: currency.currencyId,
    receiver: order.beneficiary.address,
    // Whether an empty `extra` is signed isn't said: without a description there is none.
    ...(describable && { extra: { description } }),
  });
}

export function queryRequest(config: ChainpayConfig, query: OrderQuery): WireRequest {
  return signed(config, '/v2/queryPayOutOrder', { outTradeNo: query.reference });
}

function signed(config: ChainpayConfig, path: string, parameters: WireObject): WireRequest {
  const text = preSignString(parameters, config.dropEmpty) ?? '';
  return {
    method: 'POST',
    url: config.baseUrl + path,
    headers: { 'content-type': 'application/json', 'app-id': config.appId },
    body: writeJson({ ...parameters, sign: sign(text, config.privateKey) }),
  };
}
