import type { Book } from '../../book/book.js';
import type { Order } from '../../book/order.js';
import type { CallbackState } from '../../script.js';
import type { ChainpaySettings } from '../../settings.js';
import { longNumber } from '../numbers.js';
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
import { created, orderResult, refused } from './answers.js';
import { callbackMessage } from './callback.js';
import type { ChainpayKeys } from './keys.js';
import { readPayout, readSigned } from './request.js';

/** ChainPay payouts, v2. */
export class Chainpay extends VendorApi {
  override readonly vendor = 'chainpay';
  override readonly callbackPath = '/chainpay';
  override readonly routes: readonly Route[] = [
    { method: 'POST', path: '/chainpay/v2/payout', kind: 'create' },
    { method: 'POST', path: '/chainpay/v2/queryPayOutOrder', kind: 'query' },
  ];
  override readonly retrySeconds: readonly number[];

  constructor(
    private readonly settings: ChainpaySettings,
    private readonly keys: ChainpayKeys,
    private readonly book: Book,
  ) {
    super();
    this.retrySeconds = settings.retrySeconds;
  }

  override beneficiaryOf({ body }: ReceivedRequest): string {
    return looseText(body, 'receiver');
  }

  override create(request: ReceivedRequest, now: number): CreateResult {
    const signed = readSigned(request, this.settings, this.keys.merchantPublicKey);
    if ('refusal' in signed) return { kind: 'refused', answer: refused(signed.refusal) };
    const payout = readPayout(signed.fields, this.settings);
    if ('refusal' in payout) return { kind: 'refused', answer: refused(payout.refusal) };
    if (this.book.byReference('chainpay', payout.outTradeNo) !== null) {
      // [A] «Must be unique» is on the page; how a repeat is answered is not.
      return { kind: 'refused', answer: refused('duplicate outTradeNo') };
    }
    return {
      kind: 'valid',
      order: {
        vendor: 'chainpay',
        orderId: longNumber(now),
        merchantReference: payout.outTradeNo,
        idempotencyKey: null,
        beneficiary: payout.receiver,
        amount: payout.amount,
        currency: payout.currency,
        fee: '0',
        callbackUrl: null,
        details: { payChannel: payout.payChannel, currencyId: payout.currencyId, extra: payout.extra },
      },
      answer: (taken) => created(taken, this.settings),
    };
  }

  override query(request: ReceivedRequest): QueryResult {
    const signed = readSigned(request, this.settings, this.keys.merchantPublicKey);
    if ('refusal' in signed) return { kind: 'refused', answer: refused(signed.refusal) };
    const { outTradeNo } = signed.fields;
    if (typeof outTradeNo !== 'string' || outTradeNo === '') {
      return { kind: 'refused', answer: refused('invalid outTradeNo') };
    }
    const order = this.book.byReference('chainpay', outTradeNo);
    return {
      kind: 'found',
      orders: order === null ? [] : [order],
      answer: ([visible]) =>
        visible === undefined ? refused('invalid order') : orderResult(visible, this.settings),
    };
  }

  override noBalance(): Answer {
    return refused('insufficient token balance');
  }

  /** A gateway's page: the vendor documents no answer of its own for this. */
  override serverError(): Answer {
    return { status: 500, contentType: 'text/plain; charset=utf-8', body: 'Internal Server Error' };
  }

  override callback(order: Order, state: CallbackState): CallbackMessage {
    return callbackMessage(order, state, this.settings, this.keys.platformPrivateKey);
  }

  /** [A] The plain text `success` with HTTP 200. */
  override acknowledged(status: number, body: string): boolean {
    return status === 200 && body === 'success';
  }
}
