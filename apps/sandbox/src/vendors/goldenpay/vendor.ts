import type { Book } from '../../book/book.js';
import type { Order } from '../../book/order.js';
import type { CallbackState } from '../../script.js';
import type { GoldenpaySettings } from '../../settings.js';
import { localTime } from '../../vendor-time.js';
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
import { created, orderResult, refused } from './answers.js';
import { callbackMessage } from './callback.js';
import { bad, bodyParameters, isRefusal, readOrder, refuseSignature } from './request.js';

const PATH = '/goldenpay/api/v1/mch/wdl-orders';

/** The GoldenPay platform's payout orders. */
export class Goldenpay extends VendorApi {
  override readonly vendor = 'goldenpay';
  override readonly callbackPath = '/goldenpay';
  override readonly routes: readonly Route[] = [
    { method: 'POST', path: PATH, kind: 'create' },
    { method: 'GET', path: PATH, kind: 'query' },
  ];
  override readonly retrySeconds: readonly number[];

  constructor(
    private readonly settings: GoldenpaySettings,
    private readonly book: Book,
  ) {
    super();
    this.retrySeconds = settings.retrySeconds;
  }

  override beneficiaryOf({ body }: ReceivedRequest): string {
    return looseText(body, 'account_no');
  }

  override create(request: ReceivedRequest, now: number): CreateResult {
    const parameters = bodyParameters(request);
    if (isRefusal(parameters)) return { kind: 'refused', answer: refused(parameters) };
    const refusal = refuseSignature(parameters, this.settings);
    if (refusal !== null) return { kind: 'refused', answer: refused(refusal) };
    const order = readOrder(parameters, this.settings);
    if (isRefusal(order)) return { kind: 'refused', answer: refused(order) };
    if (this.book.byReference('goldenpay', order.transId) !== null) {
      // [A] That the number must be unique is on the page; the words of the refusal are not.
      return { kind: 'refused', answer: refused(bad('The trans_id has already been taken')) };
    }
    return {
      kind: 'valid',
      order: {
        vendor: 'goldenpay',
        orderId: `P${localTime(now, this.settings.utcOffsetHours).slice(0, 10).replaceAll('-', '')}${digits(10)}`,
        merchantReference: order.transId,
        idempotencyKey: null,
        beneficiary: order.accountNo,
        amount: order.amount,
        currency: order.currency,
        fee: '0',
        callbackUrl: order.callbackUrl,
        details: {
          channel: order.channel,
          accountName: order.accountName,
          accountOrg: order.accountOrg,
          accountSubOrg: order.accountSubOrg,
        },
      },
      answer: (taken) => created(taken, this.settings),
    };
  }

  override query(request: ReceivedRequest): QueryResult {
    const parameters = Object.fromEntries(request.query);
    const refusal = refuseSignature(parameters, this.settings);
    if (refusal !== null) return { kind: 'refused', answer: refused(refusal) };
    const { id = '', trans_id: transId = '' } = parameters;
    if (id === '' && transId === '')
      return { kind: 'refused', answer: refused(bad('Use either id or trans_id')) };
    const order =
      id === '' ? this.book.byReference('goldenpay', transId) : this.book.byOrderId('goldenpay', id);
    const matches = order !== null && (transId === '' || order.merchantReference === transId);
    return {
      kind: 'found',
      orders: matches ? [order] : [],
      answer: ([visible]) =>
        visible === undefined
          ? refused({ code: 404, message: 'Route or resource not found' })
          : orderResult(visible, this.settings),
    };
  }

  override noBalance(): Answer {
    return refused(bad('Insufficient balance'));
  }

  override serverError(): Answer {
    return refused({ code: 503, message: 'Service unavailable' }, 500);
  }

  override callback(order: Order, state: CallbackState, now: number): CallbackMessage {
    return callbackMessage(order, state, this.settings, now);
  }

  /** The plain text `success` ends the repeats; [A] with HTTP 200, which the page doesn't say. */
  override acknowledged(status: number, body: string): boolean {
    return status === 200 && body === 'success';
  }
}
