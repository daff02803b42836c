import type { Book } from './book/book.js';
import type { Order } from './book/order.js';
import type { CallbackState } from './script.js';
import type { VendorApi } from './vendors/vendor-api.js';

/** Between two identical copies of one callback, so that they don't all meet in one moment. */
const DUPLICATE_GAP_MS = 15;

/**
 * An order reaches its outcome, or turns: the state, the money, the callbacks to come and the next turn, all in the
 * caller's transaction. Nothing happens when it is there already.
 */
export function settle(book: Book, api: VendorApi, order: Order, to: 'success' | 'fail', now: number): Order {
  if (order.state === to) return order;
  const first = order.state === 'processing';
  const settled = book.settle(order, to, now);
  const { callback, turn } = settled.behaviour;
  if (callback?.skip !== true) {
    const dueAt = now + (callback?.delayMs ?? 0);
    planCallbacks(book, api, settled, to, dueAt, now, 1 + (callback?.duplicates ?? 0));
    if (first && callback?.reorder !== undefined) {
      planCallbacks(book, api, settled, callback.reorder.as, dueAt + callback.reorder.afterMs, now, 1);
    }
  }
  if (first && turn !== undefined) book.planStep(settled.seq, turn.to, now + turn.afterMs);
  return settled;
}

function planCallbacks(
  book: Book,
  api: VendorApi,
  order: Order,
  state: CallbackState,
  dueAt: number,
  now: number,
  copies: number,
): void {
  const message = api.callback(order, state, now);
  if (message === null) return;
  for (let copy = 0; copy < copies; copy += 1) {
    book.planCallback({ seq: order.seq, state, dueAt: dueAt + copy * DUPLICATE_GAP_MS, ...message });
  }
}
