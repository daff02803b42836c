import type { AccountEventOf } from '#domain/account/events';
import { currencyCode } from '#domain/money/currency';
import { formatMoney, zero, type Money } from '#domain/money/money';
import {
  payoutShapes,
  type PayoutEvent,
  type PayoutEventOf,
  type PayoutRequest,
} from '#domain/payout/events';
import { isoTime } from '#platform/time/clock';
import { positionKey } from '../position-key.js';
import { UnprojectableEventError, type ProjectedEvent } from '../read-model.js';
import type { PayoutRow } from './row.js';

/** What the model is made of: the payout's own events, and the reservation on the account. */
export type PayoutRowEvent = PayoutEvent | AccountEventOf<'FundsReserved'>;

export const PAYOUT_ROW_TYPES: ReadonlySet<string> = new Set([
  ...Object.keys(payoutShapes),
  'FundsReserved' satisfies PayoutRowEvent['type'],
]);

export function concernsPayoutRow(event: ProjectedEvent['event']): event is PayoutRowEvent {
  return PAYOUT_ROW_TYPES.has(event.type);
}

/** The row after one more event; the same row when it doesn't change. Throws `UnprojectableEventError`. */
export function projectPayout(
  row: PayoutRow | undefined,
  projected: ProjectedEvent,
  event: PayoutRowEvent,
): PayoutRow {
  if (row === undefined) return firstRow(projected, event);
  const changes = changesBy(row, event, projected);
  if (event.type === 'FundsReserved') return changes === undefined ? row : { ...row, ...changes };
  const { position, revision, recordedAt } = projected;
  return {
    ...row,
    ...changes,
    updated_at: isoTime(recordedAt),
    position,
    revision: revision.toString(),
  };
}

function firstRow(projected: ProjectedEvent, event: PayoutRowEvent): PayoutRow {
  if (event.type === 'PayoutRequested') return newRow(projected, event.data, { status: 'requested' });
  if (event.type === 'PayoutRejected' && event.data.request !== undefined) {
    const { reason, detail, request } = event.data;
    return newRow(projected, request, { status: 'rejected', reason, detail });
  }
  throw new UnprojectableEventError(projected, 'there is no row of its payout');
}

function newRow(
  { position, revision, recordedAt }: ProjectedEvent,
  request: PayoutRequest,
  begins: Pick<PayoutRow, 'status'> & Partial<Pick<PayoutRow, 'reason' | 'detail'>>,
): PayoutRow {
  return {
    payout_id: request.payoutId,
    account_id: request.accountId,
    provider: request.provider,
    currency: request.amount.currency,
    amount: formatMoney(request.amount),
    amount_minor: request.amount.minor.toString(),
    payee_id: request.payee.payeeId,
    beneficiary_kind: request.payee.kind,
    caller: request.caller,
    command_id: request.commandId,
    status: begins.status,
    parked_reason: null,
    parked_detail: null,
    reversed_count: 0,
    reason: begins.reason ?? null,
    detail: begins.detail ?? null,
    raw_status: null,
    attempt: null,
    reference: null,
    order_id: null,
    paid: null,
    paid_minor: null,
    fee: null,
    fee_minor: null,
    requested_at: isoTime(request.requestedAt),
    updated_at: isoTime(recordedAt),
    opened_key: positionKey(position),
    position,
    revision: revision.toString(),
  };
}

const NOT_PARKED = { parked_reason: null, parked_detail: null } as const;

