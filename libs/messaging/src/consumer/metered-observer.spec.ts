import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { PrometheusMetrics } from '#platform/metrics/prometheus-metrics';
import { ManualClock } from '#test/support/manual-clock';
import { MemoryLogger } from '#test/support/memory-logger';
import { loggingObserver } from './logging-observer.js';
import { meteredObserver } from './metered-observer.js';

describe('a metered observer', () => {
  it('counts what it is told of consumers, and hands it on', async () => {
    const logger = new MemoryLogger();
    const metrics = PrometheusMetrics.create({ clock: new ManualClock(), logger, ofTheProcess: false });
    const observer = meteredObserver(metrics, loggingObserver(logger));
    const place = { group: 'command', topic: 'payout.commands.v1' };
    const incident = { ...place, partition: 3, offset: 7n, reason: 'CANARY' };
    observer.retrying({ ...incident, failures: 1, pauseMs: 10 });
    observer.retrying({ ...incident, failures: 2, pauseMs: 20 });
    observer.parked(incident);
    observer.lag?.({ ...place, messages: 40n });
    observer.lag?.({ ...place, messages: 2n });
    const text = await metrics.text();
    const of = '{group="command",topic="payout.commands.v1"}';
    for (const line of [
      `payout_bus_retries_total${of} 2`,
      `payout_bus_messages_parked_total${of} 1`,
      `payout_bus_lag_messages${of} 2`,
    ])
      assert.ok(text.split('\n').includes(line), `${line}\n${text}`);
    assert.doesNotMatch(text, /CANARY/);
    assert.equal(logger.entries.length, 3);
  });
});
