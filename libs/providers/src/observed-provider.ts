import { readReference } from '#domain/provider/reference';
import type { ProviderName } from '#domain/provider/provider-name';
import { NO_METRICS, SLOW_SECONDS, type Histogram, type Metrics } from '#platform/metrics/metrics';
import type { Tracing } from '#platform/tracing/tracing';
import type { Clock } from '#platform/time/clock';
import {
  Provider,
  type CallbackReading,
  type OrderProblem,
  type OrderQuery,
  type PayoutOrder,
  type ProviderAnswer,
  type RawCallback,
} from './provider.js';
import { ProviderRegistry } from './registry.js';

export interface CallObservers {
  readonly metrics: Metrics;
  readonly tracing: Tracing;
  readonly clock: Clock;
}

type Call = 'create' | 'query';

/** The same providers, with their calls counted, timed and shown in the payout's trace; itself when nobody looks. */
export function observedProviders(registry: ProviderRegistry, observers: CallObservers): ProviderRegistry {
  const { metrics, tracing, clock } = observers;
  if (metrics === NO_METRICS && !tracing.isOn) return registry;
  const seconds = metrics.histogram({
    name: 'payout_provider_call_seconds',
    help: "Time of a provider's call, by what it brought in our words",
    labels: ['provider', 'call', 'outcome'],
    buckets: SLOW_SECONDS,
  });
  const underWay = new Map<ProviderName, number>();
  metrics.gauge(
    {
      name: 'payout_provider_calls_under_way',
      help: 'Calls that have not been answered yet',
      labels: ['provider'],
    },
    () => Array.from(underWay, ([provider, value]) => ({ labels: { provider }, value })),
  );
  return new ProviderRegistry(
    registry
      .names()
      .map((name) => new ObservedProvider(registry.require(name), { seconds, underWay, tracing, clock })),
  );
}

interface Parts {
  readonly seconds: Histogram<'provider' | 'call' | 'outcome'>;
  readonly underWay: Map<ProviderName, number>;
  readonly tracing: Tracing;
  readonly clock: Clock;
}

class ObservedProvider extends Provider {
  constructor(
    private readonly inner: Provider,
    private readonly parts: Parts,
  ) {
    super();
    parts.underWay.set(inner.card.provider, 0);
  }

  get card() {
    return this.inner.card;
  }

  get acknowledgement() {
    return this.inner.acknowledgement;
  }

  problems(order: Pick<PayoutOrder, 'amount' | 'beneficiary'>): readonly OrderProblem[] {
    return this.inner.problems(order);
  }

  create(order: PayoutOrder): Promise<ProviderAnswer> {
    return this.#observe('create', order.payoutId, () => this.inner.create(order));
  }

  query(query: OrderQuery): Promise<ProviderAnswer> {
    return this.#observe('query', readReference(query.reference)?.payoutId, () => this.inner.query(query));
  }

  readCallback(callback: RawCallback): CallbackReading {
    return this.inner.readCallback(callback);
  }

  #observe(
    call: Call,
    payoutId: string | undefined,
    send: () => Promise<ProviderAnswer>,
  ): Promise<ProviderAnswer> {
    const { provider } = this.card;
    const { seconds, underWay, tracing, clock } = this.parts;
    const start = {
      name: `provider ${call}`,
      kind: 'client',
      attributes: { 'payout.id': payoutId, provider },
    } as const;
    return tracing.run(start, async (span) => {
      const since = clock.monotonicMs();
      underWay.set(provider, (underWay.get(provider) ?? 0) + 1);
      // An adapter never throws for what the network does: should it all the same, nobody knows what came of the call.
      let outcome: ProviderAnswer['outcome']['kind'] = 'unknown';
      try {
        const answer = await send();
        outcome = answer.outcome.kind;
        return answer;
      } finally {
        underWay.set(provider, (underWay.get(provider) ?? 1) - 1);
        seconds.observe({ provider, call, outcome }, (clock.monotonicMs() - since) / 1_000);
        span.set({ outcome });
      }
    });
  }
}