function changesBy(
  row: PayoutRow,
  event: PayoutRowEvent,
  projected: ProjectedEvent,
): Partial<PayoutRow> | undefined {
  switch (event.type) {
    case 'FundsReserved':
      // A payout may be cancelled before the account got to it: what it is then says more.
      return row.status === 'requested' ? { status: 'reserved' } : undefined;
    case 'PayoutRequested':
      throw new UnprojectableEventError(projected, 'its payout has a row already');
    case 'PayoutRejected':
      return { ...NOT_PARKED, status: 'rejected', reason: event.data.reason, detail: event.data.detail };
    case 'PayoutCancelled':
      return { ...NOT_PARKED, status: 'cancelled', reason: event.data.reason ?? null };
    case 'PayoutSubmissionStarted': {
      const { attempt, provider, reference } = event.data;
      return {
        status: 'submitting',
        attempt,
        provider,
        reference,
        reason: null,
        raw_status: null,
        order_id: null,
      };
    }
    case 'PayoutResendStarted':
      return { status: 'submitting', reason: null };
    case 'PayoutSubmitted':
      return submitted(row, event);
    case 'PayoutSubmissionUnknown':
      return { status: 'unknown', reason: event.data.reason };
    case 'PayoutAttemptFailed':
      return { status: 'reserved', reason: event.data.reason, raw_status: event.data.rawStatus };
    case 'PayoutStatusChanged':
      return statusChanged(row, event);
    case 'PayoutReversed':
      return reversed(row, event);
    case 'PayoutFeeChanged':
      return { fee: formatMoney(event.data.to), fee_minor: event.data.to.minor.toString() };
    case 'PayoutParked':
      return { parked_reason: event.data.reason, parked_detail: event.data.detail };
    case 'PayoutResolved':
      return NOT_PARKED;
    case 'PayoutSubmissionDeferred':
    case 'PayoutDuplicatePaid':
    case 'PayoutReportHeld':
    case 'PayoutReportDismissed':
    case 'CommandRefused':
      return undefined;
  }
}

function submitted(row: PayoutRow, { data }: PayoutEventOf<'PayoutSubmitted'>): Partial<PayoutRow> {
  const known = data.orderId === undefined ? {} : { order_id: data.orderId };
  // A final state stays: a late answer only tells the provider's number.
  if (row.status === 'succeeded' || row.status === 'failed') return known;
  return { ...known, status: 'submitted', raw_status: data.rawStatus, reason: null };
}

function statusChanged(row: PayoutRow, { data }: PayoutEventOf<'PayoutStatusChanged'>): Partial<PayoutRow> {
  const base = {
    ...parkedAfterEvidence(row),
    status: data.to,
    reason: data.reason ?? null,
    raw_status: data.rawStatus,
    // A dead attempt may be the one that was paid; the row tells the number of the current one.
    ...(data.orderId === undefined || data.attempt !== row.attempt ? {} : { order_id: data.orderId }),
  };
  if (data.to === 'failed') return { ...base, ...NOTHING_PAID };
  // As the fold reads a success that names no sums: the amount was paid, without a fee.
  const currency = currencyCode(row.currency);
  const ordered: Money = { minor: BigInt(row.amount_minor), currency };
  return { ...base, ...settled(data.paid ?? ordered, data.fee ?? zero(currency)) };
}

function reversed(row: PayoutRow, { data }: PayoutEventOf<'PayoutReversed'>): Partial<PayoutRow> {
  return {
    ...parkedAfterEvidence(row),
    status: data.to,
    reason: data.reason ?? null,
    raw_status: data.rawStatus,
    reversed_count: row.reversed_count + 1,
    ...(data.to === 'succeeded' ? settled(data.paid, data.fee) : NOTHING_PAID),
  };
}

/** Evidence answers the question that a person was asked, unless it was about the evidence itself. */
function parkedAfterEvidence(row: PayoutRow): Partial<PayoutRow> {
  return row.parked_reason === 'claim-mismatch' ? {} : NOT_PARKED;
}

const NOTHING_PAID = { paid: null, paid_minor: null, fee: null, fee_minor: null } as const;

function settled(paid: Money, fee: Money): Partial<PayoutRow> {
  return {
    paid: formatMoney(paid),
    paid_minor: paid.minor.toString(),
    fee: formatMoney(fee),
    fee_minor: fee.minor.toString(),
  };
}
