/*
 * How a program uses it:
 *
 *   const metrics = PrometheusMetrics.create({ clock, logger });     // #platform/metrics/prometheus-metrics; or NO_METRICS
 *   StatusServer.start(health, metrics, …)                           // it has `contentType` and `text()`
 *   CommandModule.register({ …engines, metrics })                    // every app's engines take `metrics?: Metrics`
 *
 * Names, labels and what each tells: docs/observability.md, which a test compares with what is registered.
 */

/** `payout_…`, with the unit in the name (`_seconds`, `_events`), counters with `_total`. */
export interface MetricSpec<Label extends string> {
  readonly name: string;
  /** One sentence. */
  readonly help: string;
  /** Each has few values, known beforehand: never an id, an account or a payee. */
  readonly labels: readonly Label[];
}

export interface HistogramSpec<Label extends string> extends MetricSpec<Label> {
  /** Upper bounds, ascending, in the unit of the name. */
  readonly buckets: readonly number[];
}

export type Labels<Label extends string> = Readonly<Record<Label, string>>;

export interface Counter<Label extends string> {
  add(labels: Labels<Label>, by?: number): void;
}

export interface Histogram<Label extends string> {
  observe(labels: Labels<Label>, value: number): void;
}

export interface Reading<Label extends string> {
  readonly labels: Labels<Label>;
  readonly value: number;
}

/** What a gauge shows now. What can't be read is left out: no number is better than an old one. */
export type GaugeReader<Label extends string> = () =>
  readonly Reading<Label>[] | Promise<readonly Reading<Label>[]>;

/**
 * Figures for operators. They are counted beside the work and decide nothing; nothing in here throws for what it is
 * given. A name that is asked for again is the same metric.
 */
export abstract class Metrics {
  abstract counter<const Label extends string>(spec: MetricSpec<Label>): Counter<Label>;

  abstract histogram<const Label extends string>(spec: HistogramSpec<Label>): Histogram<Label>;

  /**
   * A value that is read when somebody looks. Several readers may fill one gauge. A reader that fails, or takes too
   * long, leaves its readings out of that look. The returned function takes the reader away.
   */
  abstract gauge<const Label extends string>(spec: MetricSpec<Label>, read: GaugeReader<Label>): () => void;

  /** MIME type of `text`. */
  abstract readonly contentType: string;

  /** Everything, in the text format of Prometheus. */
  abstract text(): Promise<string>;
}

const COUNTS_NOTHING: Counter<string> = { add: () => undefined };
const OBSERVES_NOTHING: Histogram<string> = { observe: () => undefined };

class NoMetrics extends Metrics {
  readonly contentType = 'text/plain; charset=utf-8';

  counter<const Label extends string>(_spec: MetricSpec<Label>): Counter<Label> {
    return COUNTS_NOTHING;
  }

  histogram<const Label extends string>(_spec: HistogramSpec<Label>): Histogram<Label> {
    return OBSERVES_NOTHING;
  }

  gauge<const Label extends string>(_spec: MetricSpec<Label>, _read: GaugeReader<Label>): () => void {
    return () => undefined;
  }

  text(): Promise<string> {
    return Promise.resolve('');
  }
}

/** For programs that nobody measures: it keeps nothing and costs nothing. */
export const NO_METRICS: Metrics = new NoMetrics();

/** Seconds of a call within this machine or to an engine next to it. */
export const QUICK_SECONDS = [
  0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10,
] as const;

/** Seconds of a call to somebody else over the internet, or of something that waits for its turn. */
export const SLOW_SECONDS = [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60, 120] as const;
