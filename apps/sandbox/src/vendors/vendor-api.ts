import type { IncomingHttpHeaders } from 'node:http';
import type { NewOrder, Order } from '../book/order.js';
import { readExactObject, writeExact } from '../exact-json.js';
import type { Behaviour, CallbackState, Vendor } from '../script.js';

/** A request as it came over the wire; `body` is the bytes, not a reading of them. */
export interface ReceivedRequest {
  readonly path: string;
  readonly headers: IncomingHttpHeaders;
  readonly params: Readonly<Record<string, string>>;
  /** Decoded query parameters, in order. */
  readonly query: URLSearchParams;
  readonly body: Buffer;
}

export interface Answer {
  readonly status: number;
  readonly contentType: string;
  readonly body: string;
}

export type CreateResult =
  | { readonly kind: 'refused'; readonly answer: Answer }
  /** Seen before and known by its key: the first result again, nothing new is taken. */
  | { readonly kind: 'repeated'; readonly answer: Answer }
  /** `answer` is rendered from the order as it stands after it was taken. */
  | { readonly kind: 'valid'; readonly order: NewOrder; readonly answer: (taken: Order) => Answer };

export type QueryResult =
  | { readonly kind: 'refused'; readonly answer: Answer }
  /** `answer` is given the orders that may be seen; none is the vendor's "not found". */
  | {
      readonly kind: 'found';
      readonly orders: readonly Order[];
      readonly answer: (visible: readonly Order[]) => Answer;
    };

/** What goes to the merchant; a null `url` is resolved from `callbackBase` at each attempt. */
export interface CallbackMessage {
  readonly url: string | null;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

export interface Route {
  readonly method: 'GET' | 'POST';
  /** Path in Fastify's notation, the vendor's real path under the vendor's name. */
  readonly path: string;
  readonly kind: 'create' | 'query';
}

/** One vendor's side of its API. It only reads the book; what it decides is written by the front desk. */
export abstract class VendorApi {
  abstract readonly vendor: Vendor;
  abstract readonly routes: readonly Route[];

  /** The text that scripts are matched with, from a request that may be wrong in any way. */
  abstract beneficiaryOf(request: ReceivedRequest): string;

  abstract create(request: ReceivedRequest, now: number): CreateResult;
  abstract query(request: ReceivedRequest, now: number): QueryResult;

  /** A refusal of a valid order: the merchant's balance is too low. */
  abstract noBalance(now: number): Answer;
  abstract serverError(now: number): Answer;

  /** The callback that tells this state of the order, or null when the vendor has none for it. */
  abstract callback(order: Order, state: CallbackState, now: number): CallbackMessage | null;
  /** Path under `callbackBase`, for vendors whose orders carry no URL. */
  abstract readonly callbackPath: string;
  /** Whether this answer ends the repeats. */
  abstract acknowledged(status: number, body: string): boolean;
  /** Waits between attempts, in the vendor's seconds. */
  abstract readonly retrySeconds: readonly number[];

  /** Whether the money moves before the create request is answered. */
  settlesAtOnce(_behaviour: Behaviour): boolean {
    return false;
  }
}

export function jsonAnswer(status: number, value: unknown): Answer {
  return { status, contentType: 'application/json; charset=utf-8', body: writeExact(value) };
}

/** Whether the request says that its body is JSON. */
export function saysJson(request: ReceivedRequest): boolean {
  return /^application\/json\s*(;|$)/i.test(request.headers['content-type'] ?? '');
}

/** One header as text; null when it is absent or empty. */
export function header(request: ReceivedRequest, name: string): string | null {
  const value = request.headers[name];
  return typeof value === 'string' && value !== '' ? value : null;
}

/** A text member of a JSON body that may be anything; '' when there is none. */
export function looseText(body: Buffer, name: string): string {
  const value = readExactObject(body)?.[name];
  return typeof value === 'string' ? value : '';
}
