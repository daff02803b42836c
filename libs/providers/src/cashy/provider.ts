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
import { readCashyCallback } from './callback.js';
import { cashyCard } from './card.js';
import {
  COLOMBIAN_PHONE,
  createRequest,
  institutionOf,
  queryRequest,
  type CashyBeneficiary,
} from './request.js';
import { checkCashySettings, WALLET_CODES, type CashyConfig, type CashySettings } from './settings.js';

const NONCE_LENGTH = 20;
const SHORT = /^[^\p{C}]{1,32}$/u;

/** Cashy, Colombia. Throws a `ProviderSettingsError` when its settings can't be used. */
export class CashyProvider extends Provider {
  readonly card: ContractCard;
  readonly acknowledgement: Acknowledgement = {
    status: 200,
    contentType: 'application/json',
    body: '{"status":"SUCCESS"}',
  };
  readonly #config: CashyConfig;
  readonly #parts: ProviderParts;
  readonly #channel: WireChannel;

  constructor(settings: CashySettings, parts: ProviderParts) {
    super();
    this.#config = checkCashySettings(settings, parts.plainHttpHosts);
    this.#parts = parts;
    this.card = withTiming(cashyCard(), parts.timing);
    this.#channel = {
      http: parts.http,
      timeoutMs: this.card.timing.requestTimeout,
      secrets: [this.#config.apiKey],
    };
  }

  problems({ amount, beneficiary }: Pick<PayoutOrder, 'amount' | 'beneficiary'>): readonly OrderProblem[] {
    const problems = cardProblems(this.card, amount, beneficiary.kind);
    if (beneficiary.kind !== 'bank-account' && beneficiary.kind !== 'phone-wallet') return problems;
    return [...problems, ...this.#beneficiaryProblems(beneficiary)];
  }

  async create(order: PayoutOrder): Promise<ProviderAnswer> {
    const [problem] = this.problems(order);
    const { beneficiary } = order;
    const known =
      beneficiary.kind === 'bank-account' || beneficiary.kind === 'phone-wallet' ? beneficiary : undefined;
    const bankId = known && this.#config.banks.get(institutionOf(known) ?? '');
    if (problem !== undefined || known?.document === undefined || bankId === undefined) {
      const reason = `${problem?.field ?? 'order'}: ${problem?.message ?? 'can not be sent'}`;
      return unsent({ method: 'POST', url: this.#config.baseUrl }, { kind: 'not-sent', reason });
    }
    const nonce = this.#parts.ids.token(NONCE_LENGTH);
    return exchange(
      this.#channel,
      createRequest(this.#config, { ...order, beneficiary: known }, bankId, known.document, nonce),
      (answer) => readCreate(answer, this.#config, order.reference),
      personalValues(beneficiary),
    );
  }

  async query(query: OrderQuery): Promise<ProviderAnswer> {
    const request = queryRequest(this.#config, query, this.#parts.ids.token(NONCE_LENGTH));
    return exchange(this.#channel, request, (answer) => readQuery(answer, this.#config, query));
  }

  readCallback(callback: RawCallback): CallbackReading {
    return readCashyCallback(this.#config, callback);
  }

  #beneficiaryProblems(beneficiary: CashyBeneficiary): readonly OrderProblem[] {
    const required = true;
    const problems: OrderProblem[] = [
      ...textProblem('beneficiary.holderName', beneficiary.holderName, {
        pattern: SHORT,
        form: 'a name of at most 32 characters',
        required,
      }),
      ...textProblem('beneficiary.document', beneficiary.document?.number, {
        pattern: /^[A-Za-z0-9-]{1,32}$/,
        form: 'the identity document that the account was opened with, at most 32 letters and digits',
        required,
      }),
      ...textProblem('beneficiary.email', beneficiary.email, {
        pattern: /^(?=.{3,32}$)[^\s@]+@[^\s@]+$/,
        form: 'an e-mail address of at most 32 characters',
        required: false,
      }),
    ];
    const field = beneficiary.kind === 'bank-account' ? 'beneficiary.bankCode' : 'beneficiary.operatorCode';
    const code = institutionOf(beneficiary);
    if (code === undefined || !this.#config.banks.has(code)) {
      problems.push({ field, message: 'is not in the list of banks that cashy pays to' });
    }
    if (beneficiary.kind === 'phone-wallet') {
      return [
        ...problems,
        ...(code !== undefined && this.#config.banks.has(code) && !WALLET_CODES.includes(code)
          ? [{ field, message: 'is a bank, not an e-wallet' }]
          : []),
        ...textProblem('beneficiary.phone', beneficiary.phone, {
          pattern: COLOMBIAN_PHONE,
          form: '+57 and the ten digits of a mobile number',
          required,
        }),
      ];
    }
    const wallet = WALLET_CODES.includes(beneficiary.bankCode);
    const { accountType } = beneficiary;
    return [
      ...problems,
      ...textProblem('beneficiary.accountNumber', beneficiary.accountNumber, {
        pattern: /^[0-9A-Za-z]{1,32}$/,
        form: 'at most 32 letters and digits',
        required,
      }),
      ...textProblem('beneficiary.phone', beneficiary.phone, {
        pattern: /^[+0-9]{3,32}$/,
        form: 'a phone number of at most 32 digits',
        required: false,
      }),
      ...(accountType === undefined && !wallet
        ? [{ field: 'beneficiary.accountType', message: 'is missing; cashy needs savings or checking' }]
        : []),
      ...(accountType === 'checking' && wallet
        ? [{ field: 'beneficiary.accountType', message: 'has to be savings for an e-wallet' }]
        : []),
    ];
  }
}
