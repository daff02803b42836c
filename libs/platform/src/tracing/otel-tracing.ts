import {
  ROOT_CONTEXT,
  SpanKind as OtelSpanKind,
  SpanStatusCode,
  trace,
  TraceFlags,
  type Context,
  type Span,
  type Tracer,
} from '@opentelemetry/api';
import { AsyncLocalStorageContextManager } from '@opentelemetry/context-async-hooks';
import { resourceFromAttributes } from '@opentelemetry/resources';
import {
  ParentBasedSampler,
  TraceIdRatioBasedSampler,
  TracerProvider,
  type SpanProcessor,
} from '@opentelemetry/sdk-trace';
import type { Ids } from '../ids/ids.js';
import { withLogFields } from '../logging/log-context.js';
import type { Clock, EpochMs } from '../time/clock.js';
import { printTraceparent, readTraceparent } from './traceparent.js';
import {
  NO_SPAN,
  Tracing,
  type OpenSpan,
  type SpanAttributes,
  type SpanKind,
  type SpanStart,
} from './tracing.js';

export interface OtelTracingParts {
  /** Name of the program. */
  readonly service: string;
  /** Name of this copy. */
  readonly instance: string;
  /** Part of the traces that begin here and are kept, from 0 to 1; for others their beginner has decided. */
  readonly ratio: number;
  readonly processor: SpanProcessor;
  readonly clock: Clock;
  readonly ids: Ids;
}

const KINDS: Readonly<Record<SpanKind, OtelSpanKind>> = {
  internal: OtelSpanKind.INTERNAL,
  server: OtelSpanKind.SERVER,
  client: OtelSpanKind.CLIENT,
  consumer: OtelSpanKind.CONSUMER,
  producer: OtelSpanKind.PRODUCER,
};

const LONGEST_VALUE = 200;

/** Spans by the OpenTelemetry SDK. Nothing of it is global: a process may have several, and tests do. */
export class OtelTracing extends Tracing {
  readonly isOn = true;
  readonly #provider: TracerProvider;
  readonly #tracer: Tracer;
  readonly #contexts = new AsyncLocalStorageContextManager().enable();
  readonly #clock: Clock;

  constructor({ service, instance, ratio, processor, clock, ids }: OtelTracingParts) {
    super();
    this.#clock = clock;
    this.#provider = new TracerProvider({
      resource: resourceFromAttributes({ 'service.name': service, 'service.instance.id': instance }),
      sampler: new ParentBasedSampler({ root: new TraceIdRatioBasedSampler(ratio) }),
      idGenerator: {
        generateTraceId: () => ids.bytes(16).toString('hex'),
        generateSpanId: () => ids.bytes(8).toString('hex'),
      },
      spanLimits: { attributeValueLengthLimit: LONGEST_VALUE, attributeCountLimit: 32 },
      spanProcessors: [processor],
    });
    this.#tracer = this.#provider.getTracer('payout-ledger');
  }

  async run<T>(start: SpanStart, work: (span: OpenSpan) => Promise<T>): Promise<T> {
    const around = this.#around(start);
    if (around === undefined) return work(NO_SPAN);
    const startedAt = this.#clock.now();
    const since = this.#clock.monotonicMs();
    const span = this.#start(start, around, startedAt);
    const { traceId } = span.spanContext();
    try {
      return await this.#contexts.with(trace.setSpan(around, span), () =>
        withLogFields({ trace_id: traceId }, () => work(openSpan(span))),
      );
    } catch (error) {
      // The message stays out of it: it is written for the log, where fields are withheld by their names.
      span.setStatus({ code: SpanStatusCode.ERROR });
      span.setAttribute('error.type', error instanceof Error ? error.name : 'unknown');
      throw error;
    } finally {
      span.end(startedAt + (this.#clock.monotonicMs() - since));
    }
  }

  under<T>(traceparent: string | undefined, work: () => T): T {
    const given = readTraceparent(traceparent);
    if (given === undefined) return this.#contexts.with(ROOT_CONTEXT, work);
    return this.#contexts.with(trace.setSpanContext(ROOT_CONTEXT, given), () =>
      withLogFields({ trace_id: given.traceId }, work),
    );
  }

  record(start: SpanStart, from: EpochMs, to: EpochMs): void {
    const parent = readTraceparent(start.parent);
    if (parent === undefined || (parent.traceFlags & TraceFlags.SAMPLED) === 0) return;
    this.#start(start, trace.setSpanContext(ROOT_CONTEXT, parent), from).end(to);
  }

  current(): string | undefined {
    const span = trace.getSpanContext(this.#contexts.active());
    return span === undefined ? undefined : printTraceparent(span);
  }

  async close(): Promise<void> {
    // What can't be sent has been told by the exporter.
    await this.#provider.shutdown().catch(() => undefined);
    this.#contexts.disable();
  }

  /** The context that the span belongs into; undefined when it isn't to be made. */
  #around({ parent, entry }: SpanStart): Context | undefined {
    const given = readTraceparent(parent);
    if (given !== undefined) return trace.setSpanContext(ROOT_CONTEXT, given);
    if (entry === true) return ROOT_CONTEXT;
    const active = this.#contexts.active();
    return trace.getSpanContext(active) === undefined ? undefined : active;
  }

  #start({ name, kind = 'internal', link, attributes = {} }: SpanStart, around: Context, at: EpochMs): Span {
    const linked = readTraceparent(link);
    return this.#tracer.startSpan(
      name,
      {
        kind: KINDS[kind],
        startTime: at,
        attributes: known(attributes),
        ...(linked === undefined ? {} : { links: [{ context: linked }] }),
      },
      around,
    );
  }
}

function openSpan(span: Span): OpenSpan {
  return {
    traceparent: printTraceparent(span.spanContext()),
    set: (attributes) => void span.setAttributes(known(attributes)),
  };
}

function known(attributes: SpanAttributes): Record<string, string | number> {
  const result: Record<string, string | number> = {};
  for (const [name, value] of Object.entries(attributes)) if (value !== undefined) result[name] = value;
  return result;
}
