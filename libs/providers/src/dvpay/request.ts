import type { StoredMethod } from '#domain/provider/beneficiary';
import type { ProviderOrderId } from '#domain/ids';
import type { OrderQuery, PayoutOrder } from '../provider.js';
import { writeDecimal } from '../wire/decimal.js';
import type { WireRequest } from '../wire/exchange.js';
import { jsonNumber, writeJson } from '../wire/lossless-json.js';
import type { DvpayConfig } from './settings.js';
import { signRequest } from './signature.js';

const PAYOUT_PATH = '/api/v1/payment-gateway/order/payout';

/** `timestamp`: unix seconds as text. */
export function createRequest(
  config: DvpayConfig,
  order: PayoutOrder & { readonly beneficiary: StoredMethod },
  decimals: number,
  timestamp: string,
): WireRequest {
  const amount = jsonNumber(writeDecimal(order.amount, decimals));
  const currency = order.amount.currency;
  const account = order.beneficiary.methodId;
  const body =
    config.authProfile === 'v1_4'
      ? writeJson({ accountNumber: account, amount, currency })
      : writeJson({ account_id: account, amount, currency, description: order.description || undefined });
  return {
    method: 'POST',
    url: config.baseUrl + PAYOUT_PATH,
    headers: {
      'content-type': 'application/json',
      ...credentials(config, timestamp),
      ...(config.authProfile === 'v1_4' && { 'x-signature': signRequest(body, timestamp, config.apiSecret) }),
      // v1.0 doesn't ask for it; sent there too, it costs nothing.
      'x-idempotent-key': order.idempotencyKey,
    },
    body,
  };
}

/** Whether a `payout_id` is taken as `transaction_id` is not said; there is no other look-up. */
export function queryRequest(
  config: DvpayConfig,
  query: OrderQuery & { readonly orderId: ProviderOrderId },
  timestamp: string,
): WireRequest {
  const url = config.baseUrl + config.queryPath;
  // v1.4 asks for nothing but the key outside of payouts and refunds.
  const headers =
    config.authProfile === 'v1_4' ? { 'x-api-key': config.apiKey } : credentials(config, timestamp);
  if (config.queryMethod === 'GET') {
    return { method: 'GET', url: `${url}?transaction_id=${encodeURIComponent(query.orderId)}`, headers };
  }
  const int64 = /^[1-9][0-9]{0,18}$/.test(query.orderId);
  const id = int64 ? jsonNumber(query.orderId) : query.orderId;
  const body = writeJson(
    config.authProfile === 'v1_4' ? { transactionId: id } : { transaction_id: query.orderId },
  );
  return { method: 'POST', url, headers: { 'content-type': 'application/json', ...headers }, body };
}

function credentials(config: DvpayConfig, timestamp: string): Record<string, string> {
  return {
    // v1.4 removed it, and headers of an older generation may be refused there.
    ...(config.authProfile !== 'v1_4' && { 'x-app-id': config.appId }),
    'x-api-key': config.apiKey,
    'x-timestamp': timestamp,
  };
}
