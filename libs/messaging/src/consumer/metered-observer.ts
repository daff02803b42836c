import type { Metrics } from '#platform/metrics/metrics';
import type { ConsumerLag, ConsumerObserver } from './consumer-observer.js';

const LABELS = ['group', 'topic'] as const;

/** Counts what it hands on. */
export function meteredObserver(metrics: Metrics, inner: ConsumerObserver): ConsumerObserver {
  const parked = metrics.counter({
    name: 'payout_bus_messages_parked_total',
    help: 'Messages that nobody could handle and that are kept on the topic of the parked',
    labels: LABELS,
  });
  const retries = metrics.counter({
    name: 'payout_bus_retries_total',
    help: 'Messages that were put back to be tried again',
    labels: LABELS,
  });
  const lags = new Map<string, ConsumerLag>();
  metrics.gauge(
    {
      name: 'payout_bus_lag_messages',
      help: 'Messages after the committed offset, in the partitions that this copy has',
      labels: LABELS,
    },
    () =>
      Array.from(lags.values(), ({ group, topic, messages }) => ({
        labels: { group, topic },
        value: Number(messages),
      })),
  );
  return {
    retrying: (incident) => {
      retries.add({ group: incident.group, topic: incident.topic });
      inner.retrying(incident);
    },
    parked: (incident) => {
      parked.add({ group: incident.group, topic: incident.topic });
      inner.parked(incident);
    },
    lag: (lag) => {
      lags.set(JSON.stringify([lag.group, lag.topic]), lag);
      inner.lag?.(lag);
    },
  };
}
