import { createHash, createHmac, generateKeyPairSync, sign, verify } from 'node:crypto';
import type { OutboundHttp } from '#platform/http/outbound-http';
import { providerOrderId } from '#domain/ids';
import type { ProviderName } from '#domain/provider/provider-name';
import { CashyProvider } from '#providers/cashy/provider';
import { ChainpayProvider } from '#providers/chainpay/provider';
import { DvpayProvider } from '#providers/dvpay/provider';
import { GoldenpayProvider } from '#providers/goldenpay/provider';
import type { OrderQuery, PayoutOrder, Provider, RawCallback } from '#providers/provider';
import { RevereProvider } from '#providers/revere/provider';
import { CountingIds, FixedClock, orderOf, OTHER_REFERENCE, REFERENCE } from './provider-doubles.js';
import type { Arrival, ScriptedAnswer } from './scripted-http-server.js';

type Given = string | readonly string[] | undefined;

/** Everything that the contract suite has to know of one provider. Signatures are computed here by other code. */
export interface ProviderSubject {
  readonly name: ProviderName;
  /** Names of the settings that are secrets. */
  readonly secretSettings: readonly string[];
  /** Texts that must never be in any evidence. */
  readonly secrets: readonly string[];
  build(baseUrl: string, http: OutboundHttp, settings?: Readonly<Record<string, unknown>>): Provider;
  readonly order: PayoutOrder;
  readonly unpayable: PayoutOrder;
  readonly query: OrderQuery;
  /** Whether the request carries a right proof over exactly the bytes that arrived. */
  isSigned(arrival: Arrival): boolean;
  readonly create: {
    readonly accepted: ScriptedAnswer;
    readonly succeeded?: ScriptedAnswer;
    readonly failed?: ScriptedAnswer;
    readonly unknownStatus: ScriptedAnswer;
    readonly refused: ScriptedAnswer;
    /** Absent where the answer repeats nothing of the order. */
    readonly forAnotherOrder?: ScriptedAnswer;
  };
  readonly lookUp: {
    readonly pending: ScriptedAnswer;
    readonly succeeded: ScriptedAnswer;
    readonly failed: ScriptedAnswer;
    readonly unknownStatus: ScriptedAnswer;
    readonly notFound: ScriptedAnswer;
    readonly forAnotherOrder: ScriptedAnswer;
  };
  readonly callback: {
    readonly proof: 'header' | 'body' | 'path';
    readonly body: string;
    /** The right proof of a body. */
    proofOf(body: string): string;
    with(body: string, proof: Given): RawCallback;
    readonly expected: { readonly kind: 'succeeded' | 'pending'; readonly orderedMinor?: bigint };
  };
  readonly acknowledgement: { readonly status: 200; readonly contentType: string; readonly body: string };
}

const parts = (http: OutboundHttp) => ({
  http,
  clock: new FixedClock(),
  ids: new CountingIds(),
  timing: { requestTimeout: 250 },
});
const ok = (body: unknown): ScriptedAnswer => ({
  status: 200,
  body: typeof body === 'string' ? body : JSON.stringify(body),
});
const md5 = (text: string | Buffer): string => createHash('md5').update(text).digest('hex');
const hmac = (key: string, text: string): string => createHmac('sha256', key).update(text).digest('hex');
const bytes = (text: string): Uint8Array => Buffer.from(text, 'utf8');
/** A callback whose proof stands in the header `name`. */
const inHeader =
  (name: string) =>
  (body: string, proof: Given): RawCallback => ({
    body: bytes(body),
    headers: proof === undefined ? {} : { [name]: proof },
  });
/** A callback whose proof is the member `sign`; sent twice, the name comes twice. */
const inBody = (body: string, proof: Given): RawCallback => {
  const signs = typeof proof === 'string' ? [proof] : (proof ?? []);
  const members = signs.map((text) => `,"sign":${JSON.stringify(text)}`).join('');
  return { body: bytes(`${body.slice(0, -1)}${members}}`), headers: {} };
};

