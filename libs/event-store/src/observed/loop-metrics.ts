import type { LogPosition } from '#domain/log-position';
import type { Metrics, Reading } from '#platform/metrics/metrics';
import type { Clock } from '#platform/time/clock';
import type { EventStore } from '../event-store.js';
import { logLag } from './log-lag.js';

/** A loop over the log that this copy runs at the moment. */
export interface RunningLoop {
  readonly name: string;
  readonly position: LogPosition | undefined;
  /** It fails, and tries again and again. */
  readonly halted: boolean;
}

type ByLoop = readonly Reading<'loop'>[];

const LABELS = ['loop'] as const;

/** Shows how far the loops of this copy are behind. The returned function takes them away. */
export function showLoops(
  metrics: Metrics,
  parts: { readonly store: EventStore; readonly clock: Clock },
  running: () => readonly RunningLoop[],
): () => void {
  const lags = async (): Promise<readonly (RunningLoop & { events: number; seconds: number })[]> =>
    Promise.all(
      running().map(async (loop) => ({
        ...loop,
        ...(await logLag(parts.store, parts.clock, loop.position)),
      })),
    );
  // One look shows both: the log is read once for them.
  let look: ReturnType<typeof lags> | undefined;
  const once = (): ReturnType<typeof lags> => {
    look ??= lags().finally(() => (look = undefined));
    return look;
  };
  const remove = [
    metrics.gauge(
      {
        name: 'payout_loop_lag_events',
        help: 'Events of the log that a loop has still to handle; exact up to 100, estimated above',
        labels: LABELS,
      },
      async (): Promise<ByLoop> =>
        (await once()).map(({ name, events }) => ({ labels: { loop: name }, value: events })),
    ),
    metrics.gauge(
      {
        name: 'payout_loop_lag_seconds',
        help: 'Age of the oldest event that a loop has not handled; 0 when there is none',
        labels: LABELS,
      },
      async (): Promise<ByLoop> =>
        (await once()).map(({ name, seconds }) => ({ labels: { loop: name }, value: seconds })),
    ),
    metrics.gauge(
      {
        name: 'payout_loop_halted',
        help: 'Whether a loop is at a halt and tries again and again: 1 or 0',
        labels: LABELS,
      },
      (): ByLoop => running().map(({ name, halted }) => ({ labels: { loop: name }, value: halted ? 1 : 0 })),
    ),
  ];
  return () => {
    for (const one of remove) one();
  };
}
