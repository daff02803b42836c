import { compareDecimals, mustRead, readDecimal, toScale } from '../../decimal.js';
import { numberText, readExactObject } from '../../exact-json.js';
import type { DvpaySettings } from '../../settings.js';
import { sameText } from '../constant-time.js';
import { header, saysJson, type ReceivedRequest } from '../vendor-api.js';
import { requestSignature } from './signature.js';

export interface DvpayRefusal {
  readonly status: number;
  readonly code: string;
  readonly message: string;
}

export interface DvpayPayout {
  readonly accountId: string;
  /** With the currency's decimals. */
  readonly amount: string;
  readonly currency: string;
}

/** The vendor's currency page; stated for orders, [A] for payouts. */
const CURRENCIES: Readonly<
  Record<string, { readonly decimals: number; readonly min: string; readonly max: string }>
> = {
  USD: { decimals: 2, min: '0.10', max: '10000' },
  KHR: { decimals: 0, min: '400', max: '40000000' },
};

/**
 * Headers of the set generation. `writes`: payout, which from v1_3 on needs the idempotency key and from v1_4 on a
 * signature; in v1_4 all else needs the API key alone.
 */
export function refuseHeaders(
  request: ReceivedRequest,
  settings: DvpaySettings,
  writes: boolean,
  now: number,
): DvpayRefusal | null {
  const { authProfile } = settings;
  const key = header(request, 'x-api-key');
  if (key === null || !sameText(key, settings.apiKey))
    return unauthorized('invalid_api_key', 'X-Api-Key is wrong');
  if (authProfile !== 'v1_4') {
    const appId = header(request, 'x-app-id');
    if (appId === null || !sameText(appId, settings.appId))
      return unauthorized('invalid_app_id', 'X-App-Id is wrong');
  }
  if (authProfile === 'v1_4' && !writes) return null;
  const timestamp = header(request, 'x-timestamp');
  if (timestamp === null || !/^\d{10}$/.test(timestamp)) {
    return unauthorized('invalid_timestamp', 'X-Timestamp must be unix seconds');
  }
  // Clock tolerance of the vendor's error page: five minutes to either side.
  if (Math.abs(now / 1000 - Number(timestamp)) > settings.timestampToleranceSeconds) {
    return unauthorized('timestamp_expired', 'X-Timestamp is too far from now');
  }
  if (authProfile === 'v1_4') {
    const signature = header(request, 'x-signature');
    if (
      signature === null ||
      !sameText(signature, requestSignature(request.body, timestamp, settings.apiSecret))
    ) {
      return unauthorized('invalid_signature', 'X-Signature is wrong');
    }
  }
  if (writes && authProfile !== 'v1_0' && header(request, 'x-idempotent-key') === null) {
    return { status: 400, code: 'missing_idempotent_key', message: 'X-Idempotent-Key is required' };
  }
  return null;
}

export function readPayout(request: ReceivedRequest, settings: DvpaySettings): DvpayPayout | DvpayRefusal {
  if (!saysJson(request)) return invalid('invalid_content_type', 'Content-Type must be application/json');
  const body = readExactObject(request.body);
  if (body === null) return invalid('invalid_json', 'the body is not a JSON object');
  const accountField = settings.authProfile === 'v1_4' ? 'accountNumber' : 'account_id';
  const { [accountField]: accountId, amount, currency, description } = body;
  if (typeof accountId !== 'string' || accountId === '')
    return invalid('missing_field', `${accountField} is required`);
  if (description !== undefined && typeof description !== 'string') {
    return invalid('invalid_field', 'description must be a string');
  }
  const rules =
    typeof currency === 'string' && Object.hasOwn(CURRENCIES, currency) ? CURRENCIES[currency] : undefined;
  if (typeof currency !== 'string' || rules === undefined)
    return invalid('invalid_currency', 'currency must be USD or KHR');
  const written = numberText(amount);
  if (written === null) return invalid('invalid_amount', 'amount must be a number');
  const decimal = readDecimal(written);
  const exact = decimal === null ? null : toScale(decimal, rules.decimals);
  if (decimal === null || exact === null) {
    return { status: 422, code: 'invalid_amount', message: `${currency} has ${rules.decimals} decimals` };
  }
  if (
    compareDecimals(decimal, mustRead(rules.min)) < 0 ||
    compareDecimals(decimal, mustRead(rules.max)) > 0
  ) {
    return {
      status: 422,
      code: 'amount_out_of_range',
      message: `amount must be from ${rules.min} to ${rules.max}`,
    };
  }
  return { accountId, amount: exact, currency };
}

export function invalid(code: string, message: string): DvpayRefusal {
  return { status: 400, code, message };
}

function unauthorized(code: string, message: string): DvpayRefusal {
  return { status: 401, code, message };
}
