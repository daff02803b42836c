import type { Health } from '../health/health.js';
import type { Metrics } from './metrics.js';

/** Shows what a program waits for. */
export function showReadiness(metrics: Metrics, health: Health): void {
  metrics.gauge(
    { name: 'payout_ready', help: 'What the program has and what it waits for: 1 or 0', labels: ['check'] },
    () => health.ready().checks.map(({ name, ready }) => ({ labels: { check: name }, value: ready ? 1 : 0 })),
  );
}
