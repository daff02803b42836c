import { randomUUID } from 'node:crypto';
import type { Order, OrderState } from '../../book/order.js';
import { exactNumber } from '../../exact-json.js';
import type { DvpaySettings } from '../../settings.js';
import { utcSeconds } from '../../vendor-time.js';
import { jsonAnswer, type Answer } from '../vendor-api.js';
import type { DvpayRefusal } from './request.js';

const STATUS: Readonly<Record<OrderState, string>> = {
  processing: 'processing',
  success: 'completed',
  fail: 'failed',
};

/** The vendor's word for a state; the release note says `pending` where the payout page says `processing`. */
export function statusOf(order: Order): string {
  const strange = order.state === 'processing' ? order.behaviour.unknownStatus : undefined;
  return strange ?? STATUS[order.state];
}

export function finalStatus(state: 'success' | 'fail'): string {
  return STATUS[state];
}

/** The create answer, always as it was first given: the order was just taken. */
export function created(order: Order, settings: DvpaySettings): Answer {
  const status = order.behaviour.unknownStatus ?? STATUS.processing;
  if (settings.authProfile === 'v1_4') {
    // [A] The envelope is that of the balance page; the vendor's list of payout fields is cut.
    return jsonAnswer(200, {
      statusCode: 200,
      message: 'success',
      data: {
        accountName: 'SANDBOX',
        accountNumber: order.beneficiary,
        amount: exactNumber(order.amount),
        currency: order.currency,
        orderId: exactNumber(order.details['orderNumber'] ?? '0'),
        remark: '',
        status,
        transactionDate: utcSeconds(order.createdAt),
        transactionId: exactNumber(order.orderId),
      },
      traceId: order.details['orderNumber'],
    });
  }
  return jsonAnswer(200, {
    payout_id: order.orderId,
    account_id: order.beneficiary,
    amount: exactNumber(order.amount),
    currency: order.currency,
    status,
    created_at: utcSeconds(order.createdAt),
  });
}

/** [A] `transaction_id` is the payout_id that was asked for. */
export function transactionDetail(order: Order): Answer {
  return jsonAnswer(200, {
    transaction_id: order.orderId,
    order_id: order.details['orderNumber'],
    amount: exactNumber(order.amount),
    currency: order.currency,
    status: statusOf(order),
    created_at: utcSeconds(order.createdAt),
    updated_at: utcSeconds(order.settledAt ?? order.createdAt),
  });
}

export function refused({ status, code, message }: DvpayRefusal, now: number): Answer {
  return jsonAnswer(status, {
    error: { code, message, request_id: `req_${randomUUID()}`, timestamp: utcSeconds(now) },
  });
}
