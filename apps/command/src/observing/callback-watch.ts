import { Injectable } from '@nestjs/common';
import { isProviderName } from '#domain/provider/provider-name';
import { HEADERS } from '#messaging/contracts/headers';
import type { HandlerDecision, ReceivedMessage } from '#messaging/message-bus';
import { Metrics, type Counter } from '#platform/metrics/metrics';
import { Tracing } from '#platform/tracing/tracing';

/** Counts and traces the callbacks that come over the bus. */
@Injectable()
export class CallbackWatch {
  readonly #applied: Counter<'provider' | 'outcome'>;

  constructor(
    metrics: Metrics,
    private readonly tracing: Tracing,
  ) {
    this.#applied = metrics.counter({
      name: 'payout_callbacks_applied_total',
      help: 'Callbacks from the bus, by what became of them',
      labels: ['provider', 'outcome'],
    });
  }

  /** Around everything that is done with one of them. */
  async take(
    provider: string | undefined,
    work: () => Promise<HandlerDecision & { readonly unmatched?: true }>,
  ): Promise<HandlerDecision> {
    let outcome = 'retried';
    try {
      const decision = await work();
      if (decision.kind === 'park') outcome = 'parked';
      else if (decision.kind === 'done') outcome = decision.unmatched === true ? 'unmatched' : 'applied';
      return decision;
    } finally {
      const known = provider !== undefined && isProviderName(provider) ? provider : 'other';
      this.#applied.add({ provider: known, outcome });
    }
  }

  /**
   * Around what it does to its payout: in the payout's trace, which is open around this, with a link to where it was
   * received; under the latter while nobody knows the payout.
   */
  apply<T>(
    { headers }: Pick<ReceivedMessage, 'headers'>,
    attributes: { readonly provider: string; readonly 'payout.id'?: string; readonly outcome: string },
    work: () => Promise<T>,
  ): Promise<T> {
    const received = headers[HEADERS.traceparent];
    const inItsTrace = attributes['payout.id'] !== undefined && this.tracing.current() !== undefined;
    const place = inItsTrace ? { link: received } : { parent: received };
    return this.tracing.run({ name: 'callback applied', kind: 'consumer', ...place, attributes }, work);
  }
}
