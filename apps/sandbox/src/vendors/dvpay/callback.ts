import type { Order } from '../../book/order.js';
import { exactNumber, writeExact } from '../../exact-json.js';
import type { CallbackState } from '../../script.js';
import type { DvpaySettings } from '../../settings.js';
import { utcSeconds } from '../../vendor-time.js';
import type { CallbackMessage } from '../vendor-api.js';
import { finalStatus } from './answers.js';
import { webhookSignature } from './signature.js';

/**
 * [A] The first of the three documented shapes: `{event, timestamp, data}`. Its list of events has `payout.completed`
 * and no event for a payout that failed, so by default none is sent then.
 */
export function callbackMessage(
  order: Order,
  state: CallbackState,
  settings: DvpaySettings,
  now: number,
): CallbackMessage | null {
  if (state === 'pending' || (state === 'fail' && !settings.failedCallback)) return null;
  const body = writeExact({
    event: state === 'success' ? 'payout.completed' : 'payout.failed',
    timestamp: utcSeconds(now),
    data: {
      payout_id: order.orderId,
      amount: exactNumber(order.amount),
      currency: order.currency,
      status: finalStatus(state),
    },
  });
  return {
    url: null,
    headers: {
      'content-type': 'application/json',
      'x-dvpay-signature': webhookSignature(body, settings.webhookSecret),
    },
    body,
  };
}
