import { readDecimal } from '../../decimal.js';
import { isExactObject, numberText, readExactObject, writeExact } from '../../exact-json.js';
import type { GoldenpaySettings } from '../../settings.js';
import { sameText } from '../constant-time.js';
import { saysJson, type ReceivedRequest } from '../vendor-api.js';
import { sign } from './signature.js';

export interface GoldenpayRefusal {
  readonly code: number;
  readonly message: string;
}

export interface GoldenpayOrder {
  readonly transId: string;
  readonly channel: string;
  readonly amount: string;
  readonly currency: string;
  readonly accountNo: string;
  readonly accountName: string;
  readonly accountOrg: string;
  readonly accountSubOrg: string;
  readonly callbackUrl: string;
}

type Parameters = Readonly<Record<string, string>>;

/** Countries of the page, by their currency; for two of them the institution and its code are required. */
const CURRENCIES: Readonly<Record<string, { readonly needsInstitution: boolean }>> = {
  VND: { needsInstitution: true },
  THB: { needsInstitution: true },
  PHP: { needsInstitution: false },
};
const TEXTS = [
  'trans_id',
  'channel',
  'amount',
  'currency',
  'account_no',
  'account_name',
  'account_org',
  'account_org_code',
  'account_sub_org',
  'account_email',
  'account_phone',
  'remarks',
  'callback_url',
  'nonce',
  'sign',
];

/** The vendor's order of checks: the four are there, the merchant exists, the signature; only then the fields. */
export function refuseSignature(
  parameters: Parameters,
  settings: GoldenpaySettings,
): GoldenpayRefusal | null {
  const absent = ['mch_id', 'timestamp', 'nonce', 'sign'].find((name) => (parameters[name] ?? '') === '');
  if (absent !== undefined) return bad(`The ${absent} field is required`);
  if (!/^\d+$/.test(parameters['mch_id'] ?? '')) return bad('The mch_id must be an integer');
  if (!/^\d{10}$/.test(parameters['timestamp'] ?? '')) return bad('The timestamp must be a 10-digit integer');
  if (!/^[0-9A-Za-z]{6,24}$/.test(parameters['nonce'] ?? ''))
    return bad('The nonce must be 6 to 24 letters and digits');
  if (parameters['mch_id'] !== String(settings.mchId)) return bad('Merchant does not exist');
  const given = (parameters['sign'] ?? '').toLowerCase();
  return sameText(given, sign(parameters, settings.token)) ? null : bad('Signature error');
}

/** The JSON body as the texts that are signed, or a refusal. Numbers only where the page says integer. */
export function bodyParameters(request: ReceivedRequest): Parameters | GoldenpayRefusal {
  if (!saysJson(request)) return bad('The request must be JSON');
  const body = readExactObject(request.body);
  if (body === null) return bad('The request body is not a JSON object');
  const parameters: Record<string, string> = {};
  for (const [name, value] of Object.entries(body)) {
    const isInteger = name === 'mch_id' || name === 'timestamp';
    if (isInteger && numberText(value) === null) return bad(`The ${name} must be an integer`);
    if (TEXTS.includes(name) && value !== null && typeof value !== 'string')
      return bad(`The ${name} must be a string`);
    if (Array.isArray(value) || isExactObject(value)) return bad(`The ${name} must not be nested`);
    parameters[name] =
      value === null ? '' : typeof value === 'string' ? value : (numberText(value) ?? writeExact(value));
  }
  return parameters;
}

export function isRefusal(value: Parameters | GoldenpayRefusal | GoldenpayOrder): value is GoldenpayRefusal {
  return typeof (value as { code?: unknown }).code === 'number';
}

export function readOrder(
  parameters: Parameters,
  settings: GoldenpaySettings,
): GoldenpayOrder | GoldenpayRefusal {
  const text = (name: string) => parameters[name] ?? '';
  const required = [
    'trans_id',
    'channel',
    'amount',
    'currency',
    'account_no',
    'account_name',
    'callback_url',
  ];
  const absent = required.find((name) => text(name) === '');
  if (absent !== undefined) return bad(`The ${absent} field is required`);
  const currency = text('currency').toUpperCase();
  const rules = Object.hasOwn(CURRENCIES, currency) ? CURRENCIES[currency] : undefined;
  if (rules === undefined) return bad(`No account in currency ${currency}`);
  if (rules.needsInstitution) {
    const missing = ['account_org', 'account_org_code'].find((name) => text(name) === '');
    if (missing !== undefined) return bad(`The ${missing} field is required`);
  }
  if (!settings.channels.includes(text('channel')))
    return bad(`Insufficient channel permission: ${text('channel')}`);
  const amount = readDecimal(text('amount'));
  if (amount === null || amount.units === 0n) return bad('The amount must be greater than 0');
  const accountNo = text('account_no');
  if (accountNo.length > 34) return bad('The account_no may not be longer than 34 characters');
  if (currency === 'VND' && !(/^[0-9A-Za-z]+$/.test(accountNo) && /\d/.test(accountNo))) {
    return bad('The account_no must be alphanumeric and not letters only');
  }
  const email = text('account_email');
  if (email !== '' && !/^[^\s@]+@[^\s@]+\.[^\s@]+$/.test(email))
    return bad('The account_email must be a valid email');
  if (!isHttpUrl(text('callback_url'))) return bad('The callback_url must be a valid URL');
  return {
    transId: text('trans_id'),
    channel: text('channel'),
    amount: text('amount'),
    currency,
    accountNo,
    accountName: text('account_name'),
    accountOrg: text('account_org'),
    accountSubOrg: text('account_sub_org'),
    callbackUrl: text('callback_url'),
  };
}

export function bad(message: string): GoldenpayRefusal {
  return { code: 400, message };
}

function isHttpUrl(text: string): boolean {
  return /^https?:$/.test(URL.parse(text)?.protocol ?? '');
}
