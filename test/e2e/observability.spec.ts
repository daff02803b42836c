import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { inspect } from 'node:util';
import { decodeMetadata } from '#domain/codec/metadata';
import { commandId } from '#domain/ids';
import { isProviderName } from '#domain/provider/provider-name';
import { formatMoney } from '#domain/money/money';
import { payoutStream } from '#domain/streams';
import { InMemoryLeases } from '#coordination/in-memory/in-memory-leases';
import { printCommand, type WireCommand } from '#messaging/contracts/commands.v1';
import { HEADERS } from '#messaging/contracts/headers';
import { TOPICS } from '#messaging/topics';
import { countedAlarms } from '#platform/metrics/counted-alarms';
import { PrometheusMetrics } from '#platform/metrics/prometheus-metrics';
import { readTraceparent } from '#platform/tracing/traceparent';
import { Projections } from '#projection/projections';
import { CallbackWorld, subjectOf } from '../support/callback/callback-world.js';
import {
  CALLER,
  CommandUnderTest,
  type CommandUnderTestOptions,
} from '../support/command/command-under-test.js';
import { cardOf, PayingProvider } from '../support/command/paying-provider.js';
import { eventually } from '../support/eventually.js';
import { MemoryLogger } from '../support/memory-logger.js';
import { valueOf } from '../support/observing/metric-lines.js';
import { SpanCollector } from '../support/observing/span-collector.js';
import { SqliteReadModels } from '../support/read-models/sqlite-subject.js';
import { SystemClock } from '#platform/time/system-clock';

const SUBJECT = subjectOf('goldenpay');

