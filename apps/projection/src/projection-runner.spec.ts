import assert from 'node:assert/strict';
import { afterEach, beforeEach, describe, it } from 'node:test';
import { logPosition } from '#domain/log-position';
import { InMemoryEventStore } from '#event-store/in-memory/in-memory-event-store';
import { SystemClock } from '#platform/time/system-clock';
import type { ReadModelDatabase, Statement } from '#read-models/database';
import { payoutsModel } from '#read-models/payouts/model';
import { PayoutStore } from '#read-models/payouts/store';
import { MemoryLogger } from '#test/support/memory-logger';
import { eventually } from '#test/support/eventually';
import { History, LIVES, payoutEvents, payoutNumber, usd } from '#test/support/read-models/history';
import { storedForm, writeLog } from '#test/support/read-models/log-writer';
import { SqliteReadModels } from '#test/support/read-models/sqlite-subject';
import { ProjectionRunner } from './projection-runner.js';

const clock = new SystemClock();

describe('a projection runner', { timeout: 60_000 }, () => {
  let models: SqliteReadModels;
  let database: ReadModelDatabase;
  let eventStore: InMemoryEventStore;
  let history: History;
  let runner: ProjectionRunner;
  let written: number;
  let logger: MemoryLogger;

  beforeEach(async () => {
    models = new SqliteReadModels();
    database = await models.open();
    eventStore = new InMemoryEventStore();
    history = new History();
    written = 0;
    logger = new MemoryLogger();
    history.open('acc-1');
    history.instruct('acc-1', 1, { kind: 'deposit', amount: usd('100000.00') });
    runner = new ProjectionRunner(payoutsModel, { eventStore, database, clock, logger });
  });
  afterEach(async () => {
    await runner.stop();
    await eventStore.close();
    await models.close();
    await models.dispose();
  });

  async function flush(): Promise<void> {
    await writeLog(eventStore, history.events.slice(written));
    written = history.events.length;
  }

  async function caughtUp(of = runner): Promise<void> {
    const head = await eventStore.head();
    await eventually(() => of.status().caughtUp && of.status().checkpoint === head);
  }

  const statusOf = async (number: number) =>
    (await new PayoutStore(database).find(payoutNumber(number)))?.status;

  it('projects what is there, then what comes', async () => {
    for (const step of LIVES['succeeded'] ?? []) history.happen(payoutEvents(1)[step]);
    await flush();
    assert.equal(runner.status().state, 'stopped');
    runner.start();
    await caughtUp();
    assert.equal(await statusOf(1), 'succeeded');
    for (const step of LIVES['cancelled'] ?? []) history.happen(payoutEvents(2)[step]);
    await flush();
    await caughtUp();
    assert.equal(await statusOf(2), 'cancelled');
    assert.deepEqual(
      [runner.status().model, runner.status().state, runner.status().lagMs, runner.status().trouble],
      ['payouts', 'running', 0, undefined],
    );
  });

  it('takes more than one page, and goes on where it stopped', async () => {
    for (let number = 0; number < 400; number += 1) {
      for (const step of LIVES['succeeded'] ?? []) history.happen(payoutEvents(number)[step]);
    }
    await flush();
    runner.start();
    await caughtUp();
    await runner.stop();
    assert.equal(runner.status().state, 'stopped');
    const page = await new PayoutStore(database).page({ status: 'succeeded' }, undefined, 1_000);
    assert.equal(page.length, 400);

    for (const step of LIVES['parked'] ?? []) history.happen(payoutEvents(1_000)[step]);
    await flush();
    const next = new ProjectionRunner(payoutsModel, { eventStore, database, clock, logger });
    next.start();
    await caughtUp(next);
    await next.stop();
    assert.equal(await statusOf(1_000), 'unknown');
    assert.equal((await new PayoutStore(database).page({}, undefined, 1_000)).length, 401);
  });

  it('moves its checkpoint over events that do not concern it', async () => {
    await flush();
    runner.start();
    await caughtUp();
    assert.equal(await database.checkpoint('payouts'), await eventStore.head());
  });

  it('writes nothing on top of rows that another runner has moved on, and says so', async () => {
    runner.start();
    await eventually(() => runner.status().caughtUp);
    await database.apply('payouts', undefined, logPosition('1'), []);
    for (const step of LIVES['succeeded'] ?? []) history.happen(payoutEvents(1)[step]);
    await flush();
    await eventually(() => logger.alarms().includes('projection-halted'));
    // The other's checkpoint is the one that counts.
    await caughtUp();
    assert.equal(await statusOf(1), 'succeeded');
    assert.equal(runner.status().trouble, undefined);
  });

  it('halts loudly at an event that nobody knows', async () => {
    const [first] = history.events;
    assert.ok(first);
    await eventStore.append('payout-x', 'no-stream', [{ ...storedForm(first), type: 'PayoutTeleported' }]);
    runner.start();
    await eventually(() => runner.status().state === 'halted');
    assert.match(runner.status().trouble ?? '', /UnreadableEventError: .*PayoutTeleported/);
    assert.ok(logger.alarms().includes('projection-halted'));
    assert.equal(await database.checkpoint('payouts'), undefined);
  });

  it('halts when the log ends before its checkpoint: it was restored, or is another one', async () => {
    await flush();
    await database.migrate(payoutsModel.schema);
    await database.apply('payouts', undefined, logPosition('999'), []);
    runner.start();
    await eventually(() => runner.status().state === 'halted');
    assert.match(runner.status().trouble ?? '', /LogShorterThanCheckpointError/);
    assert.equal(await database.checkpoint('payouts'), '999');
  });

  it('tries again when the database was away, and loses nothing', async () => {
    let away = 2;
    const flaky = new Proxy(database, {
      get(target, name): unknown {
        if (name !== 'apply') return Reflect.get(target, name) as unknown;
        return async (...args: Parameters<ReadModelDatabase['apply']>) => {
          const answer = await target.apply(...args);
          away -= 1;
          // The first time the rows are written and the answer is lost, which is the harder half.
          if (away >= 0) throw new Error('connection reset');
          return answer;
        };
      },
    });
    runner = new ProjectionRunner(payoutsModel, { eventStore, database: flaky, clock, logger });
    for (const step of LIVES['succeeded'] ?? []) history.happen(payoutEvents(1)[step]);
    await flush();
    runner.start();
    await eventually(() => runner.status().trouble !== undefined);
    history.happen(payoutEvents(2).requested);
    await flush();
    await caughtUp();
    assert.deepEqual([await statusOf(1), await statusOf(2)], ['succeeded', 'reserved']);
    assert.equal(runner.status().trouble, undefined);
  });

  it('writes one statement for a row that changes many times in a page', async () => {
    for (const step of LIVES['turned'] ?? []) history.happen(payoutEvents(1)[step]);
    await database.migrate(payoutsModel.schema);
    const statements: readonly Statement[] = await payoutsModel.project(database, history.events);
    assert.equal(statements.length, 1);
  });
});
