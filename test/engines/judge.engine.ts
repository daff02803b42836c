import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { judge } from '#demo/checker/judge-run';
import { ProductionRun } from '#demo/checker/production-run';
import { readRun, type StoredRun } from '#demo/checker/stored-run';
import type { RunReport } from '#demo/checker/run-report';
import { historyOf, LedgerFolder } from '#test/support/audit/ledger-folder';
import { LedgerServers } from '#test/support/audit/ledger-servers';
import { payoutNumber } from '#test/support/read-models/history';

const NO_BOOK = { orders: [], movements: [] };
const NOBODY: ReadonlyMap<string, string> = new Map();
const LIVES = ['succeeded', 'turned', 'parked', 'succeededUnheard'] as const;

describe('the judgement of a run on servers', () => {
  const events = historyOf(LIVES);
  let servers: LedgerServers;
  let production: ProductionRun;
  before(async () => {
    servers = await LedgerServers.start();
    await servers.write(events);
    // A process has one client of the log at a time.
    await servers.store.close();
    production = ProductionRun.open({ eventStoreUrl: servers.log.url, databaseUrl: servers.tables.url });
  });
  after(async () => {
    await production.close();
    await servers.stop();
  });

  const judged = (run: StoredRun): RunReport => judge(run, NO_BOOK, NOBODY);

  it('reads what the same history is in a folder, but for its positions', async () => {
    const folder = new LedgerFolder();
    try {
      await folder.write(events);
      const [there, here] = [await production.read(), readRun(folder.path)];
      const without = (run: StoredRun) =>
        run.events.map(({ id, stream, revision, type, data: { cause: _cause, ...data } }) => ({
          ...{ id, stream, revision, type, data },
        }));
      assert.deepEqual(without(there), without(here));
      const columns = [
        'payout_id',
        'status',
        'amount',
        'amount_minor',
        'paid_minor',
        'fee',
        'reversed_count',
      ];
      const rows = (run: StoredRun) =>
        run.payoutRows
          .map((row) => columns.map((column) => row[column]))
          .sort(([a], [b]) => String(a).localeCompare(String(b)));
      assert.deepEqual(rows(there), rows(here));
      assert.equal(there.balanceRows.length, here.balanceRows.length);
    } finally {
      await folder.dispose();
    }
  });

  it('judges the tables by the log, and names the row that differs', async () => {
    const before = judged(await production.read());
    assert.deepEqual(
      [before.payouts, before.replayEqual],
      [LIVES.length, true],
      JSON.stringify(before.findings),
    );
    await servers.tables.sql("UPDATE payout_read_models.payouts SET paid = '1.00' WHERE payout_id = $1", [
      payoutNumber(0),
    ]);
    const after = judged(await production.read());
    assert.equal(after.replayEqual, false);
    assert.match(
      after.findings.find(({ claim }) => claim === 'replayEqual')?.text ?? '',
      new RegExp(`${payoutNumber(0)}: paid is 1\\.00, the log says`),
    );
  });

  it('reads on from where it was, each event once and in order', async () => {
    const first = await production.readLog();
    assert.deepEqual(await production.readLog(), first);
    assert.equal(new Set(first.map(({ position }) => position)).size, events.length);
    const positions = first.map(({ position }) => position);
    assert.deepEqual(
      positions,
      [...positions].sort((a, b) => (a < b ? -1 : 1)),
    );
  });
});
