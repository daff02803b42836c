import type { CallbackReading, RawCallback } from '../provider.js';
import { forged, readVerified } from '../wire/callback-reading.js';
import { isObject, readJson, requiredText, textMember, topObject } from '../wire/lossless-json.js';
import { orderFacts, orderIdFrom, ourReference, requireEcho } from '../wire/order-facts.js';
import { vendorText } from '../wire/vendor-text.js';
import type { ChainpayConfig } from './settings.js';
import { messageSignatureHolds } from './signature.js';

/**
 * Assumed, since no page shows it: the fields of a look-up with `sign` by the platform's key. Whatever it says, it is
 * never more than `pending`: the look-up that it causes settles.
 */
export function readChainpayCallback(config: ChainpayConfig, callback: RawCallback): CallbackReading {
  const json = readJson(callback.body);
  if (!json.ok) return forged(`no signature can be read: ${json.reason}`);
  const { platformPublicKey, dropEmpty } = config;
  if (!isObject(json.value) || !messageSignatureHolds(json.value, platformPublicKey, dropEmpty)) {
    return forged('sign does not fit the body');
  }
  return readVerified(() => {
    const message = topObject(json);
    requireEcho(textMember(message, 'appId'), config.appId, 'appId');
    const given = requiredText(message, 'merchantOrderNo');
    const reference = ourReference(given);
    const orderId = orderIdFrom(requiredText(message, 'orderNo'), 'orderNo');
    const state = requiredText(message, 'state');
    return {
      verdict: 'verified',
      ...(reference && { reference }),
      orderId,
      outcome: {
        kind: 'pending',
        rawStatus: vendorText(state),
        recognised: ['PENDING', 'NON_PAYMENT', 'DONE_PAYMENT', 'FAILED'].includes(state),
        order: orderFacts({ orderId, reference: given }),
      },
    };
  });
}
