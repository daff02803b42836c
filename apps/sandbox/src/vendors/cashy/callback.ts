import type { Order } from '../../book/order.js';
import { mustRead, toScale } from '../../decimal.js';
import { exactNumber, writeExact } from '../../exact-json.js';
import type { CallbackState } from '../../script.js';
import type { CashySettings } from '../../settings.js';
import { localTime } from '../../vendor-time.js';
import type { CallbackMessage } from '../vendor-api.js';
import { FAILURE_TEXT } from './answers.js';
import { sign } from './signature.js';

const STATUS: Readonly<Record<CallbackState, string>> = {
  pending: 'PAYING',
  success: 'SUCCESS',
  fail: 'FAIL',
};

/** The page's sample: amount with two decimals, fee with four (also for a failure), signed like a request. */
export function callbackMessage(
  order: Order,
  state: CallbackState,
  settings: CashySettings,
  now: number,
): CallbackMessage {
  const body = writeExact({
    amount: exactNumber(order.amount),
    completionTime: state === 'pending' ? null : localTime(order.settledAt ?? now, settings.utcOffsetHours),
    fee: exactNumber(toScale(mustRead(order.fee), 4) ?? order.fee),
    mchOrderNo: order.merchantReference,
    merchantId: String(settings.merchantId),
    nonceStr: String(now),
    orderNo: order.orderId,
    orderStatus: STATUS[state],
    ...(state === 'fail' ? { resultDesc: FAILURE_TEXT } : {}),
    payType: '11',
  });
  return {
    url: order.callbackUrl,
    headers: {
      'content-type': 'application/json',
      merchantid: String(settings.merchantId),
      sign: sign(body, settings.apiKey),
    },
    body,
  };
}
