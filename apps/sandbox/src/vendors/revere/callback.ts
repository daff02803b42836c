import { randomUUID } from 'node:crypto';
import type { Order } from '../../book/order.js';
import { exactNumber, writeExact } from '../../exact-json.js';
import type { CallbackState } from '../../script.js';
import type { RevereSettings } from '../../settings.js';
import { utcNanoseconds } from '../../vendor-time.js';
import type { CallbackMessage } from '../vendor-api.js';
import { createdAt } from './answers.js';
import { centsOf } from './request.js';

/** [A] A wallet payout raises the general transaction events: the vendor has none for payouts. Not signed. */
export function callbackMessage(
  order: Order,
  state: CallbackState,
  settings: RevereSettings,
  now: number,
): CallbackMessage {
  const body = writeExact({
    id: randomUUID(),
    group_id: settings.groupId,
    webhook_id: settings.webhookId,
    event_type: eventType(order, state),
    data: {
      id: order.orderId,
      group_id: settings.groupId,
      transaction_type: 'payout',
      amounts: { requested_amount: exactNumber(centsOf(order.amount)) },
      currency: order.currency,
      source: 'api',
      created_at: createdAt(order),
    },
    created_at: utcNanoseconds(now, '000000'),
  });
  return { url: null, headers: { 'content-type': 'application/json' }, body };
}

function eventType(order: Order, state: CallbackState): string {
  switch (state) {
    case 'pending':
      return 'transaction.pending';
    case 'success':
      return 'transaction.settlement';
    case 'fail':
      return order.everPaid ? 'transaction.refund' : 'transaction.decline';
  }
}
