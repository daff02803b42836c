import { InMemorySpanExporter, SimpleSpanProcessor, type ReadableSpan } from '@opentelemetry/sdk-trace';
import { SystemIds } from '#platform/ids/system-ids';
import { SystemClock } from '#platform/time/system-clock';
import { OtelTracing } from '#platform/tracing/otel-tracing';

/** Traces that end in memory. Every program of a test gets its own, as it would have; the spans come together here. */
export class SpanCollector {
  readonly #exporter = new InMemorySpanExporter();

  tracingOf(service: string): OtelTracing {
    return new OtelTracing({
      service,
      instance: 'under-test',
      ratio: 1,
      processor: new SimpleSpanProcessor({ exporter: this.#exporter }),
      clock: new SystemClock(),
      ids: new SystemIds(),
    });
  }

  get spans(): readonly ReadableSpan[] {
    return this.#exporter.getFinishedSpans();
  }

  named(name: string): readonly ReadableSpan[] {
    return this.spans.filter((span) => span.name === name);
  }

  /** Everything that would leave the process, as one text. */
  get text(): string {
    return JSON.stringify(
      this.spans.map(({ name, attributes, events, links, status, resource }) => [
        name,
        attributes,
        events,
        links,
        status,
        resource.attributes,
      ]),
    );
  }
}
