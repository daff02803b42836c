import type { StoredMethod } from '#domain/provider/beneficiary';
import type { ContractCard } from '#domain/provider/contract-card';
import { withTiming } from '../card-timing.js';
import { cardProblems, orderTerms, textProblem } from '../order-terms.js';
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
import { readDvpayCallback } from './callback.js';
import { dvpayCard } from './card.js';
import { createRequest, queryRequest } from './request.js';
import { checkDvpaySettings, type DvpayConfig, type DvpaySettings } from './settings.js';

/** DVPay. Throws a `ProviderSettingsError` when its settings can't be used. */
export class DvpayProvider extends Provider {
  readonly card: ContractCard;
  readonly acknowledgement: Acknowledgement = {
    status: 200,
    contentType: 'application/json',
    body: '{"status":"received"}',
  };
  readonly #config: DvpayConfig;
  readonly #parts: ProviderParts;
  readonly #channel: WireChannel;

  constructor(settings: DvpaySettings, parts: ProviderParts) {
    super();
    this.#config = checkDvpaySettings(settings, parts.plainHttpHosts);
    this.#parts = parts;
    this.card = withTiming(dvpayCard(this.#config.authProfile), parts.timing);
    const { apiKey, apiSecret, webhookSecret } = this.#config;
    this.#channel = {
      http: parts.http,
      timeoutMs: this.card.timing.requestTimeout,
      secrets: [apiKey, apiSecret, webhookSecret].filter((secret) => secret !== ''),
    };
  }

  problems({ amount, beneficiary }: Pick<PayoutOrder, 'amount' | 'beneficiary'>): readonly OrderProblem[] {
    const problems = cardProblems(this.card, amount, beneficiary.kind);
    if (beneficiary.kind !== 'stored-method') return problems;
    const form = 'the account id that DVPay gave: 1 to 128 printable characters';
    return [
      ...problems,
      ...textProblem('beneficiary.methodId', beneficiary.methodId, {
        pattern: /^[\x21-\x7e]{1,128}$/,
        form,
        required: true,
      }),
    ];
  }

  async create(order: PayoutOrder): Promise<ProviderAnswer> {
    const [problem] = this.problems(order);
    const terms = orderTerms(this.card, order.amount.currency);
    const { beneficiary } = order;
    if (problem !== undefined || terms === undefined || beneficiary.kind !== 'stored-method') {
      const reason = `${problem?.field ?? 'order'}: ${problem?.message ?? 'can not be sent'}`;
      return unsent({ method: 'POST', url: this.#config.baseUrl }, { kind: 'not-sent', reason });
    }
    const known: PayoutOrder & { readonly beneficiary: StoredMethod } = { ...order, beneficiary };
    return exchange(
      this.#channel,
      createRequest(this.#config, known, terms.decimals, this.#timestamp()),
      (answer) => readCreate(answer, known),
      personalValues(beneficiary),
    );
  }

  async query(query: OrderQuery): Promise<ProviderAnswer> {
    const { orderId } = query;
    if (orderId === undefined) {
      const reason = 'DVPay looks an order up by its own number, and it has given none yet';
      return unsent(
        { method: this.#config.queryMethod, url: this.#config.baseUrl },
        { kind: 'unknown', reason },
      );
    }
    const known = { ...query, orderId };
    return exchange(this.#channel, queryRequest(this.#config, known, this.#timestamp()), (answer) =>
      readQuery(answer, known),
    );
  }

  readCallback(callback: RawCallback): CallbackReading {
    return readDvpayCallback(this.#config, callback);
  }

  #timestamp(): string {
    return Math.floor(this.#parts.clock.now() / 1000).toString();
  }
}
