import assert from 'node:assert/strict';
import { randomInt } from 'node:crypto';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { judge } from '#demo/checker/judge-run';
import type { RunReport } from '#demo/checker/run-report';
import { readRun } from '#demo/checker/stored-run';
import { asFarAsTheLedgerCame, wrongAtKill } from '../support/processes/judged-at-kill.js';
import { LedgerProcesses } from '../support/processes/ledger-processes.js';
import { openMainAccounts } from '../support/processes/opened-accounts.js';
import { PayoutLoad } from '../support/processes/payout-load.js';
import { MAIN_ACCOUNTS, PAYOUT_ROUTES } from '../support/processes/payout-routes.js';
import { SeededRandom } from '../support/processes/seeded-random.js';

const KILLS = 20;
/** These fall into the start: of a new folder, and of one that a killed process left. */
const KILLED_WHILE_STARTING = [0, 8, 15];
const REPEATED_PER_LIFE = 4;
const SETTLED_WITHIN = 40_000;

describe('20 kills at random times under load', () => {
  const seed = Number(process.env['KILL_SEED'] ?? randomInt(1, 1_000_000));
  const random = new SeededRandom(seed);
  let processes: LedgerProcesses;
  let load: PayoutLoad;
  before(async () => {
    processes = await LedgerProcesses.create();
    load = new PayoutLoad(processes, new SeededRandom(seed + 1));
    await processes.startSandbox();
  });
  after(() => {
    load.abandon();
    return processes.dispose();
  });

  it('keeps every promise, pays nobody twice, and balances, after each kill and at the end', async (t) => {
    t.diagnostic(`KILL_SEED=${seed}`);
    let inTheMiddle = 0;
    let [accountsAreOpen, caughtBetween] = [false, 0];
    for (let kill = 0; kill < KILLS; kill += 1) {
      const service = processes.launchService();
      const starting = KILLED_WHILE_STARTING.includes(kill);
      if (!starting) {
        await service.ready;
        if (!accountsAreOpen) {
          await openMainAccounts(processes.api);
          load.start();
          accountsAreOpen = true;
        }
        await repeatSome(load, random);
      }
      await sleep(random.between(30, starting ? 500 : 700));
      const busy = load.underWay > 0;
      await service.kill();
      if (!existsSync(join(processes.data, 'ledger.db'))) continue;
      const found = await leftBehind(processes, load, `kill ${kill + 1} of ${KILLS}, KILL_SEED=${seed}`);
      if (busy && found.open > 0) inTheMiddle += 1;
      if (found.cut) caughtBetween += 1;
    }
    await processes.startService();
    await load.stop();
    const report = await settled(processes, load);
    t.diagnostic(
      `${report.payouts} payouts, ${load.acknowledged.length} answers; ${inTheMiddle} kills in the middle, ` +
        `${caughtBetween} of them between a payout's event and its account's entry`,
    );
    assert.deepEqual(report.findings, []);
    assert.deepEqual(
      [report.open, report.booksBalance, report.providersAgree, report.paidTwice, report.replayEqual],
      [0, true, true, 0, true],
    );
    // No provider changed its mind, so nothing was taken for final that wasn't: unknown is not failed.
    assert.equal(report.reversed, 0);
    // No command became two payouts, and none that wasn't sent is there.
    assert.equal(report.payouts, load.sent.length);
    assertDeposits(processes, load);
    // The run was one that could have gone wrong.
    assert.ok(inTheMiddle >= KILLS / 2, `only ${inTheMiddle} kills fell into the middle of something`);
    assert.ok(report.succeeded > 100 && report.failed > 0 && report.rejected > 0);
    for (const { provider } of PAYOUT_ROUTES) assert.ok((report.byProvider[provider]?.succeeded ?? 0) > 0);
  });
});

/** A command that was answered in an earlier life is answered again as it was. */
async function repeatSome(load: PayoutLoad, random: SeededRandom): Promise<void> {
  const some = Array.from({ length: Math.min(REPEATED_PER_LIFE, load.sent.length) }, () =>
    random.of(load.sent),
  );
  await Promise.all(
    some.map(async ({ plan, answered }) => assert.deepEqual(await load.repeat(plan), answered)),
  );
}

async function leftBehind(
  processes: LedgerProcesses,
  load: PayoutLoad,
  name: string,
): Promise<{ readonly open: number; readonly cut: boolean }> {
  // Taken before the log and the book are read: both may only be ahead of it.
  const acknowledged = [...load.acknowledged];
  const run = readRun(processes.data);
  const book = (await processes.book()).body;
  assert.deepEqual(wrongAtKill(run, book, acknowledged, load.beneficiaries), [], name);
  const { open } = judge(run, book, load.beneficiaries);
  return { open, cut: asFarAsTheLedgerCame(run).events.length < run.events.length };
}

/** Asks until nothing moves any more: each payout is final or with a person, and tables and providers have followed. */
async function settled(processes: LedgerProcesses, load: PayoutLoad): Promise<RunReport> {
  const until = performance.now() + SETTLED_WITHIN;
  for (;;) {
    const run = readRun(processes.data);
    const report = judge(run, (await processes.book()).body, load.beneficiaries);
    if ((report.open === 0 && report.findings.length === 0) || performance.now() > until) return report;
    await sleep(250);
  }
}

function assertDeposits(processes: LedgerProcesses, load: PayoutLoad): void {
  const rows = readRun(processes.data).balanceRows.filter(({ book }) => book === 'deposits');
  for (const [accountId, { deposit }] of Object.entries(MAIN_ACCOUNTS)) {
    const row = rows.find(({ account_id: id }) => id === accountId);
    const [whole = ''] = deposit.split('.');
    // What came in from outside is a debit there.
    const [found = ''] = String(row?.['amount']).replace('-', '').split('.');
    assert.equal(BigInt(found), BigInt(whole) + (load.deposited.get(accountId) ?? 0n), accountId);
  }
}
