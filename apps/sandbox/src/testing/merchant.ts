import { createHash, createHmac, createSign } from 'node:crypto';
import type { Vendor } from '../script.js';
import type { SandboxSettings } from '../settings.js';

/** What a merchant sends; `callbackUrl` goes along only where the vendor takes it from the order. */
export interface MerchantOrder {
  readonly reference: string;
  readonly beneficiary: string;
  readonly callbackUrl: string;
}

export interface HttpRequest {
  readonly method: 'GET' | 'POST';
  readonly path: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body?: string;
}

export interface Merchant {
  readonly vendor: Vendor;
  /** A beneficiary text that the vendor accepts; different for different n. */
  beneficiary(n: number): string;
  create(order: MerchantOrder): HttpRequest;
  /** The same request with a credential or signature that doesn't hold. */
  forged(order: MerchantOrder): HttpRequest;
  /** A validly signed request without the beneficiary. */
  incomplete(order: MerchantOrder): HttpRequest;
  /** Asks for an order by our reference or, where there is none, by the vendor's number. */
  query(reference: string, orderId: string): HttpRequest;
  /** Whether a create answer says that the order was taken. */
  isAccepted(status: number, body: string): boolean;
}

const JSON_TYPE = { 'content-type': 'application/json' };
const md5 = (text: string) => createHash('md5').update(text).digest('hex');

export function send(url: string, { method, path, headers, body }: HttpRequest): Promise<Response> {
  return fetch(url + path, { method, headers, ...(body === undefined ? {} : { body }) });
}

export function merchants(settings: SandboxSettings, chainpayPrivateKey: string): readonly Merchant[] {
  return [
    dvpay(settings),
    goldenpay(settings),
    cashy(settings),
    revere(settings),
    chainpay(settings, chainpayPrivateKey),
  ];
}

function dvpay({ dvpay: { appId, apiKey } }: SandboxSettings): Merchant {
  const headers = () => ({
    ...JSON_TYPE,
    'x-app-id': appId,
    'x-api-key': apiKey,
    'x-timestamp': String(Math.floor(Date.now() / 1000)),
  });
  const create = ({ reference, beneficiary }: MerchantOrder): HttpRequest => ({
    method: 'POST',
    path: '/dvpay/api/v1/payment-gateway/order/payout',
    headers: { ...headers(), 'x-idempotent-key': reference },
    body: `{"account_id":"${beneficiary}","amount":200.00,"currency":"USD","description":"Monthly commission"}`,
  });
  return {
    vendor: 'dvpay',
    beneficiary: (n) => `acc_${n}`,
    create,
    forged: (order) => {
      const request = create(order);
      return { ...request, headers: { ...request.headers, 'x-api-key': 'another' } };
    },
    incomplete: (order) => ({ ...create(order), body: '{"amount":200.00,"currency":"USD"}' }),
    query: (_reference, orderId) => ({
      method: 'GET',
      path: `/dvpay/api/v1/payment-gateway/payment/transaction-detail?transaction_id=${orderId}`,
      headers: headers(),
    }),
    isAccepted: (status, body) => status === 200 && body.includes('"payout_id"'),
  };
}

function goldenpay({ goldenpay: { mchId, token } }: SandboxSettings): Merchant {
  const path = '/goldenpay/api/v1/mch/wdl-orders';
  const signed = (fields: Record<string, string | number>): Record<string, string | number> => {
    const pairs = Object.keys(fields)
      .filter((name) => fields[name] !== '')
      .sort()
      .map((name) => `${name}=${fields[name] ?? ''}`);
    return { ...fields, sign: md5([token, ...pairs].join('&')) };
  };
  const common = () => ({ mch_id: mchId, nonce: 'abc123DEF456', timestamp: Math.floor(Date.now() / 1000) });
  const fieldsOf = ({ reference, beneficiary, callbackUrl }: MerchantOrder) => ({
    ...common(),
    trans_id: reference,
    channel: 'bank',
    amount: '100.00',
    currency: 'VND',
    account_no: beneficiary,
    account_name: 'NGUYEN XUAN HUNG',
    account_org: 'PVCOMOBANK',
    account_org_code: '970412',
    remarks: '',
    callback_url: callbackUrl,
  });
  const post = (fields: object): HttpRequest => ({
    method: 'POST',
    path,
    headers: JSON_TYPE,
    body: JSON.stringify(fields),
  });
  return {
    vendor: 'goldenpay',
    beneficiary: (n) => `23336677992${n}`,
    create: (order) => post(signed(fieldsOf(order))),
    forged: (order) => post({ ...signed(fieldsOf(order)), amount: '900.00' }),
    incomplete: (order) => post(signed({ ...fieldsOf(order), account_no: '' })),
    query: (reference) => {
      const fields = signed({ ...common(), trans_id: reference });
      const texts = Object.fromEntries(Object.entries(fields).map(([name, value]) => [name, String(value)]));
      return { method: 'GET', path: `${path}?${new URLSearchParams(texts).toString()}`, headers: {} };
    },
    isAccepted: (_status, body) => body.includes('"code":200') && body.includes('"status":20'),
  };
}

