import type { ContractCard } from '#domain/provider/contract-card';
import { withTiming } from '../card-timing.js';
import { cardProblems, textProblem } from '../order-terms.js';
import type { ProviderParts } from '../provider-parts.js';
import {
  Provider,
  type Acknowledgement,
  type CallbackReading,
  type OrderProblem,
  type OrderQuery,
  type PayoutOrder,
  type ProviderAnswer,
  type RawCallback,
} from '../provider.js';
import { exchange, unsent, type WireChannel } from '../wire/exchange.js';
import { personalValues } from '../wire/vendor-text.js';
import { readCreate, readQuery } from './answer.js';
import { readRevereCallback } from './callback.js';
import { revereCard } from './card.js';
import { createRequest, queryRequest } from './request.js';
import { checkRevereSettings, type RevereConfig, type RevereSettings } from './settings.js';

/** Revere Payments. Throws a `ProviderSettingsError` when its settings can't be used. */
export class RevereProvider extends Provider {
  readonly card: ContractCard;
  /** No page asks for a body: the status is the acknowledgement. */
  readonly acknowledgement: Acknowledgement = { status: 200, contentType: 'text/plain', body: '' };
  readonly #config: RevereConfig;
  readonly #channel: WireChannel;

  constructor(settings: RevereSettings, parts: ProviderParts) {
    super();
    this.#config = checkRevereSettings(settings, parts.plainHttpHosts);
    this.card = withTiming(revereCard(), parts.timing);
    const { walletKey, reportingKey, callbackToken } = this.#config;
    this.#channel = {
      http: parts.http,
      timeoutMs: this.card.timing.requestTimeout,
      secrets: [walletKey, reportingKey, callbackToken],
    };
  }

  problems({ amount, beneficiary }: Pick<PayoutOrder, 'amount' | 'beneficiary'>): readonly OrderProblem[] {
    const problems = cardProblems(this.card, amount, beneficiary.kind);
    if (beneficiary.kind !== 'stored-method') return problems;
    return [
      ...problems,
      ...textProblem('beneficiary.methodId', beneficiary.methodId, {
        pattern: /^[A-Za-z0-9_-]{1,64}$/,
        form: 'the payment method id that Revere gave',
        required: true,
      }),
    ];
  }

  async create(order: PayoutOrder): Promise<ProviderAnswer> {
    const [problem] = this.problems(order);
    const { beneficiary } = order;
    if (problem !== undefined || beneficiary.kind !== 'stored-method') {
      const reason = `${problem?.field ?? 'order'}: ${problem?.message ?? 'can not be sent'}`;
      return unsent({ method: 'POST', url: this.#config.baseUrl }, { kind: 'not-sent', reason });
    }
    const request = createRequest(this.#config, { ...order, beneficiary });
    return exchange(this.#channel, request, readCreate, personalValues(beneficiary));
  }

  async query({ orderId }: OrderQuery): Promise<ProviderAnswer> {
    if (orderId === undefined) {
      const reason = 'Revere looks an order up by its own number, and it has given none yet';
      return unsent({ method: 'GET', url: this.#config.baseUrl }, { kind: 'unknown', reason });
    }
    return exchange(this.#channel, queryRequest(this.#config, orderId), (answer) =>
      readQuery(answer, orderId),
    );
  }

  readCallback(callback: RawCallback): CallbackReading {
    return readRevereCallback(this.#config, callback);
  }
}
