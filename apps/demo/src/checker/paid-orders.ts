import { decimal, minus, NOTHING, plus, type Decimal } from './decimal-text.js';
import { orderKey, referenceKey, type PayoutHistories, type PayoutHistory } from './payout-history.js';
import type { BookedOrder, SandboxBook } from './sandbox-book.js';

/** An order with the money that moved for it. */
export interface PaidOrder {
  readonly order: BookedOrder;
  /** Payments less returns: 1 when the beneficiary has the money. */
  readonly times: number;
  readonly net: Decimal;
  /** Currencies of its movements. */
  readonly currencies: ReadonlySet<string>;
  /** Whose it is; undefined when nothing of ours leads to it. */
  readonly payoutId: string | undefined;
  /** Whose it is by the beneficiary, where only one payout goes there. */
  readonly byBeneficiary: string | undefined;
}

/** Movements whose order isn't in the book. */
export interface PaidOrders {
  readonly orders: readonly PaidOrder[];
  readonly lostMovements: readonly string[];
}

/**
 * Finds the payout of each order: by our reference, where the provider carries it; else by the provider's number, as
 * the log knows it; else (its answer was lost) by the beneficiary.
 */
export function paidOrders(
  book: SandboxBook,
  histories: PayoutHistories,
  beneficiaries: ReadonlyMap<string, string>,
): PaidOrders {
  const byBeneficiary = soleReceivers(histories.payouts, beneficiaries);
  const moved = Map.groupBy(book.movements, ({ vendor, orderId }) => orderKey(vendor, orderId));
  const orders = book.orders.map((order): PaidOrder => {
    const key = orderKey(order.vendor, order.orderId);
    const movements = moved.get(key) ?? [];
    moved.delete(key);
    const receiver = byBeneficiary.get(orderKey(order.vendor, order.beneficiary));
    return {
      order,
      times: movements.reduce((sum, { kind }) => sum + (kind === 'paid' ? 1 : -1), 0),
      net: movements.reduce(
        (sum, { kind, amount }) => (kind === 'paid' ? plus : minus)(sum, decimal(amount)),
        NOTHING,
      ),
      currencies: new Set(movements.map(({ currency }) => currency)),
      payoutId: ownerByLog(order, histories) ?? receiver,
      byBeneficiary: receiver,
    };
  });
  return { orders, lostMovements: [...moved.keys()].map((key) => key.replace('\n', ' ')) };
}

function ownerByLog(order: BookedOrder, { known }: PayoutHistories): string | undefined {
  for (const reference of [order.merchantReference, order.idempotencyKey]) {
    const owner =
      reference === null ? undefined : known.byReference.get(referenceKey(order.vendor, reference));
    if (owner !== undefined) return owner;
  }
  return known.byOrderId.get(orderKey(order.vendor, order.orderId));
}

/** Beneficiary at a provider to payout, where the beneficiary gets just one. */
function soleReceivers(
  payouts: ReadonlyMap<string, PayoutHistory>,
  beneficiaries: ReadonlyMap<string, string>,
): ReadonlyMap<string, string> {
  const sole = new Map<string, string>();
  const shared = new Set<string>();
  for (const [payoutId, beneficiary] of beneficiaries) {
    for (const provider of providersOf(payouts.get(payoutId))) {
      const key = orderKey(provider, beneficiary);
      if (sole.has(key)) shared.add(key);
      sole.set(key, payoutId);
    }
  }
  for (const key of shared) sole.delete(key);
  return sole;
}

function providersOf(payout: PayoutHistory | undefined): ReadonlySet<string> {
  const providers = new Set(payout?.attempts.values());
  if (payout?.provider !== undefined) providers.add(payout.provider);
  return providers;
}
