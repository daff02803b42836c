import type { CallbackReading, RawCallback } from '../provider.js';
import { forged, readVerified } from '../wire/callback-reading.js';
import { objectMember, readJson, requiredText, topObject } from '../wire/lossless-json.js';
import { orderFacts, orderIdFrom, requireEcho } from '../wire/order-facts.js';
import { vendorText } from '../wire/vendor-text.js';
import type { RevereConfig } from './settings.js';
import { pathTokenHolds } from './signature.js';

/** It proves nothing, so it is never more than `pending`: its event only causes a look-up. */
export function readRevereCallback(config: RevereConfig, callback: RawCallback): CallbackReading {
  if (!pathTokenHolds(callback.pathToken, config))
    return forged("the token in the callback's path is missing or wrong");
  return readVerified(() => {
    const envelope = topObject(readJson(callback.body));
    requireEcho(requiredText(envelope, 'group_id'), config.groupId, 'group_id');
    const orderId = orderIdFrom(requiredText(objectMember(envelope, 'data'), 'id'), 'data.id');
    const event = vendorText(requiredText(envelope, 'event_type'));
    return {
      verdict: 'verified',
      orderId,
      outcome: {
        kind: 'pending',
        rawStatus: event,
        recognised: /^transaction\.(initiate|pending|decline|settlement|void|refund)$/.test(event),
        order: orderFacts({ orderId }),
      },
    };
  });
}
