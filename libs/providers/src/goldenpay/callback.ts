import type { CallbackReading, RawCallback } from '../provider.js';
import { forged, readVerified } from '../wire/callback-reading.js';
import { isObject, readJson, requiredText, topObject } from '../wire/lossless-json.js';
import { orderIdFrom, ourReference, requireEcho } from '../wire/order-facts.js';
import { outcomeOf } from './answer.js';
import type { GoldenpayConfig } from './settings.js';
import { messageSignatureHolds } from './signature.js';

/** `sign` stands in the body, over all its other fields. It comes for the final result only. */
export function readGoldenpayCallback(config: GoldenpayConfig, callback: RawCallback): CallbackReading {
  const json = readJson(callback.body);
  if (!json.ok) return forged(`no signature can be read: ${json.reason}`);
  if (!isObject(json.value) || !messageSignatureHolds(json.value, config))
    return forged('sign does not fit the body');
  return readVerified(() => {
    const message = topObject(json);
    requireEcho(requiredText(message, 'mch_id'), config.merchantId, 'mch_id');
    requiredText(message, 'order_amount');
    const reference = ourReference(requiredText(message, 'trans_id'));
    return {
      verdict: 'verified',
      ...(reference && { reference }),
      orderId: orderIdFrom(requiredText(message, 'id'), 'id'),
      outcome: outcomeOf(message),
    };
  });
}
