import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { SpanKind, SpanStatusCode } from '@opentelemetry/api';
import { InMemorySpanExporter, SimpleSpanProcessor } from '@opentelemetry/sdk-trace';
import { ManualClock } from '#test/support/manual-clock';
import { MemoryLogger } from '#test/support/memory-logger';
import { ScriptedHttpServer } from '#test/support/scripted-http-server';
import { SystemIds } from '../ids/system-ids.js';
import { openTracing } from './open-tracing.js';
import { OtelTracing } from './otel-tracing.js';
import { ToldExporter } from './otlp-batches.js';
import { readTraceparent } from './traceparent.js';
import { NO_TRACING } from './tracing.js';

const PARENT = '00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01';
const UNSAMPLED = PARENT.replace(/01$/, '00');

function subject(ratio = 1) {
  const exporter = new InMemorySpanExporter();
  const clock = new ManualClock();
  const tracing = new OtelTracing({
    service: 'test',
    instance: 'one',
    ratio,
    processor: new SimpleSpanProcessor({ exporter }),
    clock,
    ids: new SystemIds(),
  });
  return { tracing, clock, exporter, spans: () => exporter.getFinishedSpans() };
}

describe('OtelTracing', () => {
  it('puts a span under its parent, and those within under it', async () => {
    const { tracing, spans } = subject();
    let inner: string | undefined;
    const outer = await tracing.run({ name: 'outer', kind: 'consumer', parent: PARENT }, async (span) => {
      await tracing.run({ name: 'inner' }, async ({ traceparent }) => {
        inner = traceparent;
        assert.equal(tracing.current(), traceparent);
      });
      return span.traceparent;
    });
    const [second, first] = spans();
    assert.deepEqual([first?.name, second?.name], ['outer', 'inner']);
    assert.equal(first?.kind, SpanKind.CONSUMER);
    assert.equal(first.parentSpanContext?.spanId, 'b7ad6b7169203331');
    assert.equal(second?.parentSpanContext?.spanId, first.spanContext().spanId);
    assert.equal(readTraceparent(outer)?.spanId, first.spanContext().spanId);
    assert.equal(readTraceparent(inner)?.traceId, '0af7651916cd43dd8448eb211c80319c');
    assert.equal(tracing.current(), undefined);
  });

  it('takes up a trace that was begun elsewhere, and leaves it again', async () => {
    const { tracing, spans } = subject();
    await tracing.under(PARENT, async () => {
      await tracing.run({ name: 'a' }, async () => undefined);
      await tracing.under(undefined, () => tracing.run({ name: 'b' }, async () => undefined));
    });
    assert.deepEqual(
      spans().map(({ name, parentSpanContext }) => [name, parentSpanContext?.spanId]),
      [['a', 'b7ad6b7169203331']],
    );
  });

  it('begins a trace only where one enters', async () => {
    const { tracing, spans } = subject();
    assert.equal(await tracing.run({ name: 'a' }, async ({ traceparent }) => traceparent), undefined);
    await tracing.run({ name: 'b', parent: 'garbage' }, async () => undefined);
    assert.equal(spans().length, 0);
    await tracing.run({ name: 'c', entry: true, parent: 'garbage' }, () =>
      tracing.run({ name: 'd', entry: true }, async () => undefined),
    );
    const traces = new Set(spans().map((span) => span.spanContext().traceId));
    assert.deepEqual([spans().length, traces.size], [2, 2]);
  });

  it('keeps what the beginner of the trace keeps', async () => {
    const { tracing, spans } = subject();
    const traceparent = await tracing.run({ name: 'a', parent: UNSAMPLED }, async (span) => span.traceparent);
    tracing.record({ name: 'b', parent: UNSAMPLED }, 0, 1);
    assert.match(traceparent ?? '', /^00-0af7651916cd43dd8448eb211c80319c-[0-9a-f]{16}-00$/);
    assert.equal(spans().length, 0);
    const none = subject(0);
    await none.tracing.run({ name: 'a', entry: true }, async () => undefined);
    assert.equal(none.spans().length, 0);
  });

  it('says when it was, how it ended, and what led to it', async () => {
    const { tracing, spans, clock } = subject();
    const failing = tracing.run(
      { name: 'a', entry: true, link: PARENT, attributes: { 'payout.id': 'p', none: undefined } },
      async (span) => {
        span.set({ outcome: 'unknown' });
        clock.advance(1_500);
        throw new RangeError('CANARY');
      },
    );
    await assert.rejects(failing, RangeError);
    tracing.record({ name: 'b', parent: PARENT }, 1_000, 3_000);
    const [a, b] = spans();
    assert.deepEqual(a?.attributes, { 'payout.id': 'p', outcome: 'unknown', 'error.type': 'RangeError' });
    assert.deepEqual(a.status, { code: SpanStatusCode.ERROR });
    assert.deepEqual(a.duration, [1, 500_000_000]);
    assert.equal(a.links[0]?.context.spanId, 'b7ad6b7169203331');
    assert.deepEqual(
      [b?.startTime, b?.duration],
      [
        [1, 0],
        [2, 0],
      ],
    );
    assert.equal(b?.parentSpanContext?.spanId, 'b7ad6b7169203331');
    assert.doesNotMatch(
      JSON.stringify(spans().map(({ attributes, events, status }) => [attributes, events, status])),
      /CANARY/,
    );
  });

  it('gives its id to the lines that are logged within', async () => {
    const { tracing, spans } = subject();
    const logger = new MemoryLogger();
    await tracing.run({ name: 'a', entry: true }, async () => logger.info('within'));
    logger.info('after');
    assert.deepEqual(
      logger.entries.map(({ fields }) => fields['trace_id']),
      [spans()[0]?.spanContext().traceId, undefined],
    );
  });
});

