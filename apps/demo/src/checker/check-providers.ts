import { decimalOf, equal, NOTHING, plus, print } from './decimal-text.js';
import type { Findings } from './findings.js';
import { paidOrders, type PaidOrder } from './paid-orders.js';
import type { PayoutHistories, PayoutHistory } from './payout-history.js';
import type { SandboxBook } from './sandbox-book.js';

/** Compares our log with the providers' book. Returns how many payouts were paid more than once. */
export function checkProviders(
  book: SandboxBook,
  histories: PayoutHistories,
  beneficiaries: ReadonlyMap<string, string>,
  findings: Findings,
): number {
  const { orders, lostMovements } = paidOrders(book, histories, beneficiaries);
  const disagree = (text: string): void => findings.add('providersAgree', text);
  for (const lost of lostMovements) disagree(`money moved for an order that isn't in the book: ${lost}`);
  for (const paid of orders) checkOwner(paid, histories, disagree);
  const byOwner = Map.groupBy(orders, ({ payoutId }) => payoutId);
  const byBeneficiary = Map.groupBy(orders, (paid) => paid.byBeneficiary);
  let paidTwice = 0;
  for (const payout of histories.payouts.values()) {
    const own = byOwner.get(payout.payoutId) ?? [];
    checkPayout(payout, own, disagree);
    const times = Math.max(timesPaid(own), timesPaid(byBeneficiary.get(payout.payoutId) ?? []));
    if (times > 1) {
      paidTwice += 1;
      findings.add('paidTwice', `payout ${payout.payoutId} was paid ${times} times: ${listed(own)}`);
    }
  }
  return paidTwice;
}

/** Each payment belongs to a payout of ours, and went to its beneficiary. */
function checkOwner(paid: PaidOrder, { payouts }: PayoutHistories, disagree: (text: string) => void): void {
  const { order, times, currencies, payoutId, byBeneficiary } = paid;
  const name = `${order.vendor}'s order ${order.orderId}`;
  if (times < 0) disagree(`${name} was returned more often than it was paid`);
  if (currencies.size === 0) return;
  if (payoutId === undefined || !payouts.has(payoutId))
    disagree(`${name} moved money and is none of our payouts`);
  else if (byBeneficiary !== undefined && byBeneficiary !== payoutId)
    disagree(
      `${name} is payout ${payoutId}'s by its number, and went to the beneficiary of ${byBeneficiary}`,
    );
}

function checkPayout(
  payout: PayoutHistory,
  own: readonly PaidOrder[],
  disagree: (text: string) => void,
): void {
  const { payoutId, status } = payout;
  const times = timesPaid(own);
  switch (status) {
    case 'succeeded':
      if (times !== 1) disagree(`payout ${payoutId} succeeded; the provider paid it ${times} times`);
      else checkAmount(payout, own, disagree);
      return;
    case 'failed':
    case 'rejected':
    case 'cancelled':
      if (times !== 0) disagree(`payout ${payoutId} is ${status}; the provider paid it: ${listed(own)}`);
      return;
    case 'requested':
    case 'submitting':
    case 'submitted':
    case 'unknown':
      if (times > 1) disagree(`payout ${payoutId} is ${status}; the provider paid it ${times} times`);
      return;
  }
}

function checkAmount(
  payout: PayoutHistory,
  own: readonly PaidOrder[],
  disagree: (text: string) => void,
): void {
  const { payoutId, paid } = payout;
  if (paid === undefined) {
    disagree(`payout ${payoutId} succeeded, and the log doesn't say how much was paid`);
    return;
  }
  const theirs = own.reduce((sum, { net }) => plus(sum, net), NOTHING);
  if (!equal(theirs, decimalOf(paid)))
    disagree(
      `payout ${payoutId}: we have ${print(decimalOf(paid))} ${paid.currency} as paid, the provider ${print(theirs)}`,
    );
  for (const { currencies } of own) {
    for (const currency of currencies) {
      if (!sameCurrency(paid.currency, currency))
        disagree(`payout ${payoutId} was paid in ${currency}, not in ${paid.currency}`);
    }
  }
}

/** Our code of a token names its chain (`USDT.TRC20`), which the providers' books keep elsewhere. */
function sameCurrency(ours: string, theirs: string): boolean {
  return ours === theirs || ours.split('.')[0] === theirs;
}

function timesPaid(orders: readonly PaidOrder[]): number {
  return orders.reduce((sum, { times }) => sum + times, 0);
}

function listed(orders: readonly PaidOrder[]): string {
  return orders
    .filter(({ times }) => times !== 0)
    .map(
      ({ order, times }) => `${order.vendor} ${order.orderId} (${times} × ${order.amount} ${order.currency})`,
    )
    .join(', ');
}
