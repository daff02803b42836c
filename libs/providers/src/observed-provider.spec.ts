import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { referenceOf } from '#domain/provider/reference';
import { payoutId } from '#domain/ids';
import { currencyCode } from '#domain/money/currency';
import { NO_METRICS } from '#platform/metrics/metrics';
import { PrometheusMetrics } from '#platform/metrics/prometheus-metrics';
import { NO_TRACING } from '#platform/tracing/tracing';
import { cardOf, PayingProvider } from '#test/support/command/paying-provider';
import { ManualClock } from '#test/support/manual-clock';
import { MemoryLogger } from '#test/support/memory-logger';
import { valueOf } from '#test/support/observing/metric-lines';
import { SpanCollector } from '#test/support/observing/span-collector';
import { observedProviders } from './observed-provider.js';
import { ProviderRegistry } from './registry.js';

const NAME = 'goldenpay';
const PAYOUT = payoutId('00000000-0000-5000-8000-000000000001');
const QUERY = { reference: referenceOf({ payoutId: PAYOUT, attempt: 1 }), currency: currencyCode('USD') };

describe('observed providers', () => {
  const clock = new ManualClock();
  const logger = new MemoryLogger();

  it('are the providers themselves when nobody looks', () => {
    const registry = new ProviderRegistry([new PayingProvider(cardOf())]);
    assert.equal(observedProviders(registry, { metrics: NO_METRICS, tracing: NO_TRACING, clock }), registry);
  });

  it('count how calls end, how long they take, and how many are under way', async () => {
    const metrics = PrometheusMetrics.create({ clock, logger, ofTheProcess: false });
    const provider = new PayingProvider(cardOf());
    const registry = observedProviders(new ProviderRegistry([provider]), {
      metrics,
      tracing: NO_TRACING,
      clock,
    });
    const observed = registry.require(NAME);
    assert.equal(observed.card, provider.card);
    await observed.query(QUERY);
    provider.queryFails = true;
    await observed.query(QUERY);
    const hanging = Promise.withResolvers<never>();
    provider.query = () => hanging.promise;
    const call = observed.query(QUERY);
    const underWay = 'payout_provider_calls_under_way{provider="goldenpay"}';
    assert.equal(await valueOf(metrics, underWay), 1);
    clock.advance(2_000);
    hanging.reject(new Error('a defect of our own'));
    await assert.rejects(call, /a defect of our own/);
    assert.equal(await valueOf(metrics, underWay), 0);
    const of = (outcome: string): string => `{provider="goldenpay",call="query",outcome="${outcome}"}`;
    const seconds = 'payout_provider_call_seconds';
    assert.equal(await valueOf(metrics, `${seconds}_count${of('not-found')}`), 1);
    assert.equal(await valueOf(metrics, `${seconds}_count${of('unknown')}`), 2);
    assert.equal(await valueOf(metrics, `${seconds}_sum${of('unknown')}`), 2);
  });

  it('show a call in the trace of its payout, by our id and not by the reference', async () => {
    const collector = new SpanCollector();
    const tracing = collector.tracingOf('test');
    const registry = observedProviders(new ProviderRegistry([new PayingProvider(cardOf())]), {
      metrics: NO_METRICS,
      tracing,
      clock,
    });
    await tracing.run({ name: 'around', entry: true }, () => registry.require(NAME).query(QUERY));
    const [call] = collector.spans;
    assert.equal(call?.name, 'provider query');
    assert.deepEqual(call.attributes, {
      'payout.id': PAYOUT,
      provider: 'goldenpay',
      outcome: 'not-found',
    });
    assert.ok(!collector.text.includes(QUERY.reference));
  });
});
