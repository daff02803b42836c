import { STREAM_PREFIXES } from '#domain/streams';
import {
  NO_METRICS,
  QUICK_SECONDS,
  type Counter,
  type Histogram,
  type Metrics,
} from '#platform/metrics/metrics';
import { NO_SPAN, type OpenSpan, type Tracing } from '#platform/tracing/tracing';
import type { Clock } from '#platform/time/clock';
import {
  AppendOutcomeUnknownError,
  EventStore,
  type AppendResult,
  type Delivery,
  type ExpectedRevision,
  type LogPosition,
  type NewEvent,
  type NonEmpty,
  type ReadAllOptions,
  type RecordedEvent,
} from '../event-store.js';

export interface Observers {
  readonly metrics: Metrics;
  readonly tracing: Tracing;
  readonly clock: Clock;
}

/** The same store, with its appends counted, timed and shown in the trace that they belong to; itself when nobody looks. */
export function observedEventStore(store: EventStore, observers: Observers): EventStore {
  if (observers.metrics === NO_METRICS && !observers.tracing.isOn) return store;
  return new ObservedEventStore(store, observers);
}

class ObservedEventStore extends EventStore {
  readonly #seconds: Histogram<'stream' | 'outcome'>;
  readonly #events: Counter<'stream'>;

  constructor(
    private readonly inner: EventStore,
    private readonly observers: Observers,
  ) {
    super();
    const { metrics } = observers;
    this.#seconds = metrics.histogram({
      name: 'payout_event_append_seconds',
      help: 'Time of an append, by the kind of stream and what the log answered',
      labels: ['stream', 'outcome'],
      buckets: QUICK_SECONDS,
    });
    this.#events = metrics.counter({
      name: 'payout_events_appended_total',
      help: 'Events that were appended, by the kind of stream',
      labels: ['stream'],
    });
  }

  append(stream: string, expected: ExpectedRevision, events: NonEmpty<NewEvent>): Promise<AppendResult> {
    const { tracing } = this.observers;
    const kind = streamKind(stream);
    if (!tracing.isOn) return this.#append(kind, NO_SPAN, stream, expected, events);
    return tracing.run(
      {
        name: `append ${kind}`,
        kind: 'client',
        attributes: { events: events.length, first: events[0].type },
      },
      (span) => this.#append(kind, span, stream, expected, events),
    );
  }

  async #append(
    kind: string,
    span: OpenSpan,
    stream: string,
    expected: ExpectedRevision,
    events: NonEmpty<NewEvent>,
  ): Promise<AppendResult> {
    const { clock } = this.observers;
    const since = clock.monotonicMs();
    let outcome: AppendResult['outcome'] | 'unknown' | 'failed' = 'failed';
    try {
      const result = await this.inner.append(stream, expected, events);
      ({ outcome } = result);
      if (outcome === 'appended') this.#events.add({ stream: kind }, events.length);
      return result;
    } catch (error) {
      if (error instanceof AppendOutcomeUnknownError) outcome = 'unknown';
      throw error;
    } finally {
      this.#seconds.observe({ stream: kind, outcome }, (clock.monotonicMs() - since) / 1_000);
      span.set({ outcome });
    }
  }

  readStream(stream: string, fromRevision?: bigint): AsyncIterable<RecordedEvent> {
    return this.inner.readStream(stream, fromRevision);
  }

  readAll(options: ReadAllOptions): Promise<readonly RecordedEvent[]> {
    return this.inner.readAll(options);
  }

  subscribe(options: {
    readonly after?: LogPosition;
    readonly signal: AbortSignal;
  }): AsyncIterable<Delivery> {
    return this.inner.subscribe(options);
  }

  head(): Promise<LogPosition | undefined> {
    return this.inner.head();
  }

  close(): Promise<void> {
    return this.inner.close();
  }
}

/** `payout` of `payout-4711`: what may be a label. */
function streamKind(stream: string): string {
  const prefix = STREAM_PREFIXES.find((known) => stream.startsWith(known)) ?? 'other';
  return prefix.replace(/-$/, '');
}
