import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { parse } from 'yaml';
import { page, ROOT } from '#test/docs/pages';
import { readCompose } from './compose.js';
import {
  askedBy,
  knownMetrics,
  readAlerts,
  readDashboard,
  recordedNames,
  ruleExpressions,
} from './monitoring.js';

const known = knownMetrics();
const dashboard = readDashboard();
const alerts = readAlerts();
/** What Prometheus puts to every series itself. */
const OF_PROMETHEUS = ['job', 'instance'];

function assertCanBeAsked(where: string, expression: string): void {
  const { metrics, grouped } = askedBy(expression);
  assert.ok(metrics.length > 0, `${where} asks for nothing: ${expression}`);
  const labels = new Set(OF_PROMETHEUS);
  for (const { name, labels: picked } of metrics) {
    const own = name === 'up' ? [] : recordedNames().includes(name) ? ['alarm'] : known.get(name);
    assert.ok(own, `${where}: there is no metric ${name} (docs/observability.md)`);
    for (const label of own) labels.add(label);
    for (const label of picked) {
      assert.ok([...own, ...OF_PROMETHEUS].includes(label), `${where}: ${name} has no label ${label}`);
    }
  }
  for (const label of grouped) assert.ok(labels.has(label), `${where}: nothing there has a label ${label}`);
}

describe('the alert rules', () => {
  it('ask for metrics and labels that there are', () => {
    assert.ok(known.size > 30);
    for (const [name, expression] of ruleExpressions()) assertCanBeAsked(name, expression);
  });

  it('say how urgent it is, and what is the matter, with labels that their expression leaves', () => {
    for (const { name, severity, summary, expression } of alerts) {
      assert.ok(['page', 'ticket'].includes(severity), name);
      assert.ok(summary.length > 10, name);
      for (const [, label = ''] of summary.matchAll(/\$labels\.(\w+)/g)) {
        const kept = [...askedBy(expression).grouped, ...(expression.includes('by (') ? [] : OF_PROMETHEUS)];
        assert.ok(kept.includes(label), `${name}: ${label} is gone`);
      }
    }
    assert.equal(new Set(alerts.map(({ name }) => name)).size, alerts.length);
  });
});

describe('the dashboard', () => {
  const questions = dashboard.panels.flatMap(({ title, targets = [] }) =>
    targets.map(({ expr }) => [title, expr] as const),
  );

  it('asks for metrics and labels that there are, of the one datasource', () => {
    assert.ok(questions.length > 20);
    for (const [title, expression] of questions) assertCanBeAsked(title, expression);
    const { datasources } = parse(page('deploy/grafana/datasource.yml')) as {
      datasources: { uid: string; url: string }[];
    };
    const [{ uid, url } = { uid: '', url: '' }, ...others] = datasources;
    assert.equal(others.length, 0);
    assert.equal(url, 'http://prometheus:9090');
    for (const { type, datasource } of dashboard.panels)
      if (type !== 'row') assert.equal(datasource?.uid, uid);
  });

  it('answers first whether money is stuck: unknown and parked with their age, then lag, then providers', () => {
    const order = dashboard.panels
      .toSorted((a, b) => a.gridPos.y - b.gridPos.y || a.gridPos.x - b.gridPos.x)
      .flatMap(({ targets = [] }) => targets.map(({ expr }) => expr));
    const first = (part: string): number => order.findIndex((expression) => expression.includes(part));
    const places = [
      'payout_open_payouts{status="unknown"}',
      'payout_open_payout_oldest_age_seconds{status="unknown"}',
      'payout_parked_payouts',
      'payout_parked_payout_oldest_age_seconds',
      'payout_loop_lag_seconds',
      'payout_provider_call_seconds_count',
    ].map(first);
    assert.ok(places.every((place) => place >= 0));
    assert.deepEqual(
      places,
      places.toSorted((a, b) => a - b),
    );
  });

  it('has panels that have each an id and a place of their own', () => {
    const { panels } = dashboard;
    assert.equal(new Set(panels.map(({ id }) => id)).size, panels.length);
    for (const [at, { title, gridPos: a }] of panels.entries()) {
      assert.ok(a.x + a.w <= 24, title);
      for (const { title: other, gridPos: b } of panels.slice(at + 1)) {
        const apart = a.x + a.w <= b.x || b.x + b.w <= a.x || a.y + a.h <= b.y || b.y + b.h <= a.y;
        assert.ok(apart, `${title} lies over ${other}`);
      }
    }
  });

  it('is where Grafana looks for it, and begins with', () => {
    const { services } = readCompose(new URL('docker-compose.yml', ROOT));
    const { environment = {}, configs = [] } = services['grafana'] ?? {};
    const { providers } = parse(page('deploy/grafana/dashboards.yml')) as {
      providers: { options: { path: string } }[];
    };
    const target = configs.find(({ source }) => source === 'grafana-money')?.target;
    assert.equal(target, `${String(providers[0]?.options.path)}/money.json`);
    assert.equal(environment['GF_DASHBOARDS_DEFAULT_HOME_DASHBOARD_PATH'], target);
  });
});

describe('Prometheus', () => {
  it('reads every copy of every program at its status port, and the rules where they are mounted', () => {
    const { scrape_configs: jobs, rule_files: files } = parse(page('deploy/prometheus/prometheus.yml')) as {
      scrape_configs: { job_name: string; dns_sd_configs: { names: string[]; port: number }[] }[];
      rule_files: string[];
    };
    assert.deepEqual(
      jobs.map(({ job_name: job, dns_sd_configs: [found] }) => [job, found?.names, found?.port]),
      ['command', 'callback', 'projection', 'query', 'audit'].map((app) => [app, [app], 9464]),
    );
    const { services } = readCompose(new URL('docker-compose.yml', ROOT));
    const { configs = [] } = services['prometheus'] ?? {};
    const mounted = configs.map(({ target }) => target);
    for (const file of [...files, '/etc/prometheus/prometheus.yml']) assert.ok(mounted.includes(file), file);
    for (const job of jobs) assert.ok(job.job_name in services, job.job_name);
  });
});

describe('what reads PromQL', () => {
  it('finds metrics, the labels that they are picked by, and those of groups', () => {
    assert.deepEqual(
      askedBy(
        'sum by (a, b) (rate(x_total{c="1", d=~"2|3"}[5m])) / on (a) (y:z offset 15m) > 0 unless vector(1)',
      ),
      {
        metrics: [
          { name: 'x_total', labels: ['c', 'd'] },
          { name: 'y:z', labels: [] },
        ],
        grouped: ['a', 'b', 'a'],
      },
    );
    assert.deepEqual(
      askedBy('histogram_quantile(0.99, sum by (le) (rate(h_bucket[$__rate_interval]))) > 1e3'),
      {
        metrics: [{ name: 'h_bucket', labels: [] }],
        grouped: ['le'],
      },
    );
  });

  it('sees what there is not', () => {
    for (const wrong of [
      'payout_no_such_thing > 0',
      'max by (colour) (payout_held_commands)',
      'payout_ready{colour="1"}',
      '1 > 0',
    ]) {
      assert.throws(() => assertCanBeAsked('a test', wrong), { name: 'AssertionError' }, wrong);
    }
  });
});
