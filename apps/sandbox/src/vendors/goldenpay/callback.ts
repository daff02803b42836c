import type { Order } from '../../book/order.js';
import type { CallbackState } from '../../script.js';
import type { GoldenpaySettings } from '../../settings.js';
import { localTime } from '../../vendor-time.js';
import type { CallbackMessage } from '../vendor-api.js';
import { sign } from './signature.js';

const STATUS: Readonly<Record<CallbackState, number>> = { pending: 21, success: 60, fail: 50 };

/**
 * Vendor's webhook page: payed_at on success only, canceled_at on cancellation only; no currency, no fee. The vendor
 * sends final results only; a script's stale `pending` callback is sent as 21.
 */
export function callbackMessage(
  order: Order,
  state: CallbackState,
  settings: GoldenpaySettings,
  now: number,
): CallbackMessage {
  const at = localTime(order.settledAt ?? now, settings.utcOffsetHours);
  const fields = {
    id: order.orderId,
    trans_id: order.merchantReference ?? '',
    mch_id: settings.mchId,
    order_amount: order.amount,
    status: STATUS[state],
    created_at: localTime(order.createdAt, settings.utcOffsetHours),
    ...(state === 'success' ? { payed_at: at } : {}),
    ...(state === 'fail' ? { canceled_at: at } : {}),
  };
  const texts = Object.fromEntries(Object.entries(fields).map(([name, value]) => [name, String(value)]));
  return {
    url: order.callbackUrl,
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ ...fields, sign: sign(texts, settings.token) }),
  };
}