function dvpay(): ProviderSubject {
  const settings = { appId: 'app-77', apiKey: 'dvpay-api-key-0001', webhookSecret: 'dvpay-webhook-0001' };
  const order = orderOf('200.00', 'USD', { kind: 'stored-method', methodId: 'acc_123' });
  const created = (status: string, more: object = {}): ScriptedAnswer =>
    ok({ payout_id: 'payout_xyz789', account_id: 'acc_123', amount: 200, currency: 'USD', status, ...more });
  const looked = (status: string, id = 'payout_xyz789'): ScriptedAnswer =>
    ok({
      transaction_id: id,
      order_id: 'o1',
      amount: 200,
      currency: 'USD',
      status,
      updated_at: '2025-10-04T12:00:00Z',
    });
  const error = (status: number, code: string): ScriptedAnswer => ({
    status,
    body: JSON.stringify({ error: { code, message: 'no acc_123 here', request_id: 'r1' } }),
  });
  return {
    name: 'dvpay',
    secretSettings: ['apiKey', 'webhookSecret'],
    secrets: [settings.apiKey, settings.webhookSecret],
    build: (baseUrl, http, more) => new DvpayProvider({ ...settings, baseUrl, ...more }, parts(http)),
    order,
    unpayable: { ...order, beneficiary: { kind: 'crypto-wallet', address: '0x1' } },
    query: {
      reference: REFERENCE,
      orderId: providerOrderId('payout_xyz789'),
      currency: order.amount.currency,
    },
    isSigned: ({ headers }) =>
      headers['x-api-key'] === settings.apiKey && headers['x-timestamp'] === '1777860600',
    create: {
      accepted: created('processing'),
      succeeded: created('completed'),
      failed: created('failed'),
      unknownStatus: created('on_hold'),
      refused: error(422, 'insufficient_funds'),
      forAnotherOrder: created('completed', { account_id: 'acc_124' }),
    },
    lookUp: {
      pending: looked('pending'),
      succeeded: looked('completed'),
      failed: looked('failed'),
      unknownStatus: looked('REFUNDED'),
      notFound: error(404, 'not_found'),
      forAnotherOrder: looked('completed', 'payout_other'),
    },
    callback: {
      proof: 'header',
      body: '{"event":"payout.completed","timestamp":"2025-09-15T14:30:00Z","data":{"payout_id":"payout_xyz789","amount":200.00,"currency":"USD","status":"completed"}}',
      proofOf: (body) => hmac(settings.webhookSecret, body),
      with: inHeader('x-dvpay-signature'),
      expected: { kind: 'succeeded', orderedMinor: 20000n },
    },
    acknowledgement: { status: 200, contentType: 'application/json', body: '{"status":"received"}' },
  };
}

