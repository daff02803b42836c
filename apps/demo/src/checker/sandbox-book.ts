import { isRecord } from './stored-event.js';

/** An order in the sandbox's book: what one provider was asked to pay, and to whom. */
export interface BookedOrder {
  readonly vendor: string;
  readonly orderId: string;
  readonly merchantReference: string | null;
  readonly idempotencyKey: string | null;
  readonly beneficiary: string;
  /** Decimal text in major units of the currency. */
  readonly amount: string;
  readonly currency: string;
  readonly status: string;
}

/** Money that left a provider, or came back to it. */
export interface BookedMovement {
  readonly vendor: string;
  readonly orderId: string;
  readonly kind: 'paid' | 'returned';
  readonly amount: string;
  readonly currency: string;
}

export interface SandboxBook {
  readonly orders: readonly BookedOrder[];
  readonly movements: readonly BookedMovement[];
}

/** The answer of `GET /_sandbox/book` isn't a book. */
export class UnreadableBookError extends Error {
  override readonly name = 'UnreadableBookError';
}

/** Reads the JSON of `GET /_sandbox/book`; fields that the judgement doesn't need are ignored. */
export function readBook(json: unknown): SandboxBook {
  if (!isRecord(json) || !Array.isArray(json['orders']) || !Array.isArray(json['movements']))
    throw new UnreadableBookError("the sandbox's book needs the lists orders and movements");
  return { orders: json['orders'].map(readOrder), movements: json['movements'].map(readMovement) };
}

function readOrder(json: unknown, index: number): BookedOrder {
  const text = textReader(json, `orders[${index}]`);
  return {
    vendor: text('vendor'),
    orderId: text('orderId'),
    merchantReference: nullable(json, text, 'merchantReference'),
    idempotencyKey: nullable(json, text, 'idempotencyKey'),
    beneficiary: text('beneficiary'),
    amount: text('amount'),
    currency: text('currency'),
    status: text('status'),
  };
}

function readMovement(json: unknown, index: number): BookedMovement {
  const text = textReader(json, `movements[${index}]`);
  const kind = text('kind');
  if (kind !== 'paid' && kind !== 'returned')
    throw new UnreadableBookError(`movements[${index}].kind is ${JSON.stringify(kind)}`);
  return {
    vendor: text('vendor'),
    orderId: text('orderId'),
    kind,
    amount: text('amount'),
    currency: text('currency'),
  };
}

type TextReader = (name: string) => string;

function textReader(json: unknown, place: string): TextReader {
  return (name) => {
    const value = isRecord(json) ? json[name] : undefined;
    if (typeof value !== 'string') throw new UnreadableBookError(`${place}.${name} is not text`);
    return value;
  };
}

function nullable(json: unknown, text: TextReader, name: string): string | null {
  return isRecord(json) && (json[name] ?? null) === null ? null : text(name);
}
