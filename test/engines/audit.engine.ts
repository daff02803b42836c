import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { after, before, describe, it } from 'node:test';
import { text } from 'node:stream/consumers';
import { fileURLToPath } from 'node:url';
import { PostgresTables } from '#audit/tables/postgres-tables';
import { Replay } from '#audit/replay/replay';
import { decodeMetadata } from '#domain/codec/metadata';
import { decodeEvent } from '#domain/codec/stored-event';
import { EventStoreDbEventStore } from '#event-store/eventstoredb/eventstoredb-event-store';
import type { PostgresDatabase } from '#platform/postgres/postgres-database';
import { SystemClock } from '#platform/time/system-clock';
import { PostgresReadModelDatabase } from '#read-models/postgres/postgres-read-model-database';
import { READ_MODELS } from '#read-models/models';
import { payoutsModel } from '#read-models/payouts/model';
import { historyOf } from '#test/support/audit/ledger-folder';
import { StandInProcess } from '#test/support/eventstoredb/stand-in-process';
import { MemoryLogger } from '#test/support/memory-logger';
import { migratedDatabase, openDatabase } from '#test/support/postgres/migrated-database';
import { startPostgres, type StartedPostgres } from '#test/support/postgres/start-postgres';
import type { TestDatabase } from '#test/support/postgres/test-database';
import { payoutNumber } from '#test/support/read-models/history';
import { writeLog } from '#test/support/read-models/log-writer';

const MAIN = fileURLToPath(import.meta.resolve('#audit/main'));

interface Run {
  readonly code: number;
  readonly out: string;
  readonly err: string;
}

// The whole log is replayed, so it has to be this test's own: always the stand-in, also where a server is given.
describe('the audit of a ledger on servers', () => {
  const clock = new SystemClock();
  const events = historyOf(['succeeded', 'turned', 'parked']);
  let log: StandInProcess;
  let server: StartedPostgres;
  let test: TestDatabase;
  let database: PostgresDatabase;
  let store: EventStoreDbEventStore;
  before(async () => {
    [log, server] = await Promise.all([StandInProcess.start(), startPostgres()]);
    test = await migratedDatabase(server.url);
    database = await openDatabase(test.url);
    store = await EventStoreDbEventStore.open({ url: log.url, clock, logger: new MemoryLogger() });
    await writeLog(store, events);
    await project();
  });
  after(async () => {
    await store.close();
    await database.close();
    await test.drop();
    await server.stop();
    await log.stop();
  });

  /** Brings every table up to the log's end. */
  async function project(): Promise<void> {
    const tables = new PostgresReadModelDatabase(database);
    for (const model of READ_MODELS) {
      await tables.migrate(model.schema);
      const from = await tables.checkpoint(model.schema.model);
      const recorded = await store.readAll({ limit: 10_000, ...(from === undefined ? {} : { after: from }) });
      const to = recorded.at(-1)?.position;
      if (to === undefined) continue;
      const batch = recorded
        .filter(({ type }) => model.concerns.has(type))
        .map((event) => {
          const { version, recordedAt } = decodeMetadata(event.metadata);
          const { position, revision } = event;
          return { event: decodeEvent(event, version), position, revision, recordedAt };
        });
      assert.equal(
        await tables.apply(model.schema.model, from, to, await model.project(tables, batch)),
        'applied',
      );
    }
  }

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

  const both = (): Readonly<Record<string, string>> => ({ EVENTSTORE_URL: log.url, DATABASE_URL: test.url });

  it('answers from the log alone', async () => {
    const env = { EVENTSTORE_URL: log.url };
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
    await test.sql('UPDATE payout_read_models.payouts SET amount_minor = $1 WHERE payout_id = $2', [
      '1251',
      payoutNumber(1),
    ]);
    await test.sql('DELETE FROM payout_read_models.account_balances WHERE book = $1', ['paid']);
    const bad = await audit(['replay'], both());
    assert.equal(bad.code, 1);
    assert.match(
      bad.out,
      new RegExp(`^payouts ${payoutNumber(1)}: amount_minor is "1251", the log says "1250"$`, 'm'),
    );
    assert.match(bad.out, /^account_balances acc-1 paid: the row is missing$/m);
    await test.sql('TRUNCATE payout_read_models.read_model_checkpoint');
    await project();
    assert.equal((await audit(['replay'], both())).code, 0);
  });

  it('sees the tables of one moment while a projection goes on, and can write nothing', async () => {
    const tables = new PostgresTables(database);
    const report = await tables.inSnapshot(async (readModels) => {
      await readModels.checkpoint('payouts');
      await test.sql("UPDATE payout_read_models.payouts SET amount_minor = '9' WHERE payout_id = $1", [
        payoutNumber(1),
      ]);
      await assert.rejects(readModels.migrate(payoutsModel.schema), { name: 'ReadOnlyTablesError' });
      return new Replay({ log: store, readModels, clock }).run();
    });
    assert.deepEqual(report.differences, []);
    await test.sql("UPDATE payout_read_models.payouts SET amount_minor = '1250' WHERE payout_id = $1", [
      payoutNumber(1),
    ]);
    await assert.rejects(
      database.transaction(async (transaction) => {
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
