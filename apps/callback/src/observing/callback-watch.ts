import { Injectable } from '@nestjs/common';
import type { ProviderName } from '#domain/provider/provider-name';
import { Metrics, QUICK_SECONDS, type Counter, type Histogram } from '#platform/metrics/metrics';
import { Clock } from '#platform/time/clock';
import { Tracing } from '#platform/tracing/tracing';
import type { CallbackReading } from '#providers/provider';

/** Counts, times and traces what providers call back with. */
@Injectable()
export class CallbackWatch {
  readonly #received: Counter<'provider' | 'verdict'>;
  readonly #seconds: Histogram<'provider'>;

  constructor(
    metrics: Metrics,
    private readonly tracing: Tracing,
    private readonly clock: Clock,
  ) {
    this.#received = metrics.counter({
      name: 'payout_callbacks_total',
      help: 'Callbacks, by what they turned out to be',
      labels: ['provider', 'verdict'],
    });
    this.#seconds = metrics.histogram({
      name: 'payout_callback_answer_seconds',
      help: 'Time until a provider has its acknowledgement, the durable write to the bus included',
      labels: ['provider'],
      buckets: QUICK_SECONDS,
    });
  }

  /** Somebody called where no provider calls back. */
  refused(): void {
    this.#received.add({ provider: 'other', verdict: 'refused' });
  }

  /** Anybody can send these: they make no trace. */
  forged(provider: ProviderName): void {
    this.#received.add({ provider, verdict: 'forged' });
  }

  /** Around what is done with a genuine one. `traceparent` goes along with it over the bus. */
  async received<T>(
    provider: ProviderName,
    verdict: Exclude<CallbackReading['verdict'], 'forged'>,
    work: (traceparent: string | undefined) => Promise<T>,
  ): Promise<T> {
    this.#received.add({ provider, verdict });
    const since = this.clock.monotonicMs();
    const start = {
      name: 'callback received',
      kind: 'server',
      entry: true,
      attributes: { provider, verdict },
    } as const;
    try {
      return await this.tracing.run(start, ({ traceparent }) => work(traceparent));
    } finally {
      this.#seconds.observe({ provider }, (this.clock.monotonicMs() - since) / 1_000);
    }
  }
}
