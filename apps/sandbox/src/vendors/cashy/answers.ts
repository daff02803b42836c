import type { Order, OrderState } from '../../book/order.js';
import { mustRead, shortest } from '../../decimal.js';
import type { CashySettings } from '../../settings.js';
import { localTime } from '../../vendor-time.js';
import { jsonAnswer, type Answer } from '../vendor-api.js';

const STATUS: Readonly<Record<OrderState, string>> = {
  processing: 'PAYING',
  success: 'SUCCESS',
  fail: 'FAIL',
};

/** The `resultDesc` of a payout that failed, in the page's own spelling. */
export const FAILURE_TEXT = 'ACCOUNT NOT EXITS';

export function created(order: Order, settings: CashySettings): Answer {
  return success({
    merchantId: String(settings.merchantId),
    mchOrderNo: order.merchantReference,
    orderNo: order.orderId,
    amount: shortest(mustRead(order.amount)),
    // As in the sample: the fee is known later.
    fee: '0',
    orderStatus: order.behaviour.unknownStatus ?? 'PROCESSING',
  });
}

export function orderResult(order: Order, settings: CashySettings): Answer {
  const strange = order.state === 'processing' ? order.behaviour.unknownStatus : undefined;
  return success({
    merchantId: String(settings.merchantId),
    mchOrderNo: order.merchantReference,
    orderNo: order.orderId,
    amount: shortest(mustRead(order.amount)),
    fee: shortest(mustRead(order.fee)),
    orderStatus: strange ?? STATUS[order.state],
    completionTime: order.settledAt === null ? null : localTime(order.settledAt, settings.utcOffsetHours),
    resultDesc: order.state === 'fail' ? FAILURE_TEXT : null,
  });
}

/** [A] HTTP 200 and code 500 for every refusal: the page shows no other code, and only the code counts. */
export function refused(msg: string, httpStatus = 200): Answer {
  return jsonAnswer(httpStatus, { msg, code: 500 });
}

function success(data: unknown): Answer {
  return jsonAnswer(200, { msg: 'SUCCESS', code: 200, data });
}