function goldenpay(): ProviderSubject {
  const apiToken = 'test-api-token-0001';
  const order = orderOf('250000', 'VND', {
    kind: 'bank-account',
    holderName: 'NGUYEN XUAN HUNG',
    accountNumber: '2333667799212341',
    bankCode: '970412',
    bankName: 'PVCOMOBANK',
  });
  const payload = (status: number, more: object = {}): ScriptedAnswer =>
    ok({
      code: 200,
      payload: {
        id: 'P202605040001',
        trans_id: REFERENCE,
        mch_id: 10001,
        currency: 'VND',
        order_amount: '250000.00',
        account_no: '2333667799212341',
        status,
        created_at: '2026-05-04 10:10:00',
        ...more,
      },
    });
  const error = (code: number): ScriptedAnswer =>
    ok({ code, rid: 'r1', errors: { message: '[r1] no 2333667799212341' } });
  const md5Of = (all: Readonly<Record<string, unknown>>): string => {
    const names = Object.keys(all).filter(
      (name) => name !== 'sign' && all[name] !== '' && all[name] !== null,
    );
    return md5(
      `${apiToken}&${names
        .sort()
        .map((name) => `${name}=${String(all[name])}`)
        .join('&')}`,
    );
  };
  return {
    name: 'goldenpay',
    secretSettings: ['apiToken'],
    secrets: [apiToken],
    build: (baseUrl, http, more) =>
      new GoldenpayProvider(
        {
          baseUrl,
          merchantId: '10001',
          apiToken,
          callbackUrl: 'https://merchant.example.com/callback/payout',
          ...more,
        },
        parts(http),
      ),
    order,
    unpayable: { ...order, beneficiary: { kind: 'crypto-wallet', address: '0x1' } },
    query: { reference: REFERENCE, currency: order.amount.currency },
    isSigned: ({ method, url, body }) => {
      const all =
        method === 'GET'
          ? Object.fromEntries(new URL(url, 'http://x').searchParams)
          : (JSON.parse(body.toString('utf8')) as Record<string, unknown>);
      return all['sign'] === md5Of(all);
    },
    create: {
      accepted: payload(20),
      succeeded: payload(60),
      failed: payload(50),
      unknownStatus: payload(30),
      refused: error(400),
      forAnotherOrder: payload(60, { trans_id: OTHER_REFERENCE }),
    },
    lookUp: {
      pending: payload(21),
      succeeded: payload(60, { pay_amount: '250000.00' }),
      failed: payload(50),
      unknownStatus: payload(70),
      notFound: error(404),
      forAnotherOrder: payload(60, { trans_id: OTHER_REFERENCE }),
    },
    callback: {
      proof: 'body',
      body: `{"id":"P202605040001","trans_id":"${REFERENCE}","mch_id":10001,"order_amount":"250000.00","status":60,"created_at":"2026-05-04 10:10:00","payed_at":"2026-05-04 10:15:00"}`,
      proofOf: (body) => md5Of(JSON.parse(body) as Record<string, unknown>),
      with: inBody,
      expected: { kind: 'succeeded', orderedMinor: 250000n },
    },
    acknowledgement: { status: 200, contentType: 'text/plain', body: 'success' },
  };
}

function cashy(): ProviderSubject {
  const apiKey = 'test-merchant-api-key';
  const order = orderOf('60000', 'COP', {
    kind: 'bank-account',
    holderName: 'Jeson',
    accountNumber: '646180000000000007',
    bankCode: '1007',
    accountType: 'savings',
    document: { type: 'national-id', number: '43912345' },
  });
  const data = (orderStatus: string, more: object = {}): ScriptedAnswer =>
    ok({
      msg: 'SUCCESS',
      code: 200,
      data: {
        merchantId: '1002001',
        mchOrderNo: REFERENCE,
        orderNo: 'PAYOUT8551827184491839488',
        amount: '60000',
        fee: '5150',
        orderStatus,
        ...more,
      },
    });
  const upper = (body: string | Buffer): string =>
    md5(Buffer.concat([Buffer.from(body), Buffer.from(apiKey)])).toUpperCase();
  return {
    name: 'cashy',
    secretSettings: ['apiKey'],
    secrets: [apiKey],
    build: (baseUrl, http, more) =>
      new CashyProvider(
        { baseUrl, merchantId: '1002001', apiKey, callbackUrl: 'https://xxxxxx.com/notify', ...more },
        parts(http),
      ),
    order,
    unpayable: { ...order, beneficiary: { kind: 'crypto-wallet', address: '0x1' } },
    query: { reference: REFERENCE, currency: order.amount.currency },
    isSigned: ({ headers, body }) => headers['sign'] === upper(body) && headers['merchantid'] === '1002001',
    create: {
      accepted: data('PROCESSING', { fee: '0' }),
      succeeded: data('SUCCESS'),
      failed: data('FAIL'),
      unknownStatus: data('FROZEN'),
      refused: ok({ msg: 'Params_accountNo_error 646180000000000007', code: 500 }),
      forAnotherOrder: data('SUCCESS', { mchOrderNo: OTHER_REFERENCE }),
    },
    lookUp: {
      pending: data('PAYING'),
      succeeded: data('SUCCESS'),
      failed: data('CANCEL'),
      unknownStatus: data('REVERSED'),
      notFound: ok({ msg: 'Order_not_exist', code: 500 }),
      forAnotherOrder: data('SUCCESS', { mchOrderNo: OTHER_REFERENCE }),
    },
    callback: {
      proof: 'header',
      body: `{"amount":60000.00,"completionTime":"2024-12-02 08:42:54","fee":5150.0000,"mchOrderNo":"${REFERENCE}","merchantId":"1002001","nonceStr":"1733103774518","orderNo":"PAYOUT8551739282639106048","orderStatus":"SUCCESS","payType":"11"}`,
      proofOf: upper,
      with: inHeader('sign'),
      expected: { kind: 'succeeded', orderedMinor: 6000000n },
    },
    acknowledgement: { status: 200, contentType: 'application/json', body: '{"status":"SUCCESS"}' },
  };
}

