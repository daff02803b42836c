import type { BankAccount } from '#domain/provider/beneficiary';
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
import { readGoldenpayCallback } from './callback.js';
import { goldenpayCard } from './card.js';
import { createRequest, queryRequest, type Freshness } from './request.js';
import { checkGoldenpaySettings, type GoldenpayConfig, type GoldenpaySettings } from './settings.js';

/** The page allows 6 to 24. */
const NONCE_LENGTH = 20;
const LINE = /^[^\p{C}]{1,200}$/u;

/** The GoldenPay platform. Throws a `ProviderSettingsError` when its settings can't be used. */
export class GoldenpayProvider extends Provider {
  readonly card: ContractCard;
  readonly acknowledgement: Acknowledgement = { status: 200, contentType: 'text/plain', body: 'success' };
  readonly #config: GoldenpayConfig;
  readonly #parts: ProviderParts;
  readonly #channel: WireChannel;

  constructor(settings: GoldenpaySettings, parts: ProviderParts) {
    super();
    this.#config = checkGoldenpaySettings(settings, parts.plainHttpHosts);
    this.#parts = parts;
    this.card = withTiming(goldenpayCard(), parts.timing);
    this.#channel = {
      http: parts.http,
      timeoutMs: this.card.timing.requestTimeout,
      secrets: [this.#config.apiToken],
    };
  }

  problems({ amount, beneficiary }: Pick<PayoutOrder, 'amount' | 'beneficiary'>): readonly OrderProblem[] {
    const problems = cardProblems(this.card, amount, beneficiary.kind);
    return beneficiary.kind === 'bank-account' ? [...problems, ...accountProblems(beneficiary)] : problems;
  }

  async create(order: PayoutOrder): Promise<ProviderAnswer> {
    const [problem] = this.problems(order);
    const { beneficiary } = order;
    if (problem !== undefined || beneficiary.kind !== 'bank-account') {
      const reason = `${problem?.field ?? 'order'}: ${problem?.message ?? 'can not be sent'}`;
      return unsent({ method: 'POST', url: this.#config.baseUrl }, { kind: 'not-sent', reason });
    }
    const known = { ...order, beneficiary };
    return exchange(
      this.#channel,
      createRequest(this.#config, known, this.#fresh()),
      (answer) => readCreate(answer, this.#config, known),
      personalValues(beneficiary),
    );
  }

  async query(query: OrderQuery): Promise<ProviderAnswer> {
    const request = queryRequest(this.#config, query, this.#fresh());
    return exchange(this.#channel, request, (answer) => readQuery(answer, query));
  }

  readCallback(callback: RawCallback): CallbackReading {
    return readGoldenpayCallback(this.#config, callback);
  }

  #fresh(): Freshness {
    return {
      nonce: this.#parts.ids.token(NONCE_LENGTH),
      timestamp: Math.floor(this.#parts.clock.now() / 1000).toString(),
    };
  }
}

/** The page's rules for Vietnam. */
function accountProblems(account: BankAccount): readonly OrderProblem[] {
  return [
    ...textProblem('beneficiary.accountNumber', account.accountNumber, {
      pattern: /^(?=.*[0-9])[A-Za-z0-9]{1,34}$/,
      form: 'at most 34 letters and digits, not letters only',
      required: true,
    }),
    ...textProblem('beneficiary.holderName', account.holderName, {
      pattern: LINE,
      form: 'a name',
      required: true,
    }),
    ...textProblem('beneficiary.bankName', account.bankName, {
      pattern: LINE,
      form: "the bank's name",
      required: true,
    }),
    ...textProblem('beneficiary.bankCode', account.bankCode, {
      pattern: /^[A-Za-z0-9]{1,20}$/,
      form: "the bank's code, such as 970412",
      required: true,
    }),
    ...textProblem('beneficiary.branch', account.branch, {
      pattern: LINE,
      form: 'one line',
      required: false,
    }),
    ...textProblem('beneficiary.phone', account.phone, {
      pattern: /^[+0-9 ()-]{3,32}$/,
      form: 'a phone number',
      required: false,
    }),
    ...textProblem('beneficiary.email', account.email, {
      pattern: /^[^\s@]+@[^\s@]+\.[^\s@]+$/,
      form: 'an e-mail address',
      required: false,
    }),
  ];
}
