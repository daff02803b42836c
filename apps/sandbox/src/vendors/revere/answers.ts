import type { Order } from '../../book/order.js';
import { exactNumber } from '../../exact-json.js';
import { utcNanoseconds } from '../../vendor-time.js';
import { jsonAnswer, type Answer } from '../vendor-api.js';
import { centsOf, type ReportFilter } from './request.js';

/** A settled payout that came back (an ACH return) is `refunded`; one that never settled is `declined`. */
export function statusOf(order: Order): string {
  switch (order.state) {
    case 'processing':
      return order.behaviour.unknownStatus ?? 'pending';
    case 'success':
      return 'settled';
    case 'fail':
      return order.everPaid ? 'refunded' : 'declined';
  }
}

export function createdAt(order: Order): string {
  return utcNanoseconds(order.createdAt, order.details['subMillisecond'] ?? '000000');
}

export function created(order: Order): Answer {
  return jsonAnswer(200, {
    processor_transaction_id: order.orderId,
    amount: exactNumber(centsOf(order.amount)),
    status: statusOf(order),
    created_at: createdAt(order),
  });
}

/** [A] The body of the reporting page isn't public: rows under `data` with the count of all matches. */
export function report(orders: readonly Order[], filter: ReportFilter): Answer {
  const rows = orders.filter(
    (order) =>
      (filter.ids.length === 0 || filter.ids.includes(order.orderId)) &&
      (filter.statuses.length === 0 || filter.statuses.includes(statusOf(order))) &&
      (filter.paymentTypes.length === 0 || filter.paymentTypes.includes('payout')),
  );
  switch (filter.type) {
    case 'count':
      return jsonAnswer(200, { total: rows.length });
    case 'amount_sum': {
      const sum = rows.reduce((total, order) => total + BigInt(centsOf(order.amount)), 0n);
      return jsonAnswer(200, { total: exactNumber(sum.toString()) });
    }
    case 'table':
      return jsonAnswer(200, {
        data: rows.slice(filter.offset, filter.offset + filter.limit).map((order) => ({
          id: order.orderId,
          transaction_type: 'payout',
          status: statusOf(order),
          amounts: { requested_amount: exactNumber(centsOf(order.amount)) },
          currency: order.currency,
          created_at: createdAt(order),
        })),
        total: rows.length,
      });
  }
}

/** [A] No error body is shown on any page. */
export function refused(message: string, httpStatus = 400): Answer {
  return jsonAnswer(httpStatus, { error: message });
}
