import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { InMemoryEventStore } from '../in-memory/in-memory-event-store.js';
import { Subscription } from '../run-subscription.js';
import { encodeMetadata } from '#domain/codec/metadata';
import type { LogPosition } from '#domain/log-position';
import { SystemIds } from '#platform/ids/system-ids';
import { PrometheusMetrics } from '#platform/metrics/prometheus-metrics';
import { eventually } from '#test/support/eventually';
import { ManualClock } from '#test/support/manual-clock';
import { MemoryLogger } from '#test/support/memory-logger';
import { valueOf } from '#test/support/observing/metric-lines';
import { logLag } from './log-lag.js';
import { showLoops } from './loop-metrics.js';

describe('how far a loop is behind', () => {
  const ids = new SystemIds();
  const clock = new ManualClock();

  async function append(store: InMemoryEventStore, count = 1): Promise<void> {
    for (let n = 0; n < count; n += 1) {
      const metadata = encodeMetadata({
        version: 1,
        causationId: 'c',
        correlationId: 'c',
        caller: { subject: 's', issuer: 'i', authenticatedBy: 'a' },
        recordedAt: clock.now(),
      });
      const id = ids.uuid();
      await store.append(`payout-${id}`, 'no-stream', [{ id, type: 'X', data: {}, metadata }]);
    }
  }

  it('grows while it is at a halt, and is gone when it goes on', async () => {
    const store = new InMemoryEventStore();
    const metrics = PrometheusMetrics.create({ clock, logger: new MemoryLogger(), ofTheProcess: false });
    const trouble = { is: false };
    let at: LogPosition | undefined;
    const loop = Subscription.start({
      store,
      clock,
      checkpoint: async () => at,
      handle: async (batch) => {
        if (trouble.is) throw new Error('trouble');
        at = batch.at(-1)?.position;
      },
      onError: () => undefined,
    });
    const hide = showLoops(metrics, { store, clock }, () => [
      { name: 'a', position: loop.position, halted: loop.lastError !== undefined },
    ]);
    const read = async (): Promise<readonly (number | undefined)[]> => [
      await valueOf(metrics, 'payout_loop_halted{loop="a"}'),
      await valueOf(metrics, 'payout_loop_lag_events{loop="a"}'),
      await valueOf(metrics, 'payout_loop_lag_seconds{loop="a"}'),
    ];
    await append(store, 3);
    await loop.whenCaughtUp();
    clock.advance(60_000);
    assert.deepEqual(await read(), [0, 0, 0]);
    trouble.is = true;
    await append(store);
    await eventually(() => loop.lastError !== undefined);
    assert.deepEqual(await read(), [1, 1, 0]);
    clock.advance(30_000);
    await append(store, 4);
    assert.deepEqual(await read(), [1, 5, 30]);
    trouble.is = false;
    await eventually(() => {
      clock.advance(1_000);
      return loop.caughtUp;
    });
    assert.deepEqual(await read(), [0, 0, 0]);
    hide();
    assert.deepEqual(await read(), [undefined, undefined, undefined]);
    await loop.stop();
  });

  it('is counted up to a hundred, and estimated by places above', async () => {
    const store = new InMemoryEventStore();
    await append(store, 99);
    assert.equal((await logLag(store, clock, undefined)).events, 99);
    await append(store, 401);
    assert.equal((await logLag(store, clock, undefined)).events, 500);
    const [, second] = await store.readAll({ limit: 2 });
    assert.equal((await logLag(store, clock, second?.position)).events, 498);
  });

  it('has an age even behind an event that nobody can read', async () => {
    const store = new InMemoryEventStore();
    const id = ids.uuid();
    await store.append('payout-x', 'no-stream', [{ id, type: 'Foreign', data: {}, metadata: {} }]);
    assert.deepEqual(await logLag(store, clock, undefined), { events: 1, seconds: 0 });
    await append(store);
    clock.advance(5_000);
    assert.deepEqual(await logLag(store, clock, undefined), { events: 2, seconds: 5 });
  });
});
