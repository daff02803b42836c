import type { Ids } from '../ids/ids.js';
import type { Logger } from '../logging/logger.js';
import type { Clock } from '../time/clock.js';
import { NO_TRACING, type Tracing } from './tracing.js';

export interface TracingOptions {
  /** Base address of an OTLP/HTTP collector; undefined: nothing is traced. */
  readonly endpoint: string | undefined;
  /** See `TRACE_RATIO_SETTING`; 1 if absent. */
  readonly ratio?: number;
  readonly service: string;
  readonly instance: string;
  readonly clock: Clock;
  readonly ids: Ids;
  readonly logger: Logger;
}

/** Traces to a collector, in batches, beside the work. A collector that is away costs spans and one line of the log. */
export async function openTracing(options: TracingOptions): Promise<Tracing> {
  const { endpoint, ratio = 1, logger, ...parts } = options;
  if (endpoint === undefined) return NO_TRACING;
  // Loaded only by those who use it.
  const { OtelTracing } = await import('./otel-tracing.js');
  const { batchesTo } = await import('./otlp-batches.js');
  return new OtelTracing({ ...parts, ratio, processor: batchesTo(endpoint, logger) });
}