function revere(): ProviderSubject {
  const keys = {
    walletKey: 'revere-wallet-key-1',
    reportingKey: 'revere-report-key-1',
    callbackToken: 'revere-callback-path-token-0123456789',
  };
  const order = orderOf('1000.00', 'USD', {
    kind: 'stored-method',
    methodId: '23fe345e-3e5f-4c32-8220-50b96a0fd1e0',
  });
  const id = 'a2b88fc2-fa43-4fbc-87fb-8309203affeb';
  const created = (status: string): ScriptedAnswer =>
    ok({
      processor_transaction_id: id,
      amount: 100000,
      status,
      created_at: '2024-07-20T15:11:16.975339432Z',
    });
  const row = (status: string, rowId = id): ScriptedAnswer =>
    ok({
      data: [
        {
          id: rowId,
          transaction_type: 'payout',
          status,
          amounts: { requested_amount: 100000 },
          currency: 'USD',
        },
      ],
      total: 1,
    });
  return {
    name: 'revere',
    secretSettings: ['walletKey', 'reportingKey', 'callbackToken'],
    secrets: Object.values(keys),
    build: (baseUrl, http, more) =>
      new RevereProvider({ baseUrl, groupId: 'g-1', linkedAccountId: 'la-1', ...keys, ...more }, parts(http)),
    order,
    unpayable: { ...order, beneficiary: { kind: 'crypto-wallet', address: '0x1' } },
    query: { reference: REFERENCE, orderId: providerOrderId(id), currency: order.amount.currency },
    isSigned: ({ method, headers }) =>
      headers.authorization === (method === 'POST' ? keys.walletKey : keys.reportingKey),
    create: {
      accepted: created('pending'),
      succeeded: created('settled'),
      failed: created('declined'),
      unknownStatus: created('partially_refunded'),
      refused: { status: 400, body: '{"message":"bad 23fe345e-3e5f-4c32-8220-50b96a0fd1e0"}' },
    },
    lookUp: {
      pending: row('pending'),
      succeeded: row('settled'),
      failed: row('voided'),
      unknownStatus: row('partially_refunded'),
      notFound: ok({ data: [], total: 0 }),
      forAnotherOrder: row('settled', 'another'),
    },
    callback: {
      proof: 'path',
      body: `{"id":"evt-1","group_id":"g-1","webhook_id":"w1","event_type":"transaction.settlement","data":{"id":"${id}"},"created_at":"2024-07-20T15:11:16Z"}`,
      proofOf: () => keys.callbackToken,
      with: (body, proof) => ({
        body: bytes(body),
        headers: {},
        ...(proof !== undefined && { pathToken: typeof proof === 'string' ? proof : proof.join('/') }),
      }),
      expected: { kind: 'pending' },
    },
    acknowledgement: { status: 200, contentType: 'text/plain', body: '' },
  };
}