function cashy({ cashy: { merchantId, apiKey } }: SandboxSettings): Merchant {
  const post = (path: string, body: string, key = apiKey): HttpRequest => ({
    method: 'POST',
    path,
    headers: { ...JSON_TYPE, MerchantId: String(merchantId), Sign: md5(body + key).toUpperCase() },
    body,
  });
  const bodyOf = ({ reference, beneficiary, callbackUrl }: MerchantOrder) =>
    `{"amount":60000.00,"bankId":33,"idType":"1","accountName":"Jeson","mchOrderNo":"${reference}",` +
    `"idCard":"43912345","accountNo":"${beneficiary}","accountType":"1","notifyUrl":"${callbackUrl}",` +
    `"currency":"COP","remark":"remark","nonceStr":"123456789"}`;
  const path = '/cashy/api/payOut';
  return {
    vendor: 'cashy',
    beneficiary: (n) => `30236${n}`,
    create: (order) => post(path, bodyOf(order)),
    forged: (order) => post(path, bodyOf(order), 'another'),
    incomplete: (order) => post(path, bodyOf({ ...order, beneficiary: '' })),
    query: (reference) =>
      post('/cashy/api/payOutQuery', `{"mchOrderNo":"${reference}","nonceStr":"9459931608"}`),
    isAccepted: (_status, body) => body.includes('"code":200') && body.includes('"PROCESSING"'),
  };
}

function revere({ revere: settings }: SandboxSettings): Merchant {
  const base = `/revere/api/v1/groups/${settings.groupId}/revere_pay/${settings.linkedAccountId}`;
  const create = ({ beneficiary }: MerchantOrder): HttpRequest => ({
    method: 'POST',
    path: `${base}/wallet/payout`,
    headers: { ...JSON_TYPE, authorization: settings.walletKey },
    body: `{"payment_method_id":"${beneficiary}","amount":100000,"currency":"USD"}`,
  });
  return {
    vendor: 'revere',
    beneficiary: (n) => `23fe345e-3e5f-4c32-8220-${String(n).padStart(12, '0')}`,
    create,
    forged: (order) => ({
      ...create(order),
      headers: { ...JSON_TYPE, authorization: `Bearer ${settings.walletKey}` },
    }),
    incomplete: (order) => ({ ...create(order), body: '{"amount":100000,"currency":"USD"}' }),
    query: (_reference, orderId) => ({
      method: 'GET',
      path: `${base}/transactions/reporting?type=table&payment_types[]=payout&transaction_id[]=${orderId}`,
      headers: { authorization: settings.reportingKey },
    }),
    isAccepted: (status, body) => status === 200 && body.includes('"processor_transaction_id"'),
  };
}

function chainpay({ chainpay: { appId } }: SandboxSettings, privateKey: string): Merchant {
  const signed = (string: string) => createSign('RSA-SHA256').update(string).sign(privateKey, 'base64');
  const post = (path: string, fields: object): HttpRequest => ({
    method: 'POST',
    path,
    headers: { ...JSON_TYPE, 'app-id': appId },
    body: JSON.stringify(fields),
  });
  const fieldsOf = ({ reference, beneficiary }: MerchantOrder) => ({
    amount: '1',
    currency: 'USD',
    outTradeNo: reference,
    payChannel: 'xpay',
    currencyId: 'P575ItNeMxM6fy6zhbnrlezYlvQnHMLZ',
    receiver: beneficiary,
    extra: { memo: 'm1', description: 'payout transaction' },
  });
  const stringOf = ({ reference, beneficiary }: MerchantOrder) =>
    'amount=1&currency=USD&currencyId=P575ItNeMxM6fy6zhbnrlezYlvQnHMLZ' +
    `&extra={"description":"payout transaction","memo":"m1"}&outTradeNo=${reference}&payChannel=xpay` +
    (beneficiary === '' ? '' : `&receiver=${beneficiary}`);
  const create = (order: MerchantOrder) =>
    post('/chainpay/v2/payout', { ...fieldsOf(order), sign: signed(stringOf(order)) });
  return {
    vendor: 'chainpay',
    beneficiary: (n) => `0x${String(n).padStart(40, '0')}`,
    create,
    forged: (order) =>
      post('/chainpay/v2/payout', { ...fieldsOf(order), amount: '9', sign: signed(stringOf(order)) }),
    incomplete: (order) => create({ ...order, beneficiary: '' }),
    query: (reference) =>
      post('/chainpay/v2/queryPayOutOrder', {
        outTradeNo: reference,
        sign: signed(`outTradeNo=${reference}`),
      }),
    isAccepted: (_status, body) => body.includes('"code":0') && body.includes('"order_no"'),
  };
}

/** X-DVPay-Signature as a merchant would compute it. */
export function hmacHex(text: string, secret: string): string {
  return createHmac('sha256', secret).update(text).digest('hex');
}
