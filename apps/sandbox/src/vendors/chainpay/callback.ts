import type { Order } from '../../book/order.js';
import { writeExact } from '../../exact-json.js';
import type { CallbackState } from '../../script.js';
import type { ChainpaySettings } from '../../settings.js';
import type { CallbackMessage } from '../vendor-api.js';
import { orderFields } from './answers.js';
import { sign } from './signature.js';

/** [A] No page describes it: the query's fields and `sign` by the platform's key, by the rule of the requests. */
export function callbackMessage(
  order: Order,
  state: CallbackState,
  settings: ChainpaySettings,
  platformPrivateKey: string,
): CallbackMessage {
  const fields = orderFields(order, state, settings);
  return {
    url: null,
    headers: { 'content-type': 'application/json', 'app-id': settings.appId },
    body: writeExact({ ...fields, sign: sign(fields, platformPrivateKey) }),
  };
}