describe('a traceparent', () => {
  const wrong = [
    '',
    '00-aa-bb-01',
    `ff${PARENT.slice(2)}`,
    `${PARENT}-more`,
    PARENT.toUpperCase(),
    `00-${'0'.repeat(32)}-b7ad6b7169203331-01`,
  ];
  for (const text of wrong)
    it(`is not ${JSON.stringify(text)}`, () => assert.equal(readTraceparent(text), undefined));
  it('may be of a later version with more behind it', () => {
    assert.equal(readTraceparent(`cc${PARENT.slice(2)}-what`)?.spanId, 'b7ad6b7169203331');
  });
});

describe('traces to a collector', () => {
  it('are sent at the stop at the latest, as OTLP over HTTP', async () => {
    const collector = await ScriptedHttpServer.start();
    collector.will({ status: 200, body: '{}' });
    const logger = new MemoryLogger();
    const parts = { service: 'command', instance: 'i', clock: new ManualClock(), ids: new SystemIds() };
    const tracing = await openTracing({ ...parts, endpoint: `${collector.url}/`, logger });
    await tracing.run({ name: 'a', entry: true, attributes: { provider: 'x' } }, async () => undefined);
    await tracing.close();
    const [arrival] = collector.arrivals;
    assert.equal(arrival?.url, '/v1/traces');
    const sent = JSON.parse(arrival.body.toString('utf8')) as {
      readonly resourceSpans: readonly {
        readonly scopeSpans: readonly { readonly spans: readonly object[] }[];
      }[];
    };
    assert.match(JSON.stringify(sent.resourceSpans[0]), /"service.name".*"command"/);
    assert.equal(sent.resourceSpans[0]?.scopeSpans[0]?.spans.length, 1);
    assert.deepEqual(logger.entries, []);
    await collector.stop();
  });
});

describe('traces that go nowhere', () => {
  it('are not made without an endpoint', async () => {
    const parts = { service: 's', instance: 'i', clock: new ManualClock(), ids: new SystemIds() };
    assert.equal(
      await openTracing({ ...parts, endpoint: undefined, logger: new MemoryLogger() }),
      NO_TRACING,
    );
    assert.equal(
      await NO_TRACING.run({ name: 'a', entry: true }, async ({ traceparent }) => traceparent),
      undefined,
    );
  });

  it('are told of once, and once when they arrive again', () => {
    const logger = new MemoryLogger();
    let error: Error | undefined = new Error('connection refused');
    const inner = {
      export: (_spans: unknown, done: (result: { code: number; error?: Error }) => void) =>
        done(error === undefined ? { code: 0 } : { code: 1, error }),
      shutdown: () => Promise.resolve(),
    };
    const exporter = new ToldExporter(inner, logger);
    const send = (): void => exporter.export([], () => undefined);
    send();
    send();
    error = undefined;
    send();
    send();
    assert.deepEqual(
      logger.entries.map(({ level, message }) => [level, message]),
      [
        ['warn', 'traces do not arrive at OTEL_EXPORTER_OTLP_ENDPOINT: they are dropped until they do'],
        ['info', 'traces arrive again'],
      ],
    );
  });

  it('hold up neither the work nor the stop when the collector is away', async () => {
    const logger = new MemoryLogger();
    const parts = { service: 's', instance: 'i', clock: new ManualClock(), ids: new SystemIds() };
    const tracing = await openTracing({ ...parts, endpoint: 'http://127.0.0.1:9/', logger });
    assert.equal(await tracing.run({ name: 'a', entry: true }, async () => 7), 7);
    await tracing.close();
    assert.equal(logger.entries.length, 1);
  });
});
