import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { ManualClock } from '#test/support/manual-clock';
import { MemoryLogger } from '#test/support/memory-logger';
import { NO_METRICS } from './metrics.js';
import { PrometheusMetrics } from './prometheus-metrics.js';

function subject() {
  const clock = new ManualClock();
  const logger = new MemoryLogger();
  return { clock, logger, metrics: PrometheusMetrics.create({ clock, logger, ofTheProcess: false }) };
}

const DONE = { name: 'payout_done_total', help: 'Done', labels: ['kind'] } as const;
const OPEN = { name: 'payout_open', help: 'Open', labels: [] } as const;

async function linesOf(metrics: PrometheusMetrics, name: string): Promise<string[]> {
  return (await metrics.text()).split('\n').filter((line) => line.startsWith(name));
}

describe('PrometheusMetrics', () => {
  it('counts, and is the same metric when it is asked for again', async () => {
    const { metrics } = subject();
    metrics.counter(DONE).add({ kind: 'a' });
    metrics.counter(DONE).add({ kind: 'a' }, 2);
    metrics.counter(DONE).add({ kind: 'b' }, -1);
    assert.deepEqual(await linesOf(metrics, DONE.name), ['payout_done_total{kind="a"} 3']);
    assert.throws(() => metrics.counter({ ...DONE, labels: ['other'] }), RangeError);
  });

  it('sorts what is observed into its buckets', async () => {
    const { metrics } = subject();
    const histogram = metrics.histogram({
      name: 'payout_x_seconds',
      help: 'X',
      labels: [],
      buckets: [0.1, 1],
    });
    histogram.observe({}, 0.5);
    histogram.observe({}, Number.NaN);
    assert.deepEqual(await linesOf(metrics, 'payout_x_seconds'), [
      'payout_x_seconds_bucket{le="0.1"} 0',
      'payout_x_seconds_bucket{le="1"} 1',
      'payout_x_seconds_bucket{le="+Inf"} 1',
      'payout_x_seconds_sum 0.5',
      'payout_x_seconds_count 1',
    ]);
  });

  it('reads gauges when somebody looks, from all their readers', async () => {
    const { metrics } = subject();
    const spec = { name: 'payout_lag_events', help: 'Lag', labels: ['loop'] } as const;
    let lag = 3;
    metrics.gauge(spec, () => [{ labels: { loop: 'a' }, value: lag }]);
    const remove = metrics.gauge(spec, async () => [{ labels: { loop: 'b' }, value: 9 }]);
    assert.deepEqual(await linesOf(metrics, spec.name), [
      'payout_lag_events{loop="a"} 3',
      'payout_lag_events{loop="b"} 9',
    ]);
    remove();
    lag = 0;
    assert.deepEqual(await linesOf(metrics, spec.name), ['payout_lag_events{loop="a"} 0']);
  });

  it('leaves out what cannot be read, rather than show 0 or an old value', async () => {
    const { metrics, logger } = subject();
    let broken = false;
    metrics.gauge(OPEN, () => {
      if (broken) throw new Error('the database is away');
      return [{ labels: {}, value: 7 }];
    });
    assert.deepEqual(await linesOf(metrics, 'payout_open'), ['payout_open 7']);
    broken = true;
    assert.deepEqual(await linesOf(metrics, 'payout_open'), []);
    assert.equal(logger.entries.length, 1);
    assert.deepEqual(await linesOf(metrics, 'payout_metric_readings_failed_total'), [
      'payout_metric_readings_failed_total{metric="payout_open"} 1',
    ]);
  });

  it('does not wait for a reading that hangs, nor begins it twice', async () => {
    const { metrics, clock } = subject();
    let begun = 0;
    metrics.gauge(OPEN, () => {
      begun += 1;
      return new Promise<never>(() => undefined);
    });
    const first = metrics.text();
    clock.advance(2_000);
    await first;
    await metrics.text();
    assert.equal(begun, 1);
  });

  it('leaves out what a label without bounds would bring', async () => {
    const { metrics, logger } = subject();
    const counter = metrics.counter(DONE);
    for (let n = 0; n < 1_100; n += 1) counter.add({ kind: `k${n}` });
    counter.add({ kind: 'k0' });
    counter.add({ kind: 'x'.repeat(81) });
    const lines = await linesOf(metrics, DONE.name);
    assert.equal(lines.length, 1_000);
    assert.equal(lines[0], 'payout_done_total{kind="k0"} 2');
    assert.equal(logger.entries.length, 1);
  });

  it('tells of the process, event loop included', async () => {
    const metrics = PrometheusMetrics.create({ clock: new ManualClock(), logger: new MemoryLogger() });
    const text = await metrics.text();
    for (const name of [
      'process_cpu_seconds_total',
      'process_resident_memory_bytes',
      'nodejs_eventloop_lag_p99_seconds',
    ])
      assert.match(text, new RegExp(`^${name} `, 'm'));
    assert.match(metrics.contentType, /^text\/plain; version=0\.0\.4/);
  });
});

describe('NO_METRICS', () => {
  it('takes everything and keeps nothing', async () => {
    NO_METRICS.counter(DONE).add({ kind: 'a' });
    NO_METRICS.histogram({ ...DONE, buckets: [1] }).observe({ kind: 'a' }, 1);
    let read = 0;
    NO_METRICS.gauge(OPEN, () => [{ labels: {}, value: (read += 1) }]);
    assert.equal(await NO_METRICS.text(), '');
    assert.equal(read, 0);
  });
});
