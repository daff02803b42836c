import { randomUUID } from 'node:crypto';
import type { Order, OrderState } from '../../book/order.js';
import { exactNumber } from '../../exact-json.js';
import type { GoldenpaySettings } from '../../settings.js';
import { localTime } from '../../vendor-time.js';
import { jsonAnswer, type Answer } from '../vendor-api.js';
import type { GoldenpayRefusal } from './request.js';

const STATUS: Readonly<Record<OrderState, number>> = { processing: 21, success: 60, fail: 50 };

/** What the create answer says: 20, order request accepted. */
export function created(order: Order, settings: GoldenpaySettings): Answer {
  return success({
    id: order.orderId,
    trans_id: order.merchantReference,
    mch_id: settings.mchId,
    channel: order.details['channel'],
    currency: order.currency,
    order_amount: order.amount,
    account_no: order.beneficiary,
    account_name: order.details['accountName'],
    account_org: order.details['accountOrg'],
    callback_url: order.callbackUrl,
    status: statusNumber(order.behaviour.unknownStatus) ?? 20,
    created_at: localTime(order.createdAt, settings.utcOffsetHours),
  });
}

export function orderResult(order: Order, settings: GoldenpaySettings): Answer {
  const time = (ms: number | null) => (ms === null ? null : localTime(ms, settings.utcOffsetHours));
  const strange = order.state === 'processing' ? statusNumber(order.behaviour.unknownStatus) : null;
  return success({
    id: order.orderId,
    trans_id: order.merchantReference,
    order_amount: order.amount,
    pay_amount: order.state === 'success' ? order.amount : null,
    // Fees are not modelled for this vendor.
    ratio: 0,
    currency: order.currency,
    account_no: order.beneficiary,
    account_name: order.details['accountName'],
    account_org: order.details['accountOrg'],
    account_sub_org: order.details['accountSubOrg'] === '' ? null : order.details['accountSubOrg'],
    status: strange ?? STATUS[order.state],
    created_at: time(order.createdAt),
    payed_at: order.state === 'success' ? time(order.settledAt) : null,
    callback_at: time(order.callbackAt),
    canceled_at: order.state === 'fail' ? time(order.settledAt) : null,
    attachments: [],
  });
}

/** [A] HTTP 200: the vendor calls the body's `code` the truth and names no HTTP status. */
export function refused({ code, message }: GoldenpayRefusal, httpStatus = 200): Answer {
  const rid = randomUUID();
  return jsonAnswer(httpStatus, { code, rid, errors: { message: `[${rid}] ${message}` } });
}

function success(payload: unknown): Answer {
  return jsonAnswer(200, { code: 200, payload });
}

/** An invented status stays a number where it is one, as the vendor's are. */
function statusNumber(text: string | undefined): unknown {
  if (text === undefined) return null;
  return /^\d{1,9}$/.test(text) ? exactNumber(text) : text;
}
