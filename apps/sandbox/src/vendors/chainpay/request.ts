import { readDecimal, toScale } from '../../decimal.js';
import { isExactObject, readExactObject, writeExact, type ExactObject } from '../../exact-json.js';
import type { ChainpaySettings } from '../../settings.js';
import { header, saysJson, type ReceivedRequest } from '../vendor-api.js';
import { verified } from './signature.js';

export interface Refusal {
  readonly refusal: string;
}

export interface ChainpayPayout {
  readonly outTradeNo: string;
  readonly amount: string;
  readonly currency: string;
  readonly currencyId: string;
  readonly payChannel: string;
  readonly receiver: string;
  /** JSON text, as the query shows it. */
  readonly extra: string;
}

export function readSigned(
  request: ReceivedRequest,
  settings: ChainpaySettings,
  merchantPublicKey: string,
): { readonly fields: ExactObject } | Refusal {
  if (!saysJson(request)) return { refusal: 'invalid content type' };
  if (header(request, 'app-id') !== settings.appId) return { refusal: 'invalid app-id' };
  const fields = readExactObject(request.body);
  if (fields === null) return { refusal: 'invalid json' };
  const { sign } = fields;
  if (typeof sign !== 'string' || !verified(fields, sign, merchantPublicKey))
    return { refusal: 'invalid sign' };
  return { fields };
}

export function readPayout(fields: ExactObject, settings: ChainpaySettings): ChainpayPayout | Refusal {
  const texts: Record<string, string> = {};
  for (const name of ['amount', 'currency', 'outTradeNo', 'payChannel', 'currencyId', 'receiver']) {
    const value = fields[name];
    if (typeof value !== 'string' || value === '') return { refusal: `invalid ${name}` };
    texts[name] = value;
  }
  const {
    amount = '',
    currency = '',
    outTradeNo = '',
    payChannel = '',
    currencyId = '',
    receiver = '',
  } = texts;
  const listed = settings.currencies.find(
    (entry) => entry.channel === payChannel && entry.currencyId === currencyId && entry.token === currency,
  );
  if (listed === undefined) return { refusal: 'invalid currency' };
  const decimal = readDecimal(amount);
  if (decimal === null || decimal.units === 0n || toScale(decimal, listed.decimal) === null) {
    return { refusal: 'invalid amount' };
  }
  if (!isReceiver(receiver, payChannel)) return { refusal: 'invalid receiver' };
  const extra = fields['extra'] ?? {};
  if (!isExactObject(extra)) return { refusal: 'invalid extra' };
  for (const name of ['description', 'memo']) {
    const value = extra[name];
    if (value !== undefined && typeof value !== 'string') return { refusal: 'invalid extra' };
  }
  return { outTradeNo, amount, currency, currencyId, payChannel, receiver, extra: writeExact(extra) };
}

/**
 * Settlement pays to a wallet only. The other channels take a phone number; the page's own sample pays `xpay` to a
 * wallet, so that is accepted there too.
 */
function isReceiver(receiver: string, payChannel: string): boolean {
  const isWallet = /^0x[0-9a-fA-F]{40}$/.test(receiver);
  return isWallet || (payChannel !== 'settlement' && /^\+\d{1,4}-\d{4,14}$/.test(receiver));
}
