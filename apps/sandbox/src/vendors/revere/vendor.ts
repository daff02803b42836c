import { randomUUID } from 'node:crypto';
import type { Book } from '../../book/book.js';
import type { Order } from '../../book/order.js';
import type { Behaviour, CallbackState } from '../../script.js';
import type { RevereSettings } from '../../settings.js';
import { digits } from '../numbers.js';
import {
  VendorApi,
  looseText,
  type Answer,
  type CallbackMessage,
  type CreateResult,
  type QueryResult,
  type ReceivedRequest,
  type Route,
} from '../vendor-api.js';
import { created, refused, report } from './answers.js';
import { callbackMessage } from './callback.js';
import { readFilter, readPayout, refuseCaller } from './request.js';

const BASE = '/revere/api/v1/groups/:group/revere_pay/:account';

/** Revere Payments, payouts from the wallet: no reference of the merchant's, no idempotency key. */
export class Revere extends VendorApi {
  override readonly vendor = 'revere';
  override readonly callbackPath: string;
  override readonly routes: readonly Route[] = [
    { method: 'POST', path: `${BASE}/wallet/payout`, kind: 'create' },
    { method: 'GET', path: `${BASE}/transactions/reporting`, kind: 'query' },
  ];
  override readonly retrySeconds: readonly number[];

  constructor(
    private readonly settings: RevereSettings,
    private readonly book: Book,
  ) {
    super();
    this.retrySeconds = settings.retrySeconds;
    this.callbackPath = `/revere/${settings.webhookPathToken}`;
  }

  override beneficiaryOf({ body }: ReceivedRequest): string {
    return looseText(body, 'payment_method_id');
  }

  override create(request: ReceivedRequest): CreateResult {
    const refusal = refuseCaller(request, this.settings, this.settings.walletKey);
    if (refusal !== null) return { kind: 'refused', answer: refused(refusal.refusal) };
    const payout = readPayout(request);
    if ('refusal' in payout) return { kind: 'refused', answer: refused(payout.refusal) };
    return {
      kind: 'valid',
      order: {
        vendor: 'revere',
        orderId: randomUUID(),
        merchantReference: null,
        idempotencyKey: null,
        beneficiary: payout.paymentMethodId,
        amount: payout.amount,
        currency: 'USD',
        fee: '0.00',
        callbackUrl: null,
        details: { subMillisecond: digits(6) },
      },
      answer: created,
    };
  }

  override query(request: ReceivedRequest, now: number): QueryResult {
    const refusal = refuseCaller(request, this.settings, this.settings.reportingKey);
    if (refusal !== null) return { kind: 'refused', answer: refused(refusal.refusal) };
    const filter = readFilter(request.query, now);
    if ('refusal' in filter) return { kind: 'refused', answer: refused(filter.refusal) };
    const orders = this.book
      .between('revere', filter.from, filter.to)
      .filter((order) => filter.ids.length === 0 || filter.ids.includes(order.orderId));
    return { kind: 'found', orders, answer: (visible) => report(visible, filter) };
  }

  override settlesAtOnce(behaviour: Behaviour): boolean {
    return (
      behaviour.outcome === 'success' &&
      (this.settings.createStatus === 'settled' || behaviour.settleAfterMs === 0)
    );
  }

  override noBalance(): Answer {
    return refused('insufficient wallet balance');
  }

  override serverError(): Answer {
    return refused('internal error', 500);
  }

  override callback(order: Order, state: CallbackState, now: number): CallbackMessage {
    return callbackMessage(order, state, this.settings, now);
  }

  override acknowledged(status: number): boolean {
    return status === 200;
  }
}
