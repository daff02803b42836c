import { OTLPTraceExporter } from '@opentelemetry/exporter-trace-otlp-http';
import {
  BatchSpanProcessor,
  type ReadableSpan,
  type SpanExporter,
  type SpanProcessor,
} from '@opentelemetry/sdk-trace';
import type { Logger } from '../logging/logger.js';

/** A stop waits no longer for a collector than that, and an export neither. */
const EXPORT_TIMEOUT_MS = 3_000;
/** Spans that wait: at more the newest are dropped, so that a collector that is away costs no memory. */
const MOST_WAITING = 4_096;

type Done = Parameters<SpanExporter['export']>[1];

/** Spans in batches over OTLP/HTTP. The endpoint is the base address: `/v1/traces` is put behind it. */
export function batchesTo(endpoint: string, logger: Logger): SpanProcessor {
  const exporter = new OTLPTraceExporter({
    url: `${endpoint.replace(/\/$/, '')}/v1/traces`,
    timeoutMillis: EXPORT_TIMEOUT_MS,
  });
  return new BatchSpanProcessor({
    exporter: new ToldExporter(exporter, logger),
    exportTimeoutMillis: EXPORT_TIMEOUT_MS + 1_000,
    maxQueueSize: MOST_WAITING,
    scheduledDelayMillis: 2_000,
  });
}

/** Says once that traces don't arrive, and once that they do again. */
export class ToldExporter implements SpanExporter {
  #failing = false;

  constructor(
    private readonly inner: SpanExporter,
    private readonly logger: Logger,
  ) {}

  export(spans: ReadableSpan[], done: Done): void {
    this.inner.export(spans, (result) => {
      const failed = result.error !== undefined;
      if (failed && !this.#failing)
        this.logger.warn(
          'traces do not arrive at OTEL_EXPORTER_OTLP_ENDPOINT: they are dropped until they do',
          {
            error: result.error,
          },
        );
      if (!failed && this.#failing) this.logger.info('traces arrive again');
      this.#failing = failed;
      // The processor has nobody to tell of an error but the SDK's own log.
      done({ code: result.code });
    });
  }

  forceFlush(): Promise<void> {
    return this.inner.forceFlush?.() ?? Promise.resolve();
  }

  shutdown(): Promise<void> {
    return this.inner.shutdown();
  }
}
