import assert from 'node:assert/strict';
import { afterEach, beforeEach, describe, it } from 'node:test';
import { InMemoryEventStore } from '#event-store/in-memory/in-memory-event-store';
import { SystemClock } from '#platform/time/system-clock';
import type { ReadModelDatabase, Statement } from '#read-models/database';
import { historyOf, project } from '#test/support/audit/ledger-folder';
import { LIVES, payoutNumber, type LoggedEvent } from '#test/support/read-models/history';
import { storedForm, writeLog } from '#test/support/read-models/log-writer';
import { SqliteReadModels } from '#test/support/read-models/sqlite-subject';
import { Replay } from './replay.js';
import { replayText } from './replay-text.js';
import type { ReplayReport } from './replay-report.js';

const clock = new SystemClock();
const EVERY_LIFE = Object.keys(LIVES);

describe('the replay of a log', () => {
  const models = new SqliteReadModels();
  let database: ReadModelDatabase;
  let log: InMemoryEventStore;
  beforeEach(async () => {
    database = await models.open();
    log = new InMemoryEventStore();
  });
  afterEach(async () => {
    for (const table of [
      'payouts',
      'payout_timeline',
      'accounts',
      'account_balances',
      'account_instructions',
    ])
      await change({ sql: `DELETE FROM ${table}`, parameters: [] });
    await change({ sql: `UPDATE read_model_checkpoint SET position = ''`, parameters: [] });
    await models.close();
  });

  const replay = (): Promise<ReplayReport> => new Replay({ log, readModels: database, clock }).run();

  /** What a defect or a person with a database client would do. */
  async function change(...statements: readonly Statement[]): Promise<void> {
    const from = await database.checkpoint('payouts');
    assert.equal(await database.apply('payouts', from, from ?? ('1' as never), statements), 'applied');
  }

  async function written(lives: readonly string[], projected?: number): Promise<readonly LoggedEvent[]> {
    const events = historyOf(lives);
    await writeLog(log, events);
    await project(database, events.slice(0, projected));
    return events;
  }

  it('finds every life of a payout equal to its rows', async () => {
    const events = await written(EVERY_LIFE);
    const report = await replay();
    assert.deepEqual(report.differences, []);
    assert.equal(report.equal, true);
    assert.deepEqual(report.log, { events: events.length, lastPosition: String(events.length) });
    assert.deepEqual(report.payouts, {
      total: EVERY_LIFE.length,
      byStatus: {
        requested: 2,
        rejected: 2,
        cancelled: 1,
        succeeded: 6,
        failed: 1,
        submitted: 2,
        unknown: 2,
      },
      parked: 2,
      reversed: 2,
    });
    assert.deepEqual(report.accounts, { total: 1, closed: 0 });
    assert.deepEqual(report.brokenAccounts, []);
    const [usd, ...others] = report.currencies;
    assert.deepEqual(others, []);
    assert.equal(usd?.debits, usd?.credits);
    assert.deepEqual([usd?.reserved, usd?.openReservations, usd?.balanced], ['78.00', '78.00', true]);
    const rows = report.readModels?.map(({ model, eventsBehind, rows: count }) => [
      model,
      eventsBehind,
      count,
    ]);
    assert.deepEqual(
      rows?.map(([model, behind]) => [model, behind]),
      [
        ['payouts', 0],
        ['payout-timeline', 0],
        ['accounts', 0],
      ],
    );
    assert.ok(rows.every(([, , count]) => Number(count) > 0));
    assert.match(
      replayText(report),
      /the books balance, and the read models are what the log makes of them\n$/,
    );
  });

  it('compares at the checkpoint of each model, wherever it stands', async () => {
    const events = historyOf(['succeeded', 'turned', 'parked']);
    for (let projected = 1; projected < events.length; projected += 1) {
      const other = new InMemoryEventStore();
      await writeLog(other, events);
      await project(database, events.slice(projected - 1, projected));
      const report = await new Replay({ log: other, readModels: database, clock }).run();
      assert.deepEqual(report.differences, [], `at ${projected}`);
      assert.equal(report.readModels?.[0]?.eventsBehind, events.length - projected);
      assert.equal(report.readModels[0].checkpoint, String(projected));
    }
  });

  it('names table, row and column of a changed row', async () => {
    await written(['succeeded', 'failed']);
    await change({
      sql: `UPDATE payouts SET status = 'failed' WHERE payout_id = ?`,
      parameters: [payoutNumber(0)],
    });
    await change({
      sql: `UPDATE account_balances SET amount_minor = '1' WHERE book = 'available'`,
      parameters: [],
    });
    await change({
      sql: `UPDATE payout_timeline SET summary = '{}' WHERE type = 'FundsSettled'`,
      parameters: [],
    });
    const report = await replay();
    assert.equal(report.equal, false);
    assert.deepEqual(
      report.differences.map((one) =>
        one.kind === 'column' ? [one.table, one.column, one.expected] : one.kind,
      ),
      [
        ['payouts', 'status', 'succeeded'],
        [
          'payout_timeline',
          'summary',
          '{"reserved":"13.00","currency":"USD","paid":"12.50","fee":"0.25","released":"0.25","difference":"0.00"}',
        ],
        ['account_balances', 'amount_minor', '98725'],
      ],
    );
    assert.match(
      replayText(report),
      new RegExp(`payouts ${payoutNumber(0)}: status is "failed", the log says "succeeded"\n`),
    );
  });

  it('names rows that are missing, and rows that nothing in the log makes', async () => {
    await written(['succeeded']);
    await change(
      { sql: `UPDATE payouts SET payout_id = 'made-up'`, parameters: [] },
      {
        sql: `UPDATE payout_timeline SET payout_id = 'made-up' WHERE type = 'FundsReserved'`,
        parameters: [],
      },
    );
    const { differences } = await replay();
    assert.deepEqual(
      differences
        .filter(({ model }) => model === 'payouts')
        .map((one) => (one.kind === 'column' ? one : [one.kind, 'key' in one && one.key])),
      [
        ['unexpected-row', 'made-up'],
        ['missing-row', payoutNumber(0)],
      ],
    );
    assert.deepEqual(
      differences.filter(({ model }) => model === 'payout-timeline').map(({ kind }) => kind),
      ['missing-row', 'unexpected-row'],
    );
  });

  it('sees a log that is shorter than a checkpoint', async () => {
    const events = historyOf(['succeeded']);
    await project(database, events);
    await writeLog(log, events.slice(0, 5));
    const { differences, equal } = await replay();
    assert.equal(equal, false);
    assert.deepEqual(
      differences,
      ['payouts', 'payout-timeline', 'accounts'].map((model) => ({
        kind: 'checkpoint-after-end',
        model,
        checkpoint: String(events.length),
        end: '5',
      })),
    );
  });

  it('stops at an event that it cannot read, or that cannot have happened, and names the place', async () => {
    const events = await written(['succeeded']);
    const request = events.find(({ event }) => event.type === 'PayoutRequested');
    assert.ok(request);
    const again = { ...request, revision: 4n };
    await log.append(request.stream, 3n, [storedForm(again)]);
    await assert.rejects(replay(), {
      name: 'UnreadableLogError',
      position: String(events.length + 1),
      message: /ImpossibleHistoryError/,
    });
  });

  it('checks the log alone where there are no read models', async () => {
    await writeLog(log, historyOf(['succeeded']));
    const report = await new Replay({ log, readModels: undefined, clock }).run();
    assert.deepEqual([report.readModels, report.equal], [null, true]);
    assert.match(replayText(report), /no read models were compared/);
  });

  it('has nothing to say about an empty log', async () => {
    const report = await new Replay({ log, readModels: undefined, clock }).run();
    assert.deepEqual(report.log, { events: 0, lastPosition: null });
    assert.equal(report.equal, true);
  });
});