/** One payout's way through command, a provider, callback and projection, with everybody looking. */
describe('a payout that is watched', { timeout: 60_000 }, () => {
  const clock = new SystemClock();
  const collector = new SpanCollector();
  const metrics = PrometheusMetrics.create({ clock, logger: new MemoryLogger() });
  const models = new SqliteReadModels();
  let world: CallbackWorld;
  let projections: Projections;
  let payoutId: string;

  before(async () => {
    world = await CallbackWorld.start(SUBJECT, {}, { metrics, tracing: collector.tracingOf('payouts') });
    const { eventStore, ids, logger } = world.ledger;
    projections = new Projections({
      eventStore,
      database: await models.open(),
      leases: new InMemoryLeases(clock),
      clock,
      ids,
      logger: countedAlarms(logger, metrics),
      metrics,
      tracing: collector.tracingOf('projection'),
      instance: 'under-test',
    });
    projections.start();
    payoutId = await world.submitted('one');
    const answer = await world.post(world.genuine());
    assert.equal(answer.status, 200);
    await world.ledger.untilStatus('one', 'succeeded');
    await world.post(world.withProof(world.body(), undefined));
    await eventually(async () => (await world.ledger.topic(TOPICS.events)).length === 3);
    await eventually(() => projections.status().every(({ caughtUp }) => caughtUp));
    // The payout's own four, and the reservation.
    await eventually(() => projectedEvents() === 5);
    await eventually(async () =>
      [undefined, 0].includes(await valueOf(metrics, 'payout_loop_lag_events{loop="publisher"}')),
    );
  });

  after(async () => {
    await projections.stop();
    await world.stop();
    await models.close();
    await models.dispose();
  });

  const projectedEvents = (): number =>
    collector
      .named('project payouts')
      .filter(({ attributes }) => attributes['payout.id'] === payoutId)
      .reduce((sum, { attributes }) => sum + Number(attributes['events']), 0);

  const spanOf = (name: string) => {
    const [span] = collector.named(name);
    assert.ok(span, `no span ${name} among ${collector.spans.map((one) => one.name).join(', ')}`);
    return span;
  };

  it('is one trace over its command, appends, provider call, callback and projection', () => {
    const root = spanOf('command RequestPayout');
    const { traceId, spanId } = root.spanContext();
    for (const name of [
      'append payout',
      'provider create',
      'callback applied',
      'project payouts',
      'project payout-timeline',
    ]) {
      const here = collector
        .named(name)
        .filter(({ attributes }) => name.startsWith('append') || attributes['payout.id'] === payoutId);
      const own = here.filter((span) => span.spanContext().traceId === traceId);
      assert.ok(own.length > 0, `${name} is in the trace`);
      assert.equal(own.length, here.length, `every ${name} of this payout is`);
    }
    assert.equal(spanOf('provider create').parentSpanContext?.spanId, spanId);
    assert.equal(spanOf('callback applied').parentSpanContext?.spanId, spanId);
    // The append of the request lies within its command, the later ones under it as well.
    assert.ok(
      collector.named('append payout').every(({ parentSpanContext }) => parentSpanContext !== undefined),
    );
  });

  it('links what a callback did to where it was received', () => {
    const received = spanOf('callback received');
    const applied = spanOf('callback applied');
    assert.notEqual(received.spanContext().traceId, applied.spanContext().traceId);
    assert.equal(applied.links[0]?.context.spanId, received.spanContext().spanId);
    // A forged one makes none: whoever can reach the port could fill the collector.
    assert.equal(collector.named('callback received').length, 1);
  });

  it('says in its spans whose they are and how they ended', () => {
    assert.deepEqual(spanOf('provider create').attributes, {
      'payout.id': payoutId,
      provider: 'goldenpay',
      outcome: 'pending',
    });
    const { attributes } = spanOf('command RequestPayout');
    assert.equal(attributes['payout.id'], payoutId);
    assert.equal(attributes['outcome'], 'accepted');
    assert.equal(typeof attributes['correlation.id'], 'string');
    assert.equal(spanOf('callback applied').attributes['outcome'], 'succeeded');
  });

  it('is counted on its whole way', async () => {
    const expected: Readonly<Record<string, number>> = {
      'payout_commands_total{type="RequestPayout",outcome="accepted"}': 1,
      'payout_commands_total{type="OpenAccount",outcome="accepted"}': 1,
      'payout_command_decision_seconds_count{type="RequestPayout"}': 1,
      'payout_command_answer_seconds_count{type="RequestPayout"}': 1,
      'payout_events_appended_total{stream="payout"}': 4,
      'payout_events_appended_total{stream="instruction"}': 1,
      'payout_provider_call_seconds_count{provider="goldenpay",call="create",outcome="pending"}': 1,
      'payout_provider_calls_under_way{provider="goldenpay"}': 0,
      'payout_callbacks_total{provider="goldenpay",verdict="verified"}': 1,
      'payout_callbacks_total{provider="goldenpay",verdict="forged"}': 1,
      'payout_callback_answer_seconds_count{provider="goldenpay"}': 1,
      'payout_callbacks_applied_total{provider="goldenpay",outcome="applied"}': 1,
      'payout_lease_held{lease="payout-process"}': 1,
      'payout_lease_held{lease="projections"}': 1,
      'payout_lease_fence{lease="ledger-process"}': 1,
      payout_sending_paused: 0,
      payout_held_commands: 0,
      payout_follow_ups_overdue: 0,
      'payout_loop_halted{loop="ledger-process"}': 0,
      'payout_loop_lag_events{loop="projection-payouts"}': 0,
      'payout_loop_lag_seconds{loop="payout-process"}': 0,
      'payout_open_payouts{provider="goldenpay",status="submitted"}': 0,
    };
    for (const [series, value] of Object.entries(expected))
      assert.equal(await valueOf(metrics, series), value, series);
  });

  it('shows when nothing is sent', async () => {
    await world.ledger.sending.pause('operator', 'anna', 'a test');
    assert.equal(await valueOf(metrics, 'payout_sending_paused'), 1);
    await world.ledger.sending.resume('anna', 'a test');
    assert.equal(await valueOf(metrics, 'payout_sending_paused'), 0);
  });

  it('names itself in every line of the log, with what holds the lines together', () => {
    const about = world.ledger.logger.entries.filter(({ fields }) => 'payoutId' in fields);
    assert.ok(about.length > 0);
    for (const { message, fields } of about)
      assert.equal(typeof fields['correlationId'], 'string', `${message} has no correlation id`);
    const [traceId] = collector.named('command RequestPayout').map((span) => span.spanContext().traceId);
    assert.ok(about.some(({ fields }) => fields['trace_id'] === traceId));
  });

  it('tells nobody whom it pays, how much, or what we are known by', async () => {
    const { order, secrets } = SUBJECT;
    const personal = Object.values(order.beneficiary).filter(
      (value): value is string => typeof value === 'string' && value !== order.beneficiary.kind,
    );
    const words = [...personal, order.description, ...secrets, formatMoney(order.amount)];
    assert.ok(words.length > 3);
    const page = await metrics.text();
    // A value may happen to have an amount's digits in it.
    const labelled = page.replaceAll(/ [0-9.eE+-]+$/gm, '');
    for (const word of words.filter((text) => text.length > 3)) {
      assert.ok(!collector.text.includes(word), `a span says ${word}`);
      assert.ok(!labelled.includes(word), `a metric says ${word}`);
      const line = world.ledger.logger.entries.find((entry) =>
        inspect(entry, { depth: null }).includes(word),
      );
      assert.equal(line, undefined, `a line of the log says ${word}`);
    }
    assert.ok(!page.includes(payoutId), 'a label holds an id');
    const labels = [...page.matchAll(/provider="([^"]*)"/g)].map(([, name]) => name ?? '');
    assert.ok(labels.every((name) => isProviderName(name)));
  });
});

