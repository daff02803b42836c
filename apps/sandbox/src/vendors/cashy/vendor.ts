import type { Book } from '../../book/book.js';
import type { Order } from '../../book/order.js';
import type { CallbackState } from '../../script.js';
import type { CashySettings } from '../../settings.js';
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
import { readOrder, readSigned } from './request.js';

/** Cashy, payouts in Colombian pesos. */
export class Cashy extends VendorApi {
  override readonly vendor = 'cashy';
  override readonly callbackPath = '/cashy';
  override readonly routes: readonly Route[] = [
    { method: 'POST', path: '/cashy/api/payOut', kind: 'create' },
    { method: 'POST', path: '/cashy/api/payOutQuery', kind: 'query' },
  ];
  override readonly retrySeconds: readonly number[];

  constructor(
    private readonly settings: CashySettings,
    private readonly book: Book,
  ) {
    super();
    this.retrySeconds = settings.retrySeconds;
  }

  override beneficiaryOf({ body }: ReceivedRequest): string {
    return looseText(body, 'accountNo');
  }

  override create(request: ReceivedRequest, now: number): CreateResult {
    const signed = readSigned(request, this.settings);
    if ('msg' in signed) return { kind: 'refused', answer: refused(signed.msg) };
    const order = readOrder(signed.fields, this.settings);
    if ('msg' in order) return { kind: 'refused', answer: refused(order.msg) };
    if (this.book.byReference('cashy', order.mchOrderNo) !== null) {
      return { kind: 'refused', answer: refused(this.settings.duplicateMessage) };
    }
    return {
      kind: 'valid',
      order: {
        vendor: 'cashy',
        orderId: `PAYOUT${longNumber(now)}`,
        merchantReference: order.mchOrderNo,
        idempotencyKey: null,
        beneficiary: order.accountNo,
        amount: order.amount,
        currency: 'COP',
        fee: this.settings.fee,
        callbackUrl: order.notifyUrl,
        details: {},
      },
      answer: (taken) => created(taken, this.settings),
    };
  }

  override query(request: ReceivedRequest): QueryResult {
    const signed = readSigned(request, this.settings);
    if ('msg' in signed) return { kind: 'refused', answer: refused(signed.msg) };
    const { mchOrderNo, orderNo, nonceStr } = signed.fields;
    if (typeof nonceStr !== 'string' || nonceStr === '') {
      return { kind: 'refused', answer: refused('Params_nonceStr_Required') };
    }
    const given = (value: unknown) => (typeof value === 'string' && value !== '' ? value : null);
    const [byPlatform, byMerchant] = [given(orderNo), given(mchOrderNo)];
    if (byPlatform === null && byMerchant === null) {
      return { kind: 'refused', answer: refused('Params_orderNo_Required') };
    }
    const order =
      byPlatform === null
        ? this.book.byReference('cashy', byMerchant ?? '')
        : this.book.byOrderId('cashy', byPlatform);
    const matches = order !== null && (byMerchant === null || order.merchantReference === byMerchant);
    return {
      kind: 'found',
      orders: matches ? [order] : [],
      answer: ([visible]) =>
        visible === undefined ? refused(this.settings.notFoundMessage) : orderResult(visible, this.settings),
    };
  }

  override noBalance(): Answer {
    return refused(this.settings.noBalanceMessage);
  }

  override serverError(): Answer {
    return refused('System_error', 500);
  }

  override callback(order: Order, state: CallbackState, now: number): CallbackMessage {
    return callbackMessage(order, state, this.settings, now);
  }

  /** The page: 200, 301 and 302 count as received; the body isn't looked at. */
  override acknowledged(status: number): boolean {
    return status === 200 || status === 301 || status === 302;
  }
}
