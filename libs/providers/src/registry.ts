import type { CurrencyCode } from '#domain/money/currency';
import type { ContractCard, OrderTerms } from '#domain/provider/contract-card';
import { PROVIDER_NAMES, type ProviderName } from '#domain/provider/provider-name';
import type { TimingOverride } from './card-timing.js';
import { CashyProvider } from './cashy/provider.js';
import type { CashySettings } from './cashy/settings.js';
import { ChainpayProvider } from './chainpay/provider.js';
import type { ChainpaySettings } from './chainpay/settings.js';
import { DvpayProvider } from './dvpay/provider.js';
import type { DvpaySettings } from './dvpay/settings.js';
import { GoldenpayProvider } from './goldenpay/provider.js';
import type { GoldenpaySettings } from './goldenpay/settings.js';
import { orderTerms } from './order-terms.js';
import type { ProviderParts } from './provider-parts.js';
import type { Provider } from './provider.js';
import { RevereProvider } from './revere/provider.js';
import type { RevereSettings } from './revere/settings.js';

/** The settings of those providers that are to be used. */
export interface ProvidersSettings {
  readonly dvpay?: DvpaySettings;
  readonly goldenpay?: GoldenpaySettings;
  readonly cashy?: CashySettings;
  readonly revere?: RevereSettings;
  readonly chainpay?: ChainpaySettings;
}

export type ProvidersTiming = Readonly<Partial<Record<ProviderName, TimingOverride>>>;

/** A payout waits at a provider that this deployment no longer knows. */
export class ProviderNotSetUpError extends Error {
  override readonly name = 'ProviderNotSetUpError';
  constructor(provider: ProviderName) {
    super(
      `provider ${provider} has open payouts but no settings: put its settings back, they are needed to follow them up`,
    );
  }
}

/** The providers of this deployment, by name. */
export class ProviderRegistry {
  readonly #providers: ReadonlyMap<ProviderName, Provider>;

  constructor(providers: Iterable<Provider>) {
    const byName = new Map<ProviderName, Provider>();
    for (const provider of providers) {
      const name = provider.card.provider;
      if (byName.has(name)) throw new RangeError(`provider ${name} is registered twice`);
      byName.set(name, provider);
    }
    this.#providers = byName;
  }

  /** Builds the adapters that have settings. Throws a `ProviderSettingsError` for the first that can't be used. */
  static build(
    settings: ProvidersSettings,
    parts: Omit<ProviderParts, 'timing'>,
    timing: ProvidersTiming = {},
  ): ProviderRegistry {
    const providers = PROVIDER_NAMES.map((name) => {
      const override = timing[name];
      return build(name, settings, override === undefined ? parts : { ...parts, timing: override });
    });
    return new ProviderRegistry(providers.filter((provider) => provider !== undefined));
  }

  names(): readonly ProviderName[] {
    return [...this.#providers.keys()];
  }

  get(name: ProviderName): Provider | undefined {
    return this.#providers.get(name);
  }

  /** For a payout that was accepted already: its provider must not disappear. Throws `ProviderNotSetUpError`. */
  require(name: ProviderName): Provider {
    const provider = this.get(name);
    if (provider === undefined) throw new ProviderNotSetUpError(name);
    return provider;
  }

  card(name: ProviderName): ContractCard | undefined {
    return this.get(name)?.card;
  }

  /** How one provider pays a currency; `undefined` when it isn't configured or doesn't pay it. */
  orderTerms(name: ProviderName, currency: CurrencyCode): OrderTerms | undefined {
    const card = this.card(name);
    return card && orderTerms(card, currency);
  }

  /** All that pay a currency. */
  orderTermsOf(currency: CurrencyCode): ReadonlyMap<ProviderName, OrderTerms> {
    const terms = this.names().flatMap((name): [ProviderName, OrderTerms][] => {
      const found = this.orderTerms(name, currency);
      return found === undefined ? [] : [[name, found]];
    });
    return new Map(terms);
  }
}

function build(name: ProviderName, settings: ProvidersSettings, parts: ProviderParts): Provider | undefined {
  switch (name) {
    case 'dvpay':
      return settings.dvpay && new DvpayProvider(settings.dvpay, parts);
    case 'goldenpay':
      return settings.goldenpay && new GoldenpayProvider(settings.goldenpay, parts);
    case 'cashy':
      return settings.cashy && new CashyProvider(settings.cashy, parts);
    case 'revere':
      return settings.revere && new RevereProvider(settings.revere, parts);
    case 'chainpay':
      return settings.chainpay && new ChainpayProvider(settings.chainpay, parts);
  }
}