function chainpay(): ProviderSubject {
  const ours = generateKeyPairSync('rsa', { modulusLength: 2048 });
  const platform = generateKeyPairSync('rsa', { modulusLength: 1024 });
  const privateKey = ours.privateKey.export({ type: 'pkcs8', format: 'pem' });
  const appId = 'app-caf118dc-4e23-4ced-ab23-8a3f65d5071a';
  const receiver = 'TQn9Y2khEsLJW1ChVWFMSMeRDow5KcbLSE';
  const currencyId = 'P575ItNeMxM6fy6zhbnrlezYlvQnHMLZ';
  const order = orderOf('12.500000', 'USDT.TRC20', { kind: 'crypto-wallet', address: receiver });
  const created = (status: string): ScriptedAnswer =>
    ok({ code: 0, data: { order_no: '1754377439308531400', status, extra: {} }, msg: 'success' });
  const looked = (state: string, more: object = {}): ScriptedAnswer =>
    ok({
      code: 0,
      data: {
        merchantId: 2,
        appId,
        merchantOrderNo: REFERENCE,
        orderNo: '1754377439308531400',
        tokenSymbol: 'USDT',
        tokenCount: '12.5',
        tokenFeeCount: '',
        currencyId,
        receiver,
        state,
        payTime: 0,
        ...more,
      },
      msg: 'success',
    });
  const stringOf = (all: Readonly<Record<string, unknown>>): string =>
    Object.keys(all)
      .filter((name) => name !== 'sign' && all[name] !== '')
      .sort()
      .map((name) => `${name}=${typeof all[name] === 'string' ? all[name] : JSON.stringify(all[name])}`)
      .join('&');
  return {
    name: 'chainpay',
    secretSettings: ['privateKey', 'platformPublicKey'],
    secrets: [privateKey.toString(), ...privateKey.toString().split('\n').slice(1, -2)],
    build: (baseUrl, http, more) =>
      new ChainpayProvider(
        {
          baseUrl,
          appId,
          privateKey: privateKey.toString(),
          platformPublicKey: platform.publicKey.export({ type: 'spki', format: 'pem' }).toString(),
          currencies: [{ currency: 'USDT.TRC20', currencyId, payChannel: 'settlement' }],
          ...more,
        },
        parts(http),
      ),
    order,
    unpayable: { ...order, beneficiary: { kind: 'crypto-wallet', address: '0x1' } },
    query: { reference: REFERENCE, currency: order.amount.currency },
    isSigned: ({ headers, body }) => {
      const all = JSON.parse(body.toString('utf8')) as Record<string, unknown>;
      const signature = Buffer.from(String(all['sign']), 'base64');
      return (
        headers['app-id'] === appId && verify('sha256', Buffer.from(stringOf(all)), ours.publicKey, signature)
      );
    },
    create: {
      accepted: created('success'),
      failed: created('failed'),
      unknownStatus: created('queued'),
      refused: ok({ code: 7, data: {}, msg: `insufficient token balance for ${receiver}` }),
    },
    lookUp: {
      pending: looked('PENDING'),
      succeeded: looked('DONE_PAYMENT'),
      failed: looked('FAILED'),
      unknownStatus: looked('EXPIRED'),
      notFound: ok({ code: 7, data: {}, msg: 'invalid order' }),
      forAnotherOrder: looked('DONE_PAYMENT', { merchantOrderNo: OTHER_REFERENCE }),
    },
    callback: {
      proof: 'body',
      body: `{"appId":"${appId}","merchantOrderNo":"${REFERENCE}","orderNo":"1754377439308531400","currencyId":"${currencyId}","tokenCount":"12.5","state":"DONE_PAYMENT","payTime":0}`,
      proofOf: (body) =>
        sign(
          'sha256',
          Buffer.from(stringOf(JSON.parse(body) as Record<string, unknown>)),
          platform.privateKey,
        ).toString('base64'),
      with: inBody,
      expected: { kind: 'pending' },
    },
    acknowledgement: { status: 200, contentType: 'text/plain', body: 'success' },
  };
}

export const PROVIDER_SUBJECTS: readonly (() => ProviderSubject)[] = [
  dvpay,
  goldenpay,
  cashy,
  revere,
  chainpay,
];
