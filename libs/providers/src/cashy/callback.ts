import type { CallbackReading, RawCallback } from '../provider.js';
import { forged, readVerified, singleHeader } from '../wire/callback-reading.js';
import { readJson, requiredText, textMember, topObject } from '../wire/lossless-json.js';
import { orderIdFrom, ourReference, requireEcho } from '../wire/order-facts.js';
import { outcomeOf } from './answer.js';
import type { CashyConfig } from './settings.js';
import { callbackSignatureHolds } from './signature.js';

/** Signed as our requests are: over the raw bytes, which hold numbers such as `60000.00`. */
export function readCashyCallback(config: CashyConfig, callback: RawCallback): CallbackReading {
  const signature = singleHeader(callback, 'sign');
  if (signature === undefined) return forged('Sign is missing or sent twice');
  if (!callbackSignatureHolds(signature, callback.body, config)) return forged('Sign does not fit the body');
  return readVerified(() => {
    const message = topObject(readJson(callback.body));
    requireEcho(textMember(message, 'merchantId'), config.merchantId, 'merchantId');
    requiredText(message, 'amount');
    const reference = ourReference(requiredText(message, 'mchOrderNo'));
    return {
      verdict: 'verified',
      ...(reference && { reference }),
      orderId: orderIdFrom(requiredText(message, 'orderNo'), 'orderNo'),
      outcome: outcomeOf(message),
    };
  });
}
