import type { StoredMethod } from '#domain/provider/beneficiary';
import type { ProviderOrderId } from '#domain/ids';
import type { PayoutOrder } from '../provider.js';
import type { WireRequest } from '../wire/exchange.js';
import { jsonNumber, writeJson } from '../wire/lossless-json.js';
import type { RevereConfig } from './settings.js';
import { authorization } from './signature.js';

/** `amount` is whole cents. */
export function createRequest(
  config: RevereConfig,
  order: PayoutOrder & { readonly beneficiary: StoredMethod },
): WireRequest {
  return {
    method: 'POST',
    url: `${accountUrl(config)}/wallet/payout`,
    headers: { 'content-type': 'application/json', ...authorization(config.walletKey) },
    body: writeJson({
      payment_method_id: order.beneficiary.methodId,
      amount: jsonNumber(order.amount.minor.toString()),
      currency: order.amount.currency,
    }),
  };
}

/**
 * The report filtered by one number. Assumed: that a payout's `processor_transaction_id` is the report's `id`, and the
 * encoding of the list.
 */
export function queryRequest(config: RevereConfig, orderId: ProviderOrderId): WireRequest {
  const search = new URLSearchParams({ type: 'table', 'transaction_id[]': orderId });
  return {
    method: 'GET',
    url: `${accountUrl(config)}/transactions/reporting?${search.toString()}`,
    headers: authorization(config.reportingKey),
  };
}

function accountUrl(config: RevereConfig): string {
  return `${config.baseUrl}/api/v1/groups/${config.groupId}/revere_pay/${config.linkedAccountId}`;
}
