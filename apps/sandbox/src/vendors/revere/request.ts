import { mustRead, toScale } from '../../decimal.js';
import { numberText, readExactObject } from '../../exact-json.js';
import type { RevereSettings } from '../../settings.js';
import { header, saysJson, type ReceivedRequest } from '../vendor-api.js';
import { authorized } from './signature.js';

export interface ReverePayout {
  readonly paymentMethodId: string;
  /** Dollars with two decimals; on the wire it is cents [A, as the vendor's other pages say]. */
  readonly amount: string;
}

export interface ReportFilter {
  readonly type: 'table' | 'count' | 'amount_sum';
  readonly ids: readonly string[];
  readonly statuses: readonly string[];
  readonly paymentTypes: readonly string[];
  readonly from: number;
  readonly to: number;
  readonly limit: number;
  readonly offset: number;
}

export interface Refusal {
  readonly refusal: string;
}

const STATUSES = ['settled', 'voided', 'declined', 'partially_refunded', 'refunded', 'pending'];
const UINT64_MAX = 2n ** 64n - 1n;
const HALF_A_YEAR_MS = 184 * 86_400_000;

/** [A] The page lists 200, 400 and 500 only, so a wrong key or a foreign group is a 400. */
export function refuseCaller(
  request: ReceivedRequest,
  settings: RevereSettings,
  apiKey: string,
): Refusal | null {
  if (!authorized(header(request, 'authorization'), apiKey)) return { refusal: 'invalid API key' };
  if (request.params['group'] !== settings.groupId) return { refusal: 'unknown group' };
  if (request.params['account'] !== settings.linkedAccountId) return { refusal: 'unknown linked account' };
  return null;
}

export function readPayout(request: ReceivedRequest): ReverePayout | Refusal {
  if (!saysJson(request)) return { refusal: 'the body must be JSON' };
  const body = readExactObject(request.body);
  if (body === null) return { refusal: 'the body is not a JSON object' };
  const { payment_method_id: paymentMethodId, amount, currency } = body;
  if (typeof paymentMethodId !== 'string' || paymentMethodId === '')
    return { refusal: 'payment_method_id is required' };
  const cents = numberText(amount);
  if (cents === null || !/^[1-9]\d{0,19}$/.test(cents) || BigInt(cents) > UINT64_MAX) {
    return { refusal: 'amount must be a positive uint64' };
  }
  if (currency !== 'USD') return { refusal: 'currency must be USD' };
  const dollars = toScale({ units: BigInt(cents), scale: 2 }, 2);
  return dollars === null
    ? { refusal: 'amount must be a positive uint64' }
    : { paymentMethodId, amount: dollars };
}

/** The amount as it stands on the wire: whole cents. */
export function centsOf(amount: string): string {
  const { units, scale } = mustRead(amount);
  return (units * 10n ** BigInt(2 - scale)).toString();
}

/** [A] Lists are repeated names, with or without `[]`; the page doesn't say how they are encoded. */
export function readFilter(query: URLSearchParams, now: number): ReportFilter | Refusal {
  const list = (name: string) => [...query.getAll(`${name}[]`), ...query.getAll(name)];
  const type = (['table', 'count', 'amount_sum'] as const).find((known) => known === query.get('type'));
  if (type === undefined) return { refusal: 'type must be table, count or amount_sum' };
  const statuses = list('statuses');
  const stranger = statuses.find((status) => !STATUSES.includes(status));
  if (stranger !== undefined) return { refusal: `unknown status ${stranger}` };
  const time = (name: string, otherwise: number) =>
    Date.parse(query.get(name) ?? new Date(otherwise).toISOString());
  const [from, to] = [time('start', now - HALF_A_YEAR_MS), time('end', now)];
  if (Number.isNaN(from) || Number.isNaN(to)) return { refusal: 'start and end must be RFC 3339' };
  const count = (name: string, otherwise: string) => query.get(name) ?? otherwise;
  const [limit, offset] = [count('limit', '100'), count('offset', '0')];
  if (!/^\d{1,6}$/.test(limit) || !/^\d{1,9}$/.test(offset))
    return { refusal: 'limit and offset must be whole numbers' };
  return {
    type,
    ids: list('transaction_id'),
    statuses,
    paymentTypes: list('payment_types'),
    from,
    to,
    limit: Number(limit),
    offset: Number(offset),
  };
}
