import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { InMemoryEventStore } from '#event-store/in-memory/in-memory-event-store';
import { PrometheusMetrics } from '#platform/metrics/prometheus-metrics';
import { payoutsModel } from '#read-models/payouts/model';
import { eventually } from '#test/support/eventually';
import { ManualClock } from '#test/support/manual-clock';
import { MemoryLogger } from '#test/support/memory-logger';
import { valueOf } from '#test/support/observing/metric-lines';
import { History, LIVES, payoutEvents, START, usd } from '#test/support/read-models/history';
import { writeLog } from '#test/support/read-models/log-writer';
import { SqliteReadModels } from '#test/support/read-models/sqlite-subject';
import { ProjectionRunner } from '../projection-runner.js';
import { showPayouts } from './payout-gauges.js';

const HOUR = 3_600;

describe('the payouts that are not at their end', { timeout: 60_000 }, () => {
  it('are counted by provider and status, those for a person by reason, with the age of the oldest', async (t) => {
    const clock = new ManualClock(START);
    const logger = new MemoryLogger();
    const metrics = PrometheusMetrics.create({ clock, logger, ofTheProcess: false });
    const models = new SqliteReadModels();
    const database = await models.open();
    t.after(async () => {
      await models.close();
      await models.dispose();
    });
    const eventStore = new InMemoryEventStore();
    const history = new History();
    history.open('acc-1');
    history.instruct('acc-1', 1, { kind: 'deposit', amount: usd('100000.00') });
    for (const [number, life] of ['resent', 'resent', 'parked', 'succeeded'].entries())
      for (const step of LIVES[life] ?? []) history.happen(payoutEvents(number + 1)[step]);
    await writeLog(eventStore, history.events);
    const runner = new ProjectionRunner(payoutsModel, { eventStore, database, clock, logger });
    const acting = { is: true };
    showPayouts(metrics, { database, clock, acts: () => acting.is });
    runner.start();
    await eventually(() => runner.status().caughtUp);
    const { requestedAt } = payoutEvents(1).requested.data;
    clock.advance(requestedAt - clock.now() + 5 * HOUR * 1_000);

    const unknown = '{provider="goldenpay",status="unknown"}';
    const expected: Readonly<Record<string, number>> = {
      [`payout_open_payouts${unknown}`]: 3,
      [`payout_open_payout_oldest_age_seconds${unknown}`]: 5 * HOUR,
      'payout_open_payouts{provider="goldenpay",status="submitted"}': 0,
      'payout_open_payout_oldest_age_seconds{provider="goldenpay",status="submitted"}': 0,
      'payout_open_payouts{provider="cashy",status="unknown"}': 0,
      'payout_parked_payouts{provider="goldenpay",reason="not-final-in-time"}': 1,
      'payout_parked_payout_oldest_age_seconds{provider="goldenpay",reason="not-final-in-time"}':
        5 * HOUR - 2,
    };
    for (const [series, value] of Object.entries(expected))
      assert.equal(await valueOf(metrics, series), value, series);
    assert.doesNotMatch(await metrics.text(), /succeeded|payee-1|acc-1/);

    // The copy that stands by leaves it to the one that acts.
    acting.is = false;
    assert.equal(await valueOf(metrics, `payout_open_payouts${unknown}`), undefined);
    await runner.stop();
    await eventStore.close();
    await models.close();
    acting.is = true;
    assert.equal(await valueOf(metrics, `payout_open_payouts${unknown}`), undefined);
    assert.equal(
      await valueOf(metrics, 'payout_metric_readings_failed_total{metric="payout_open_payouts"}'),
      1,
    );
  });
});
