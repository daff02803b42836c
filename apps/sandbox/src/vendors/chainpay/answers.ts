import { createHash } from 'node:crypto';
import type { Order, OrderState } from '../../book/order.js';
import type { CallbackState } from '../../script.js';
import { exactNumber, type ExactObject } from '../../exact-json.js';
import type { ChainpaySettings } from '../../settings.js';
import { jsonAnswer, type Answer } from '../vendor-api.js';

const STATE: Readonly<Record<OrderState | CallbackState, string>> = {
  processing: 'PENDING',
  pending: 'PENDING',
  success: 'DONE_PAYMENT',
  fail: 'FAILED',
};

export function created(order: Order, settings: ChainpaySettings): Answer {
  const status = order.behaviour.unknownStatus ?? settings.createStatus;
  return ok({ order_no: order.orderId, status, extra: {} });
}

export function orderResult(order: Order, settings: ChainpaySettings): Answer {
  return ok(orderFields(order, order.state, settings));
}

/** The query's `data`; [A] the callback has the same fields. */
export function orderFields(
  order: Order,
  state: OrderState | CallbackState,
  settings: ChainpaySettings,
): ExactObject {
  const done = state === 'success';
  const strange = state === 'processing' ? order.behaviour.unknownStatus : undefined;
  return {
    merchantId: exactNumber(String(settings.merchantId)),
    appId: settings.appId,
    merchantOrderNo: order.merchantReference,
    orderNo: order.orderId,
    channelName: order.details['payChannel'],
    tokenSymbol: order.currency,
    tokenCount: order.amount,
    tokenFeeCount: '',
    currencyId: order.details['currencyId'],
    payHash: done ? `0x${createHash('sha256').update(order.orderId).digest('hex')}` : '',
    transactionID: '',
    receiver: order.beneficiary,
    state: strange ?? STATE[state],
    extra: order.details['extra'],
    payTime: exactNumber(String(done ? Math.floor((order.settledAt ?? order.createdAt) / 1000) : 0)),
  };
}

/** [A] HTTP 200 with code 7: the only failure code of both pages. */
export function refused(msg: string): Answer {
  return jsonAnswer(200, { code: 7, data: {}, msg });
}

function ok(data: unknown): Answer {
  return jsonAnswer(200, { code: 0, data, msg: 'success' });
}
