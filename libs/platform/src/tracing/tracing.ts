import type { EpochMs } from '../time/clock.js';

/*
 * How a program uses it:
 *
 *   const tracing = await openTracing({ endpoint: config.tracesTo, … });   // #platform/tracing/open-tracing; NO_TRACING without one
 *   CommandModule.register({ …engines, tracing })                          // every app's engines take `tracing?: Tracing`
 *   shutdown.add({ …, run: () => tracing.close() })                        // last: it sends what it still has
 */

export type SpanKind = 'internal' | 'server' | 'client' | 'consumer' | 'producer';

/** Ids of ours, names and outcome classes. Never personal data, a secret, an amount or a text that somebody wrote. */
export type SpanAttributes = Readonly<Record<string, string | number | undefined>>;

export interface SpanStart {
  /** Few values: what varies goes into the attributes. */
  readonly name: string;
  /** `internal` if absent. */
  readonly kind?: SpanKind;
  /** W3C traceparent of the span that this one belongs under. Absent: the one that is open around it. */
  readonly parent?: string | undefined;
  /** Where there is no parent it begins a trace; else it isn't made. What is open around it counts for nothing then. */
  readonly entry?: boolean;
  /** W3C traceparent of a span of another trace that led to it. */
  readonly link?: string | undefined;
  readonly attributes?: SpanAttributes;
}

export interface OpenSpan {
  /** W3C trace context for headers and for metadata; undefined while nothing is traced. */
  readonly traceparent: string | undefined;
  set(attributes: SpanAttributes): void;
}

/**
 * Traces for operators: which way one payout went through the programs. They are made beside the work and decide
 * nothing; nothing in here throws by itself or waits for whoever collects them.
 */
export abstract class Tracing {
  /** Whether spans are made at all; where they aren't, nobody has to prepare anything for them. */
  abstract readonly isOn: boolean;

  /** Runs the work within a span, which ends with it; a rejection is marked by the error's name. */
  abstract run<T>(start: SpanStart, work: (span: OpenSpan) => Promise<T>): Promise<T>;

  /** Runs the work as if the span of this W3C traceparent were open around it, and no other. */
  abstract under<T>(traceparent: string | undefined, work: () => T): T;

  /** A span of what has been. Only under a `parent` whose trace is kept. */
  abstract record(start: SpanStart, from: EpochMs, to: EpochMs): void;

  /** W3C traceparent of the span that is open around the caller. */
  abstract current(): string | undefined;

  /** Sends what is left. Resolves when it is sent or given up; never rejects. */
  abstract close(): Promise<void>;
}

export const NO_SPAN: OpenSpan = { traceparent: undefined, set: () => undefined };

class NoTracing extends Tracing {
  readonly isOn = false;

  run<T>(_start: SpanStart, work: (span: OpenSpan) => Promise<T>): Promise<T> {
    return work(NO_SPAN);
  }

  under<T>(_traceparent: string | undefined, work: () => T): T {
    return work();
  }

  record(_start: SpanStart, _from: EpochMs, _to: EpochMs): void {
    // There is nobody to show it to.
  }

  current(): string | undefined {
    return undefined;
  }

  close(): Promise<void> {
    return Promise.resolve();
  }
}

/** For programs that nobody traces: it makes nothing and costs nothing. */
export const NO_TRACING: Tracing = new NoTracing();
