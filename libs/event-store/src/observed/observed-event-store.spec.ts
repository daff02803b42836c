import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { SystemIds } from '#platform/ids/system-ids';
import { NO_METRICS } from '#platform/metrics/metrics';
import { PrometheusMetrics } from '#platform/metrics/prometheus-metrics';
import { NO_TRACING } from '#platform/tracing/tracing';
import { ManualClock } from '#test/support/manual-clock';
import { MemoryLogger } from '#test/support/memory-logger';
import { valueOf } from '#test/support/observing/metric-lines';
import { SpanCollector } from '#test/support/observing/span-collector';
import { AppendOutcomeUnknownError, EventStoreClosedError, type NewEvent } from '../event-store.js';
import { InMemoryEventStore } from '../in-memory/in-memory-event-store.js';
import { observedEventStore } from './observed-event-store.js';

const clock = new ManualClock();
const event = (): NewEvent => ({ id: new SystemIds().uuid(), type: 'X', data: {}, metadata: {} });

class Failing extends InMemoryEventStore {
  error: Error | undefined;

  override append(...args: Parameters<InMemoryEventStore['append']>) {
    clock.advance(20);
    return this.error === undefined ? super.append(...args) : Promise.reject(this.error);
  }
}

describe('an observed event store', () => {
  it('is the store itself when nobody looks', () => {
    const store = new InMemoryEventStore();
    const seen = observedEventStore(store, { metrics: NO_METRICS, tracing: NO_TRACING, clock });
    assert.equal(seen, store);
  });

  it('counts what the log answered, and times it', async () => {
    const metrics = PrometheusMetrics.create({ clock, logger: new MemoryLogger(), ofTheProcess: false });
    const inner = new Failing();
    const store = observedEventStore(inner, { metrics, tracing: NO_TRACING, clock });
    await store.append('payout-1', 'no-stream', [event(), event()]);
    await store.append('payout-1', 'no-stream', [event()]);
    await store.append('sending', 'no-stream', [event()]);
    inner.error = new AppendOutcomeUnknownError('silence');
    await assert.rejects(store.append('account-1', 'no-stream', [event()]), AppendOutcomeUnknownError);
    inner.error = new EventStoreClosedError('closed');
    await assert.rejects(store.append('CANARY', 'no-stream', [event()]), EventStoreClosedError);
    const seconds = 'payout_event_append_seconds';
    const series = {
      [`${seconds}_count{stream="payout",outcome="appended"}`]: 1,
      [`${seconds}_sum{stream="payout",outcome="appended"}`]: 0.02,
      [`${seconds}_count{stream="payout",outcome="conflict"}`]: 1,
      [`${seconds}_count{stream="sending",outcome="appended"}`]: 1,
      [`${seconds}_count{stream="account",outcome="unknown"}`]: 1,
      [`${seconds}_count{stream="other",outcome="failed"}`]: 1,
      'payout_events_appended_total{stream="payout"}': 2,
    };
    for (const [name, value] of Object.entries(series))
      assert.equal(await valueOf(metrics, name), value, name);
    assert.doesNotMatch(await metrics.text(), /CANARY/);
    assert.equal((await store.readAll({ limit: 10 })).length, 3);
  });

  it('shows an append in the trace that is open around it, and begins none', async () => {
    const collector = new SpanCollector();
    const tracing = collector.tracingOf('test');
    const store = observedEventStore(new InMemoryEventStore(), { metrics: NO_METRICS, tracing, clock });
    await store.append('payout-1', 'no-stream', [event()]);
    assert.equal(collector.spans.length, 0);
    await tracing.run({ name: 'around', entry: true }, () => store.append('payout-1', 0n, [event()]));
    const [append, around] = collector.spans;
    assert.equal(append?.name, 'append payout');
    assert.deepEqual(append.attributes, { events: 1, first: 'X', outcome: 'appended' });
    assert.equal(append.parentSpanContext?.spanId, around?.spanContext().spanId);
  });
});
