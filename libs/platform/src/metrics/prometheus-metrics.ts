import {
  collectDefaultMetrics,
  Counter as PromCounter,
  Gauge as PromGauge,
  Histogram as PromHistogram,
  Registry,
} from 'prom-client';
import type { Logger } from '../logging/logger.js';
import type { Clock } from '../time/clock.js';
import { GaugeReaders } from './gauge-readers.js';
import {
  Metrics,
  type Counter,
  type GaugeReader,
  type Histogram,
  type HistogramSpec,
  type Labels,
  type MetricSpec,
} from './metrics.js';
import { SeriesLimit } from './series-limit.js';

export interface PrometheusMetricsParts {
  readonly clock: Clock;
  readonly logger: Logger;
  /** Whether the process tells of itself: CPU, memory, event loop. True if absent. */
  readonly ofTheProcess?: boolean;
}

interface Registered {
  readonly kind: 'counter' | 'histogram' | 'gauge';
  readonly spec: MetricSpec<string>;
  readonly metric: Counter<string> | Histogram<string> | GaugeReaders;
}

/** Metrics for a Prometheus server that comes and reads them. */
export class PrometheusMetrics extends Metrics {
  readonly #parts: PrometheusMetricsParts;
  readonly #registry = new Registry();
  readonly #known = new Map<string, Registered>();
  readonly #failedReadings: Counter<'metric'>;

  private constructor(parts: PrometheusMetricsParts) {
    super();
    this.#parts = parts;
    this.#failedReadings = this.counter({
      name: 'payout_metric_readings_failed_total',
      help: 'Readings of a gauge that failed or took too long, and were left out',
      labels: ['metric'],
    });
  }

  static create(parts: PrometheusMetricsParts): PrometheusMetrics {
    const metrics = new PrometheusMetrics(parts);
    if (parts.ofTheProcess !== false) collectDefaultMetrics({ register: metrics.#registry });
    return metrics;
  }

  counter<const Label extends string>(spec: MetricSpec<Label>): Counter<Label> {
    return this.#once('counter', spec, () => {
      const { name, help, labels } = spec;
      const counter = new PromCounter({ name, help, labelNames: labels, registers: [this.#registry] });
      const limit = this.#limitOf(spec);
      return {
        add: (given: Labels<Label>, by = 1): void => {
          if (by >= 0 && limit.admits(given)) counter.inc(given, by);
        },
      };
    });
  }

  histogram<const Label extends string>(spec: HistogramSpec<Label>): Histogram<Label> {
    return this.#once('histogram', spec, () => {
      const { name, help, labels, buckets } = spec;
      const histogram = new PromHistogram({
        name,
        help,
        labelNames: labels,
        buckets: [...buckets],
        registers: [this.#registry],
      });
      const limit = this.#limitOf(spec);
      return {
        observe: (given: Labels<Label>, value: number): void => {
          if (Number.isFinite(value) && limit.admits(given)) histogram.observe(given, value);
        },
      };
    });
  }

  gauge<const Label extends string>(spec: MetricSpec<Label>, read: GaugeReader<Label>): () => void {
    const readers = this.#once('gauge', spec, () => {
      const { name, help, labels } = spec;
      const { clock, logger } = this.#parts;
      const limit = this.#limitOf(spec);
      const made = new GaugeReaders(clock, (error) => {
        this.#failedReadings.add({ metric: name });
        logger.warn('a metric could not be read', { metric: name, error });
      });
      const gauge: PromGauge<Label> = new PromGauge<Label>({
        name,
        help,
        labelNames: labels,
        registers: [this.#registry],
        collect: async () => {
          const readings = await made.read();
          // From here on at once, so that no look sees half of it.
          gauge.reset();
          // A gauge without labels stands at 0 after a reset, which would be a lie.
          if (labels.length === 0) gauge.remove();
          for (const { labels: given, value } of readings)
            if (limit.admits(given)) gauge.set(given as Labels<Label>, value);
        },
      });
      return made;
    });
    return readers.add(read);
  }

  get contentType(): string {
    return this.#registry.contentType;
  }

  text(): Promise<string> {
    return this.#registry.metrics();
  }

  /** The specs of what was asked for so far, without those of the process. */
  get specs(): readonly (MetricSpec<string> & { readonly kind: Registered['kind'] })[] {
    return Array.from(this.#known.values(), ({ kind, spec }) => ({ ...spec, kind }));
  }

  #limitOf(spec: MetricSpec<string>): SeriesLimit {
    return new SeriesLimit(spec.labels, (limit) =>
      this.#parts.logger.error('a metric has too many series: further ones are left out', {
        metric: spec.name,
        limit,
      }),
    );
  }

  #once<M extends Registered['metric']>(
    kind: Registered['kind'],
    spec: MetricSpec<string>,
    make: () => M,
  ): M {
    const known = this.#known.get(spec.name);
    if (known === undefined) {
      const metric = make();
      this.#known.set(spec.name, { kind, spec, metric });
      return metric;
    }
    if (known.kind !== kind || known.spec.labels.join() !== spec.labels.join())
      throw new RangeError(`metric ${spec.name} exists as a ${known.kind} of ${known.spec.labels.join()}`);
    return known.metric as M;
  }
}
