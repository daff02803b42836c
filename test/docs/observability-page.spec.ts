import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fastify from 'fastify';
import { InMemoryLeases } from '#coordination/in-memory/in-memory-leases';
import { NO_OBSERVER } from '#messaging/consumer/consumer-observer';
import { meteredObserver } from '#messaging/consumer/metered-observer';
import { Health } from '#platform/health/health';
import { countedAlarms } from '#platform/metrics/counted-alarms';
import { measureRequests } from '#platform/metrics/http-requests';
import { PrometheusMetrics } from '#platform/metrics/prometheus-metrics';
import { showReadiness } from '#platform/metrics/shown-readiness';
import { SystemClock } from '#platform/time/system-clock';
import { Projections } from '#projection/projections';
import { CallbackWorld, subjectOf } from '#test/support/callback/callback-world';
import { MemoryLogger } from '#test/support/memory-logger';
import { SqliteReadModels } from '#test/support/read-models/sqlite-subject';
import { page } from './pages.js';

const KINDS = { c: 'counter', g: 'gauge', h: 'histogram' } as const;
const ROW = /^\| `(payout_[a-z_]+)` +\| ([cgh]) +\| ([^|]*)\|/;

interface Described {
  readonly name: string;
  readonly kind: string;
  readonly labels: readonly string[];
}

const byName = (a: Described, b: Described): number => (a.name < b.name ? -1 : 1);

/** What every program together registers. */
async function registered(): Promise<readonly Described[]> {
  const clock = new SystemClock();
  const logger = new MemoryLogger();
  const metrics = PrometheusMetrics.create({ clock, logger, ofTheProcess: false });
  const world = await CallbackWorld.start(subjectOf('goldenpay'), {}, { metrics });
  const { ids, eventStore } = world.ledger;
  const models = new SqliteReadModels();
  const database = await models.open();
  const parts = { eventStore, database, leases: new InMemoryLeases(clock), clock, ids, logger, metrics };
  const projections = new Projections({ ...parts, instance: 'test' });
  projections.start();
  meteredObserver(metrics, NO_OBSERVER);
  measureRequests(fastify(), metrics, clock);
  countedAlarms(logger, metrics);
  showReadiness(metrics, new Health());
  await projections.stop();
  await world.stop();
  await models.close();
  await models.dispose();
  return metrics.specs.map(({ name, kind, labels }) => ({ name, kind, labels })).sort(byName);
}

function documented(): readonly Described[] {
  return page('docs/observability.md')
    .split('\n')
    .flatMap((line): Described[] => {
      const [, name, kind, labels] = ROW.exec(line) ?? [];
      if (name === undefined || labels === undefined) return [];
      const words = [...labels.matchAll(/`([a-z]+)`/g)].map(([, label]) => label ?? '');
      return [{ name, kind: KINDS[kind as keyof typeof KINDS], labels: words }];
    })
    .sort(byName);
}

describe('docs/observability.md', { timeout: 60_000 }, () => {
  it('tells of every metric that there is, with its labels, and of no other', async () => {
    assert.deepEqual(documented(), await registered());
  });

  it('names units, and no label that could hold an id', () => {
    for (const { name, kind, labels } of documented()) {
      if (kind === 'histogram') assert.match(name, /_seconds$/);
      assert.equal(kind === 'counter', name.endsWith('_total'), name);
      for (const label of labels)
        assert.doesNotMatch(label, /id$|payout|payee|account|caller|reference/, name);
    }
  });
});
