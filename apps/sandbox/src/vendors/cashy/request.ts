import { compareDecimals, mustRead, readDecimal, toScale } from '../../decimal.js';
import { numberText, readExactObject, type ExactObject } from '../../exact-json.js';
import type { CashySettings } from '../../settings.js';
import { sameText } from '../constant-time.js';
import { header, saysJson, type ReceivedRequest } from '../vendor-api.js';
import { sign } from './signature.js';

/** The `msg` of a refusal. */
export interface CashyRefusal {
  readonly msg: string;
}

export interface CashyOrder {
  readonly mchOrderNo: string;
  readonly accountNo: string;
  /** Two decimals. */
  readonly amount: string;
  readonly notifyUrl: string;
}

const TEXT_LENGTHS: Readonly<Record<string, number>> = {
  accountName: 32,
  accountNo: 32,
  currency: 32,
  mchOrderNo: 32,
  notifyUrl: 250,
  nonceStr: 32,
  idType: 32,
  idCard: 32,
  remark: 32,
};
const REQUIRED = [
  'accountName',
  'accountNo',
  'accountType',
  'currency',
  'amount',
  'bankId',
  'mchOrderNo',
  'notifyUrl',
  'nonceStr',
  'idType',
  'idCard',
  'remark',
];

/** Headers, signature over the raw bytes, and the body as JSON. Messages are those of the vendor's appendices. */
export function readSigned(
  request: ReceivedRequest,
  settings: CashySettings,
): { readonly fields: ExactObject } | CashyRefusal {
  if (!saysJson(request)) return { msg: 'RequestContentType_not_json' };
  const merchantId = header(request, 'merchantid');
  if (merchantId === null) return { msg: 'MerchantId_is_null' };
  if (!/^\d+$/.test(merchantId)) return { msg: 'MerchantId_not_Number' };
  if (merchantId !== String(settings.merchantId)) return { msg: 'MerchantId_is_error' };
  if (request.body.length === 0) return { msg: 'RequestBody_is_null' };
  const given = (header(request, 'sign') ?? '').toUpperCase();
  if (!sameText(given, sign(request.body, settings.apiKey))) return { msg: 'Sign_verify_error' };
  const fields = readExactObject(request.body);
  return fields === null ? { msg: 'Params_jsonFormat_error' } : { fields };
}

export function readOrder(body: ExactObject, settings: CashySettings): CashyOrder | CashyRefusal {
  const absent = REQUIRED.find(
    (name) => body[name] === undefined || body[name] === null || body[name] === '',
  );
  if (absent !== undefined) return { msg: `Params_${absent}_Required` };
  const texts: Record<string, string> = {};
  for (const [name, length] of Object.entries(TEXT_LENGTHS)) {
    const value = body[name];
    if (typeof value !== 'string' || value.length > length) return error(name);
    texts[name] = value;
  }
  for (const name of ['phone', 'email']) {
    const value = body[name];
    if (value !== undefined && value !== null && (typeof value !== 'string' || value.length > 32))
      return error(name);
  }
  if (texts['currency'] !== 'COP') return error('currency');
  const amount = readAmount(body['amount']);
  if (amount === null) return error('amount');
  const bankId = numberText(body['bankId']);
  if (bankId === null || !settings.bankIds.some((id) => String(id) === bankId)) return error('bankId');
  // The table says int, the sample sends a text: both are taken. 0 current account, 1 savings.
  const accountType =
    typeof body['accountType'] === 'string' ? body['accountType'] : numberText(body['accountType']);
  if (accountType !== '0' && accountType !== '1') return error('accountType');
  // Appendix: e-wallets must use 1.
  if (accountType === '0' && settings.walletBankIds.some((id) => String(id) === bankId))
    return error('accountType');
  if (!/^[1-5]$/.test(texts['idType'] ?? '')) return error('idType');
  const { mchOrderNo = '', accountNo = '', notifyUrl = '' } = texts;
  if (!/^https?:$/.test(URL.parse(notifyUrl)?.protocol ?? '')) return error('notifyUrl');
  return { mchOrderNo, accountNo, amount, notifyUrl };
}

/** decimal(20,2) from 10000 to 5000000; as a number, like the sample's. */
function readAmount(value: unknown): string | null {
  const decimal = readDecimal(numberText(value) ?? '');
  if (decimal === null) return null;
  if (compareDecimals(decimal, mustRead('10000')) < 0 || compareDecimals(decimal, mustRead('5000000')) > 0)
    return null;
  return toScale(decimal, 2);
}

function error(name: string): CashyRefusal {
  return { msg: `Params_${name}_error` };
}
