import { createHash, randomBytes } from 'node:crypto';
import type { Book } from '../../book/book.js';
import type { Order } from '../../book/order.js';
import { readExactObject, numberText } from '../../exact-json.js';
import type { CallbackState } from '../../script.js';
import type { DvpaySettings } from '../../settings.js';
import { longNumber } from '../numbers.js';
import {
  VendorApi,
  header,
  looseText,
  type Answer,
  type CallbackMessage,
  type CreateResult,
  type QueryResult,
  type ReceivedRequest,
  type Route,
} from '../vendor-api.js';
import { created, refused, transactionDetail } from './answers.js';
import { callbackMessage } from './callback.js';
import { invalid, readPayout, refuseHeaders } from './request.js';

const CREATE = '/dvpay/api/v1/payment-gateway/order/payout';
const QUERY = '/dvpay/api/v1/payment-gateway/payment/transaction-detail';

/** DVPay, generations 1.0, 1.3 (default) and 1.4. */
export class Dvpay extends VendorApi {
  override readonly vendor = 'dvpay';
  override readonly callbackPath = '/dvpay';
  override readonly routes: readonly Route[];
  override readonly retrySeconds: readonly number[];

  constructor(
    private readonly settings: DvpaySettings,
    private readonly book: Book,
  ) {
    super();
    this.retrySeconds = settings.retrySeconds;
    this.routes = [
      { method: 'POST', path: CREATE, kind: 'create' },
      { method: settings.authProfile === 'v1_4' ? 'POST' : 'GET', path: QUERY, kind: 'query' },
    ];
  }

  override beneficiaryOf({ body }: ReceivedRequest): string {
    return looseText(body, this.settings.authProfile === 'v1_4' ? 'accountNumber' : 'account_id');
  }

  override create(request: ReceivedRequest, now: number): CreateResult {
    const refusal = refuseHeaders(request, this.settings, true, now);
    if (refusal !== null) return { kind: 'refused', answer: refused(refusal, now) };
    const payout = readPayout(request, this.settings);
    if ('code' in payout) return { kind: 'refused', answer: refused(payout, now) };

    const key = this.settings.authProfile === 'v1_0' ? null : header(request, 'x-idempotent-key');
    const bodyHash = createHash('sha256').update(request.body).digest('hex');
    const earlier =
      key === null ? null : this.book.byIdempotencyKey('dvpay', key, now - this.settings.idempotencyWindowMs);
    if (earlier !== null) {
      // [A] Another body under a used key is the documented 409 «conflicting operation».
      if (earlier.details['bodyHash'] !== bodyHash) {
        const conflict = {
          status: 409,
          code: 'idempotency_conflict',
          message: 'the key was used with another body',
        };
        return { kind: 'refused', answer: refused(conflict, now) };
      }
      return { kind: 'repeated', answer: created(earlier, this.settings) };
    }
    const numeric = this.settings.authProfile === 'v1_4';
    return {
      kind: 'valid',
      order: {
        vendor: 'dvpay',
        orderId: numeric ? longNumber(now) : `payout_${randomBytes(8).toString('hex')}`,
        merchantReference: null,
        idempotencyKey: key,
        beneficiary: payout.accountId,
        amount: payout.amount,
        currency: payout.currency,
        fee: '0.00',
        callbackUrl: null,
        details: {
          bodyHash,
          orderNumber: numeric ? longNumber(now) : `order_${randomBytes(8).toString('hex')}`,
        },
      },
      answer: (taken) => created(taken, this.settings),
    };
  }

  override query(request: ReceivedRequest, now: number): QueryResult {
    const refusal = refuseHeaders(request, this.settings, false, now);
    if (refusal !== null) return { kind: 'refused', answer: refused(refusal, now) };
    const id =
      this.settings.authProfile === 'v1_4' ? bodyId(request.body) : request.query.get('transaction_id');
    if (id === null || id === '') {
      return {
        kind: 'refused',
        answer: refused(invalid('missing_field', 'transaction_id is required'), now),
      };
    }
    const order = this.book.byOrderId('dvpay', id);
    return {
      kind: 'found',
      orders: order === null ? [] : [order],
      answer: ([visible]) =>
        visible === undefined
          ? refused({ status: 404, code: 'not_found', message: 'there is no such transaction' }, now)
          : transactionDetail(visible),
    };
  }

  override noBalance(now: number): Answer {
    return refused({ status: 422, code: 'insufficient_funds', message: 'the balance is too low' }, now);
  }

  override serverError(now: number): Answer {
    return refused({ status: 500, code: 'internal_error', message: 'internal error' }, now);
  }

  override callback(order: Order, state: CallbackState, now: number): CallbackMessage | null {
    return callbackMessage(order, state, this.settings, now);
  }

  /** HTTP 200 acknowledges, whatever the body says; the vendor's samples answer `{"status":"received"}`. */
  override acknowledged(status: number): boolean {
    return status === 200;
  }
}

/** [A] v1_4 asks by POST; its body is not documented. */
function bodyId(body: Buffer): string | null {
  const id = readExactObject(body)?.['transactionId'];
  return typeof id === 'string' ? id : numberText(id);
}
