import type { CallbackReading, RawCallback } from '../provider.js';
import { forged, readVerified, singleHeader } from '../wire/callback-reading.js';
import { isObject, member, readJson, requiredText, textMember, topObject } from '../wire/lossless-json.js';
import { UnusableMessageError } from '../wire/unusable-message-error.js';
import { vendorText } from '../wire/vendor-text.js';
import { factsOf, outcomeOf } from './answer.js';
import type { DvpayConfig } from './settings.js';
import { callbackSignatureHolds } from './signature.js';

/**
 * Three shapes are documented: `{event, data: {payout_id, …}}`, a flat one with `order_id`, and a flat one of v1.4
 * with `transactionId` and `orderId`. None carries our reference.
 */
export function readDvpayCallback(config: DvpayConfig, callback: RawCallback): CallbackReading {
  const signature = singleHeader(callback, 'x-dvpay-signature');
  if (signature === undefined) return forged('X-DVPay-Signature is missing or sent twice');
  if (!callbackSignatureHolds(signature, callback.body, config.webhookSecret)) {
    return forged('X-DVPay-Signature does not fit the body');
  }
  return readVerified(() => {
    const top = topObject(readJson(callback.body));
    const event = textMember(top, 'event');
    const nested = member(top, 'data');
    const data = isObject(nested) ? nested : top;
    if (event !== undefined && !/^(payout|payment)\./.test(event)) {
      throw new UnusableMessageError(`the event ${vendorText(event)} is not about a payout`);
    }
    const id = ['payout_id', 'transactionId', 'order_id']
      .map((name) => textMember(data, name))
      .find((text) => text);
    if (id === undefined) throw new UnusableMessageError('no order number is in it');
    const order = factsOf(data, id);
    const outcome = outcomeOf(requiredText(data, 'status'), order);
    const result = { verdict: 'verified', ...(order.orderId && { orderId: order.orderId }) } as const;
    if (!contradicts(event, outcome.kind)) return { ...result, outcome };
    const rawStatus = vendorText(`${event ?? ''}/${requiredText(data, 'status')}`);
    return { ...result, outcome: { kind: 'pending', rawStatus, recognised: false, order } };
  });
}

/** An event that says one thing while the status says another is a word that we don't know. */
function contradicts(event: string | undefined, kind: string): boolean {
  if (event === undefined) return false;
  const success = /\.(completed|success)$/.test(event);
  const failure = /\.failed$/.test(event);
  return (success && kind !== 'succeeded') || (failure && kind !== 'failed');
}
