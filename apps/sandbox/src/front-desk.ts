import type { Book } from './book/book.js';
import type { Behaviour, CreateFault } from './script.js';
import type { SandboxSettings } from './settings.js';
import { settle } from './settlement.js';
import type { Answer, CreateResult, ReceivedRequest, VendorApi } from './vendors/vendor-api.js';

/** What leaves for one request: an answer after a while, a cut connection, or silence. */
export type Reaction =
  | { readonly kind: 'answer'; readonly answer: Answer; readonly delayMs: number }
  | { readonly kind: 'destroy'; readonly delayMs: number }
  | { readonly kind: 'silence' };

const HTML: Answer = {
  status: 200,
  contentType: 'text/html; charset=utf-8',
  body: '<!doctype html><html><head><title>Maintenance</title></head><body><h1>Back soon</h1></body></html>',
};

/** Takes the vendors' requests, lays the scripts' faults over what the vendor would do, and writes the book. */
export class FrontDesk {
  constructor(
    private readonly book: Book,
    private readonly settings: SandboxSettings,
    private readonly orderTaken: () => void,
  ) {}

  async create(api: VendorApi, request: ReceivedRequest): Promise<Reaction> {
    const reaction = await this.book.write(() => this.decideCreate(api, request, Date.now()));
    this.orderTaken();
    return reaction;
  }

  async query(api: VendorApi, request: ReceivedRequest): Promise<Reaction> {
    const now = Date.now();
    const result = api.query(request, now);
    if (result.kind === 'refused') return answered(result.answer);
    const visible = result.orders.filter(({ behaviour: { query }, createdAt }) => {
      return !(query?.fault === 'not-found-for-ms' && now < createdAt + (query.ms ?? 0));
    });
    const broken = visible.filter(({ behaviour: { query }, queryFaultsUsed }) => {
      return query?.fault === '500' && queryFaultsUsed < (query.times ?? 1);
    });
    if (broken.length > 0) {
      await this.book.write(() => broken.forEach((order) => this.book.countQueryFault(order.seq)));
      return answered(api.serverError(now));
    }
    return answered(result.answer(visible));
  }

  private decideCreate(api: VendorApi, request: ReceivedRequest, now: number): Reaction {
    const beneficiary = api.beneficiaryOf(request);
    this.book.countArrival(api.vendor, beneficiary);
    const used = this.book.useScript(api.vendor, beneficiary);
    const create = used?.script.create;
    const disturbed = create !== undefined && (used?.createsSeen ?? 0) <= (create.times ?? 1);
    const fault = disturbed ? create.fault : undefined;
    const delayMs = disturbed ? (create.delayMs ?? 0) : 0;
    if (fault === 'drop-before') return { kind: 'destroy', delayMs };
    if (fault === '500-before') return answered(api.serverError(now), delayMs);

    const result = api.create(request, now);
    if (result.kind === 'refused') return answered(result.answer, delayMs);
    if (fault === 'refuse') return answered(api.noBalance(now), delayMs);
    const answer = this.take(api, result, used?.script ?? this.settings.defaultBehaviour, now);
    return afterTaking(api, fault, answer, delayMs, now);
  }

  private take(
    api: VendorApi,
    result: Exclude<CreateResult, { kind: 'refused' }>,
    behaviour: Behaviour,
    now: number,
  ): Answer {
    if (result.kind === 'repeated') return result.answer;
    let order = this.book.takeOrder(result.order, behaviour, now);
    if (behaviour.outcome !== 'pending-for-ever') {
      if (api.settlesAtOnce(behaviour)) order = settle(this.book, api, order, 'success', now);
      else this.book.planStep(order.seq, behaviour.outcome, now + behaviour.settleAfterMs);
    }
    return result.answer(order);
  }
}

function afterTaking(
  api: VendorApi,
  fault: Exclude<CreateFault, 'drop-before' | '500-before' | 'refuse'> | undefined,
  answer: Answer,
  delayMs: number,
  now: number,
): Reaction {
  switch (fault) {
    case undefined:
      return answered(answer, delayMs);
    case 'no-answer-after-paying':
      return { kind: 'destroy', delayMs };
    case '500-after-paying':
      return answered(api.serverError(now), delayMs);
    case 'html-after-paying':
      return answered(HTML, delayMs);
    case 'timeout':
      return { kind: 'silence' };
  }
}

function answered(answer: Answer, delayMs = 0): Reaction {
  return { kind: 'answer', answer, delayMs };
}