const REQUEST = {
  accountId: 'acc',
  amount: '40.00',
  currency: 'USD',
  provider: 'goldenpay' as const,
  beneficiary: { kind: 'stored-method' as const, methodId: 'canary-method-4711' },
};
const TRACEPARENT = '00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01';

describe("a caller's own trace", { timeout: 60_000 }, () => {
  async function requested(
    observers: CommandUnderTestOptions['observers'],
    traceparent = TRACEPARENT,
  ): Promise<{
    readonly stored: readonly (string | undefined)[];
    readonly told: readonly (string | undefined)[];
  }> {
    const provider = new PayingProvider(cardOf());
    provider.scripts.push('settles-at-once');
    const ledger = await CommandUnderTest.startWith({
      providers: [provider],
      ...(observers && { observers }),
    });
    await ledger.openWithFunds('acc', '100.00');
    const command = { type: 'RequestPayout', commandId: commandId('one'), caller: CALLER, data: REQUEST };
    const value = printCommand(command as unknown as WireCommand);
    await ledger.publish(TOPICS.commands, 'acc', { [HEADERS.traceparent]: traceparent }, value);
    await ledger.untilStatus('one', 'succeeded');
    const told = async () =>
      (await ledger.topic(TOPICS.events)).map(({ headers }) => headers[HEADERS.traceparent]);
    await eventually(async () => (await told()).length >= 2);
    const stored: (string | undefined)[] = [];
    for await (const { metadata } of ledger.eventStore.readStream(payoutStream(ledger.payoutId('one'))))
      stored.push(decodeMetadata(metadata).traceparent);
    const result = { stored, told: await told() };
    await ledger.stop();
    return result;
  }

  it('goes on in every event of the payout, and to whoever hears of it', async () => {
    const collector = new SpanCollector();
    const { stored, told } = await requested({ tracing: collector.tracingOf('payouts') });
    const [span] = collector.named('command RequestPayout');
    assert.equal(span?.parentSpanContext?.spanId, 'b7ad6b7169203331');
    const own = `00-0af7651916cd43dd8448eb211c80319c-${span.spanContext().spanId}-01`;
    assert.deepEqual([...new Set([...stored, ...told])], [own]);
    assert.ok(stored.length >= 3 && told.length >= 2);
  });

  it('is handed on as it is where nothing is traced', async () => {
    const { stored, told } = await requested({});
    assert.deepEqual([...new Set([...stored, ...told])], [TRACEPARENT]);
  });

  it('is made anew where it is no trace context', async () => {
    const collector = new SpanCollector();
    const { stored } = await requested({ tracing: collector.tracingOf('payouts') }, '00-CANARY');
    assert.ok(stored.every((text) => readTraceparent(text) !== undefined));
    assert.equal(collector.named('command RequestPayout')[0]?.parentSpanContext, undefined);
  });
});

describe('a payout in trouble', { timeout: 60_000 }, () => {
  it('has its correlation id in every line, also of a call that fails beside', async () => {
    const provider = new PayingProvider(cardOf());
    provider.create = () => Promise.reject(new Error('a defect of our own'));
    const ledger = await CommandUnderTest.start(provider);
    await ledger.openWithFunds('acc', '100.00');
    await ledger.send('RequestPayout', 'one', REQUEST, { correlationId: 'the-correlation' });
    await eventually(() => ledger.logger.alarms().includes('payout-call-failed'));
    await ledger.stop();
    const about = ledger.logger.entries.filter(({ fields }) => fields['payoutId'] === ledger.payoutId('one'));
    assert.ok(about.some(({ fields }) => fields['alarm'] === 'payout-call-failed'));
    assert.deepEqual([...new Set(about.map(({ fields }) => fields['correlationId']))], ['the-correlation']);
    assert.doesNotMatch(inspect(ledger.logger.entries, { depth: null }), /canary-method/);
  });
});
