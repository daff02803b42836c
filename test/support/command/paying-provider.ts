import { providerOrderId } from '#domain/ids';
import { currencyCode } from '#domain/money/currency';
import type { Money } from '#domain/money/money';
import type { ContractCard } from '#domain/provider/contract-card';
import type { ProviderOutcome } from '#domain/provider/provider-report';
import {
  Provider,
  type Acknowledgement,
  type CallbackReading,
  type OrderProblem,
  type OrderQuery,
  type PayoutOrder,
  type ProviderAnswer,
  type RawCallback,
} from '#providers/provider';

/** What the provider did with one reference. Its book is the truth that tests compare with. */
export interface BookedOrder {
  readonly orderId: string;
  readonly reference: string;
  readonly amount: Money;
  payments: number;
  state: 'pending' | 'succeeded' | 'failed';
}

/** How one create request ends. `after`: the order was taken, `before`: it wasn't; `late`: it will be, by `takeLate`. */
export type CreateScript =
  | 'ok'
  | 'settles-at-once'
  | 'lost-after'
  | 'lost-before'
  | 'lost-late'
  | 'refused'
  | 'not-sent'
  | 'hangs-after'
  | 'fails-ours';

/** A provider in memory with a card, a book and a script; everything else about it is as the port says. */
export class PayingProvider extends Provider {
  readonly book = new Map<string, BookedOrder>();
  readonly scripts: CreateScript[] = [];
  sends = 0;
  queries = 0;
  queryFails = false;
  readonly #late: PayoutOrder[] = [];
  readonly acknowledgement: Acknowledgement = { status: 200, contentType: 'text/plain', body: 'success' };

  constructor(readonly card: ContractCard) {
    super();
  }

  problems(): readonly OrderProblem[] {
    if (this.scripts[0] === 'fails-ours') throw new Error('a defect of our own');
    return [];
  }

  async create(order: PayoutOrder): Promise<ProviderAnswer> {
    this.sends += 1;
    const script = this.scripts.shift() ?? 'ok';
    if (script === 'lost-late') {
      this.#late.push(order);
      return answerOf({ kind: 'unknown', reason: 'timeout' });
    }
    if (script === 'lost-before') return answerOf({ kind: 'unknown', reason: 'reset' });
    if (script === 'not-sent') return answerOf({ kind: 'not-sent', reason: 'refused connection' });
    if (script === 'refused') return answerOf({ kind: 'refused', rawStatus: '422', reason: 'no balance' });
    const booked = this.take(order);
    if (script === 'lost-after') return answerOf({ kind: 'unknown', reason: 'timeout' });
    if (script === 'hangs-after') return new Promise(() => undefined);
    if (script === 'settles-at-once') return answerOf(this.settle(booked, 'succeeded'));
    return answerOf(this.outcomeOf(booked));
  }

  async query({ reference }: OrderQuery): Promise<ProviderAnswer> {
    this.queries += 1;
    if (this.queryFails) return answerOf({ kind: 'unknown', reason: 'timeout' });
    const booked = this.book.get(reference);
    return answerOf(booked === undefined ? { kind: 'not-found', rawStatus: '404' } : this.outcomeOf(booked));
  }

  readCallback({ body }: RawCallback): CallbackReading {
    const { reference, orderId, state } = JSON.parse(Buffer.from(body).toString('utf8')) as {
      reference: string;
      orderId: string;
      state: 'pending' | 'succeeded' | 'failed';
    };
    const order = {
      orderId: providerOrderId(orderId),
      ...(this.card.callback.carriesReference ? { reference } : {}),
    };
    const outcome: ProviderOutcome =
      state === 'failed'
        ? { kind: 'failed', rawStatus: 'FAIL', reason: 'said so', order }
        : state === 'succeeded'
          ? { kind: 'succeeded', rawStatus: 'OK', order }
          : { kind: 'pending', rawStatus: 'WAIT', recognised: true, order };
    return {
      verdict: 'verified',
      orderId: providerOrderId(orderId),
      ...(this.card.callback.carriesReference ? { reference: reference as PayoutOrder['reference'] } : {}),
      outcome,
    };
  }

  /** Ends an order of the book; the answer is what a look-up says from now on. */
  settle(booked: BookedOrder, state: 'succeeded' | 'failed'): ProviderOutcome {
    if (state === 'succeeded' && booked.state !== 'succeeded') booked.payments += 1;
    if (state === 'failed' && booked.state === 'succeeded') booked.payments -= 1;
    booked.state = state;
    return this.outcomeOf(booked);
  }

  /** Requests that nobody has seen yet. */
  get underWay(): number {
    return this.#late.length;
  }

  /** What was under way arrives now. */
  takeLate(): void {
    for (const order of this.#late.splice(0)) this.take(order);
  }

  /** A second order under one reference is a second payment: nothing here protects us. */
  private take({ reference, amount }: PayoutOrder): BookedOrder {
    const known = this.book.get(reference);
    if (known !== undefined) {
      if (this.card.idempotency === null) known.payments += 100;
      return known;
    }
    const booked: BookedOrder = {
      orderId: `order-${this.book.size + 1}`,
      reference,
      amount,
      payments: 0,
      state: 'pending',
    };
    this.book.set(reference, booked);
    return booked;
  }

  private outcomeOf({ orderId, reference, state, amount }: BookedOrder): ProviderOutcome {
    const order = { orderId: providerOrderId(orderId), reference, ordered: amount };
    switch (state) {
      case 'pending':
        return { kind: 'pending', rawStatus: 'PROCESSING', recognised: true, order };
      case 'succeeded':
        return { kind: 'succeeded', rawStatus: 'SUCCESS', order };
      case 'failed':
        return { kind: 'failed', rawStatus: 'FAIL', reason: 'no such beneficiary', order };
    }
  }
}

function answerOf(outcome: ProviderOutcome): ProviderAnswer {
  const request = { method: 'POST', url: 'http://provider.test/payout', body: '{}' };
  if (outcome.kind === 'unknown' || outcome.kind === 'not-sent') return { outcome, evidence: { request } };
  const answer = {
    status: 200,
    contentType: 'application/json',
    body: JSON.stringify({ kind: outcome.kind }),
  };
  return { outcome, evidence: { request, answer } };
}

/** A card with our reference and a look-up; times are short. */
export function cardOf(more: Partial<ContractCard> = {}): ContractCard {
  return {
    provider: 'goldenpay',
    ownReference: true,
    idempotency: null,
    query: 'reference',
    notFoundIsFinalAfter: 200,
    onUnknown: 'query-then-resend',
    refusalIsProof: false,
    finalStatesThatTurn: [],
    currencies: { [currencyCode('USD')]: { decimals: 2, min: '0.10', max: '10000', feeReserve: '0' } },
    beneficiaryKinds: ['stored-method'],
    callback: { trust: 'claim', carriesReference: true, unmatchedAlarmAfter: 60_000 },
    timing: { requestTimeout: 100, firstQueryAfter: 30, maxQueryPause: 100, parkAfter: 60_000 },
    maxSends: 3,
    ...more,
  };
}
