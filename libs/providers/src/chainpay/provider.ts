import type { CurrencyCode } from '#domain/money/currency';
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
import { readChainpayCallback } from './callback.js';
import { chainpayCard } from './card.js';
import { createRequest, queryRequest } from './request.js';
import { checkChainpaySettings, type ChainpayConfig, type ChainpaySettings } from './settings.js';

/** ChainPay. Throws a `ProviderSettingsError` when its settings can't be used. */
export class ChainpayProvider extends Provider {
  readonly card: ContractCard;
  /** Assumed: the convention of its kind. */
  readonly acknowledgement: Acknowledgement = { status: 200, contentType: 'text/plain', body: 'success' };
  readonly #config: ChainpayConfig;
  readonly #channel: WireChannel;

  constructor(settings: ChainpaySettings, parts: ProviderParts) {
    super();
    this.#config = checkChainpaySettings(settings, parts.plainHttpHosts);
    this.card = withTiming(chainpayCard(this.#config), parts.timing);
    // The private key never leaves: only signatures do.
    this.#channel = { http: parts.http, timeoutMs: this.card.timing.requestTimeout, secrets: [] };
  }

  problems({ amount, beneficiary }: Pick<PayoutOrder, 'amount' | 'beneficiary'>): readonly OrderProblem[] {
    const problems = cardProblems(this.card, amount, beneficiary.kind);
    if (beneficiary.kind !== 'crypto-wallet') return problems;
    const rule = { ...addressRule(amount.currency), required: true };
    return [...problems, ...textProblem('beneficiary.address', beneficiary.address, rule)];
  }

  async create(order: PayoutOrder): Promise<ProviderAnswer> {
    const [problem] = this.problems(order);
    const { beneficiary } = order;
    const currency = this.#config.currencies.get(order.amount.currency);
    if (problem !== undefined || currency === undefined || beneficiary.kind !== 'crypto-wallet') {
      const reason = `${problem?.field ?? 'order'}: ${problem?.message ?? 'can not be sent'}`;
      return unsent({ method: 'POST', url: this.#config.baseUrl }, { kind: 'not-sent', reason });
    }
    const request = createRequest(this.#config, { ...order, beneficiary }, currency);
    return exchange(this.#channel, request, readCreate, personalValues(beneficiary));
  }

  async query(query: OrderQuery): Promise<ProviderAnswer> {
    const request = queryRequest(this.#config, query);
    return exchange(this.#channel, request, (answer) => readQuery(answer, this.#config, query));
  }

  readCallback(callback: RawCallback): CallbackReading {
    return readChainpayCallback(this.#config, callback);
  }
}

/** «Ensure the receiver address is valid for the specified currency»: its form on the chain that the currency names. */
function addressRule(currency: CurrencyCode): { readonly pattern: RegExp; readonly form: string } {
  switch (currency.split('.')[1] ?? '') {
    case 'TRC20':
      return { pattern: /^T[1-9A-HJ-NP-Za-km-z]{33}$/, form: 'a TRON address: T and 33 characters' };
    case 'ERC20':
    case 'BEP20':
      return { pattern: /^0x[0-9a-fA-F]{40}$/, form: 'an address of 0x and 40 hexadecimal digits' };
    default:
      return { pattern: /^[A-Za-z0-9]{14,128}$/, form: 'an address of 14 to 128 letters and digits' };
  }
}
