import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fastify from 'fastify';
import { Health } from '../health/health.js';
import { ManualClock } from '#test/support/manual-clock';
import { MemoryLogger } from '#test/support/memory-logger';
import { valueOf } from '#test/support/observing/metric-lines';
import { countedAlarms } from './counted-alarms.js';
import { measureRequests } from './http-requests.js';
import { PrometheusMetrics } from './prometheus-metrics.js';
import { showReadiness } from './shown-readiness.js';

function subject() {
  const clock = new ManualClock();
  const logger = new MemoryLogger();
  return { clock, logger, metrics: PrometheusMetrics.create({ clock, logger, ofTheProcess: false }) };
}

describe('what every program tells of itself', () => {
  it('times requests by the pattern of their route, and never by what callers write', async () => {
    const { metrics, clock } = subject();
    const server = fastify();
    measureRequests(server, metrics, clock);
    server.get('/v1/payouts/:id', async (_request, reply) => {
      clock.advance(30);
      return reply.status(404).send({});
    });
    await server.inject({ method: 'GET', url: '/v1/payouts/CANARY' });
    await server.inject({ method: 'GET', url: '/CANARY' });
    const route = '{method="GET",route="/v1/payouts/:id",status="4xx"}';
    assert.equal(await valueOf(metrics, `payout_http_request_seconds_sum${route}`), 0.03);
    const none = '{method="GET",route="none",status="4xx"}';
    assert.equal(await valueOf(metrics, `payout_http_request_seconds_count${none}`), 1);
    assert.doesNotMatch(await metrics.text(), /CANARY/);
    await server.close();
  });

  it('counts alarms by code, also those of a child, and hands everything on', async () => {
    const { metrics, logger } = subject();
    const counted = countedAlarms(logger, metrics);
    counted.alarm('a', { payoutId: 'CANARY' });
    counted.child({ copy: 'x' }).alarm('a');
    counted.warn('no alarm');
    assert.equal(await valueOf(metrics, 'payout_alarms_total{alarm="a"}'), 2);
    assert.equal(logger.entries.length, 3);
    assert.equal(logger.entries[1]?.fields['copy'], 'x');
    assert.doesNotMatch(await metrics.text(), /CANARY/);
  });

  it('shows what it waits for', async () => {
    const { metrics } = subject();
    const health = new Health();
    showReadiness(metrics, health);
    assert.equal(await valueOf(metrics, 'payout_ready{check="start"}'), 0);
    health.register('log', () => ({ ready: true, detail: 'CANARY' }));
    health.register('bus', () => ({ ready: false, detail: '' }));
    assert.equal(await valueOf(metrics, 'payout_ready{check="log"}'), 1);
    assert.equal(await valueOf(metrics, 'payout_ready{check="bus"}'), 0);
    assert.equal(await valueOf(metrics, 'payout_ready{check="start"}'), undefined);
  });
});
