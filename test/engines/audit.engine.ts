import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { after, before, describe, it } from 'node:test';
import { text } from 'node:stream/consumers';
import { fileURLToPath } from 'node:url';
import { Replay } from '#audit/replay/replay';
import { PostgresTables } from '#audit/tables/postgres-tables';
import { SystemClock } from '#platform/time/system-clock';
import { payoutsModel } from '#read-models/payouts/model';
import { historyOf } from '#test/support/audit/ledger-folder';
import { LedgerServers } from '#test/support/audit/ledger-servers';
import { payoutNumber } from '#test/support/read-models/history';

const MAIN = fileURLToPath(import.meta.resolve('#audit/main'));

interface Run {
  readonly code: number;
  readonly out: string;
  readonly err: string;
}

describe('the audit of a ledger on servers', () => {
  const events = historyOf(['succeeded', 'turned', 'parked']);
  let ledger: LedgerServers;
  before(async () => {
    ledger = await LedgerServers.start();
    await ledger.write(events);
  });
  after(() => ledger.stop());

  async function audit(args: readonly string[], env: Readonly<Record<string, string>>): Promise<Run> {
    const child = spawn(process.execPath, [MAIN, ...args], {
      stdio: ['ignore', 'pipe', 'pipe'],
      env: { PATH: process.env['PATH'] ?? '', ...env },
    });
    const [out, err, [code]] = await Promise.all([
      text(child.stdout),
      text(child.stderr),
      once(child, 'close') as Promise<[number]>,
    ]);
    return { code, out, err };
  }

  const both = (): Readonly<Record<string, string>> => ({
    EVENTSTORE_URL: ledger.log.url,
    DATABASE_URL: ledger.tables.url,
  });

  it('answers from the log alone', async () => {
    const env = { EVENTSTORE_URL: ledger.log.url };
    const timeline = await audit(['timeline', payoutNumber(0)], env);
    assert.deepEqual([timeline.code, timeline.err], [0, '']);
    assert.match(timeline.out, /: succeeded\n/);
    const balance = await audit(['balance', 'acc-1', '--json'], env);
    assert.deepEqual([balance.code, balance.err], [0, '']);
    assert.equal(
      (JSON.parse(balance.out) as { balances: { available: string } }).balances.available,
      '961.75',
    );
  });

  it('compares the tables row by row, and names what differs', async () => {
    const good = await audit(['replay'], both());
    assert.deepEqual([good.code, good.err], [0, ''], good.out);
    assert.match(good.out, new RegExp(`^${events.length} events to position`));
    for (const model of ['payouts', 'payout-timeline', 'accounts'])
      assert.match(good.out, new RegExp(`^${model} .* 0 .* 0$`, 'm'));
    await ledger.tables.sql('UPDATE payout_read_models.payouts SET amount_minor = $1 WHERE payout_id = $2', [
      '1251',
      payoutNumber(1),
    ]);
    await ledger.tables.sql('DELETE FROM payout_read_models.account_balances WHERE book = $1', ['paid']);
    const bad = await audit(['replay'], both());
    assert.equal(bad.code, 1);
    assert.match(
      bad.out,
      new RegExp(`^payouts ${payoutNumber(1)}: amount_minor is "1251", the log says "1250"$`, 'm'),
    );
    assert.match(bad.out, /^account_balances acc-1 paid: the row is missing$/m);
    await ledger.tables.sql('TRUNCATE payout_read_models.read_model_checkpoint');
    await ledger.project();
    assert.equal((await audit(['replay'], both())).code, 0);
  });

  it('sees the tables of one moment while a projection goes on, and can write nothing', async () => {
    const tables = new PostgresTables(ledger.database);
    const report = await tables.inSnapshot(async (readModels) => {
      await readModels.checkpoint('payouts');
      await ledger.tables.sql(
        "UPDATE payout_read_models.payouts SET amount_minor = '9' WHERE payout_id = $1",
        [payoutNumber(1)],
      );
      await assert.rejects(readModels.migrate(payoutsModel.schema), { name: 'ReadOnlyTablesError' });
      return new Replay({ log: ledger.store, readModels, clock: new SystemClock() }).run();
    });
    assert.deepEqual(report.differences, []);
    await ledger.tables.sql(
      "UPDATE payout_read_models.payouts SET amount_minor = '1250' WHERE payout_id = $1",
      [payoutNumber(1)],
    );
    await assert.rejects(
      ledger.database.transaction(async (transaction) => {
        await transaction.query('SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY');
        await transaction.query('DELETE FROM payout_read_models.payouts');
      }),
    );
  });

  it('says what is missing where a server does not answer or a setting is wrong', async () => {
    const wrong = await audit(['replay'], { EVENTSTORE_URL: 'http://log:2113' });
    assert.equal(wrong.code, 64);
    assert.match(wrong.err, /EVENTSTORE_URL/);
    const noTables = await audit(['replay'], {
      ...both(),
      DATABASE_URL: 'postgres://nobody@127.0.0.1:9/none',
    });
    assert.equal(noTables.code, 69);
    assert.match(noTables.err, /^audit: .*127\.0\.0\.1:9/);
  });
});
