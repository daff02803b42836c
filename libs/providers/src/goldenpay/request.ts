import type { BankAccount } from '#domain/provider/beneficiary';
import type { OrderQuery, PayoutOrder } from '../provider.js';
import { writeDecimal } from '../wire/decimal.js';
import type { WireRequest } from '../wire/exchange.js';
import { jsonNumber, writeJson } from '../wire/lossless-json.js';
import type { GoldenpayConfig } from './settings.js';
import { sign } from './signature.js';

const ORDERS_PATH = '/api/v1/mch/wdl-orders';

/** What is new in every request. `timestamp`: unix seconds as text. */
export interface Freshness {
  readonly nonce: string;
  readonly timestamp: string;
}

export function createRequest(
  config: GoldenpayConfig,
  order: PayoutOrder & { readonly beneficiary: BankAccount },
  fresh: Freshness,
): WireRequest {
  const { beneficiary } = order;
  const texts = {
    trans_id: order.reference,
    channel: config.channel,
    // Two decimals for every currency, as the page's own VND order has them.
    amount: writeDecimal(order.amount, 2),
    currency: order.amount.currency,
    account_no: beneficiary.accountNumber,
    account_name: beneficiary.holderName,
    account_org: beneficiary.bankName ?? '',
    account_org_code: beneficiary.bankCode,
    account_sub_org: beneficiary.branch ?? '',
    account_email: beneficiary.email ?? '',
    account_phone: beneficiary.phone ?? '',
    remarks: order.description,
    callback_url: config.callbackUrl,
    nonce: fresh.nonce,
  };
  const given = Object.fromEntries(Object.entries(texts).filter(([, text]) => text !== ''));
  const signature = sign({ ...given, mch_id: config.merchantId, timestamp: fresh.timestamp }, config);
  return {
    method: 'POST',
    url: config.baseUrl + ORDERS_PATH,
    headers: { 'content-type': 'application/json' },
    body: writeJson({
      mch_id: jsonNumber(config.merchantId),
      ...given,
      timestamp: jsonNumber(fresh.timestamp),
      sign: signature,
    }),
  };
}

export function queryRequest(config: GoldenpayConfig, query: OrderQuery, fresh: Freshness): WireRequest {
  const parameters = { trans_id: query.reference, mch_id: config.merchantId, ...fresh };
  const search = new URLSearchParams({ ...parameters, sign: sign(parameters, config) });
  return { method: 'GET', url: `${config.baseUrl}${ORDERS_PATH}?${search.toString()}`, headers: {} };
}
