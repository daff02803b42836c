import assert from 'node:assert/strict';
import { after, before, describe, it, type TestContext } from 'node:test';
import { logPosition } from '#domain/log-position';
import { DatabaseOutcomeUnknownError } from '#platform/postgres/errors';
import type { PostgresDatabase } from '#platform/postgres/postgres-database';
import { isoTime } from '#platform/time/clock';
import { accountsSchema } from '#read-models/accounts/schema';
import type { ReadModelDatabase } from '#read-models/database';
import { payoutTimelineSchema } from '#read-models/payout-timeline/model';
import { PayoutStore } from '#read-models/payouts/store';
import { PostgresReadModelDatabase } from '#read-models/postgres/postgres-read-model-database';
import { upsert } from '#read-models/upsert';
import { describeReadModelDatabaseContract } from '#test/contract/read-model-database.contract';
import { eventually } from '#test/support/eventually';
import { CuttingProxy } from '#test/support/postgres/cutting-proxy';
import { migratedDatabase, openDatabase } from '#test/support/postgres/migrated-database';
import { startPostgres, type StartedPostgres } from '#test/support/postgres/start-postgres';
import type { TestDatabase } from '#test/support/postgres/test-database';
import { buildModels } from '#test/support/read-models/built-models';
import { History, LIVES, payoutEvents, START, usd } from '#test/support/read-models/history';
import { SqliteReadModels } from '#test/support/read-models/sqlite-subject';

/** Every life that a payout can have, several times, mixed, over three accounts. */
function manyLives(): History {
  const history = new History();
  const names = ['acc-1', 'ACC-2', 'acc_3'];
  for (const [index, name] of names.entries()) {
    history.open(name);
    history.instruct(name, index + 1, { kind: 'deposit', amount: usd('100000.00') });
  }
  const lives = [...Object.values(LIVES), ...Object.values(LIVES), ...Object.values(LIVES)];
  const waiting = lives.map((steps, number) => {
    const events = payoutEvents(number, names[number % names.length]);
    return steps.map((step) => events[step]);
  });
  for (let round = 0; waiting.some((steps) => steps.length > 0); round += 1) {
    const event = waiting[(round * 7) % waiting.length]?.shift();
    if (event !== undefined) history.happen(event);
  }
  history.instruct('acc_3', 9, { kind: 'close' });
  return history;
}

describe('read models on a real PostgreSQL', () => {
  let server: StartedPostgres;
  before(async () => {
    server = await startPostgres();
  });
  after(() => server.stop());

  describeReadModelDatabaseContract('PostgreSQL', async () => {
    const test = await migratedDatabase(server.url);
    let database: PostgresDatabase | undefined;
    return {
      open: async () => {
        database = await openDatabase(test.url);
        return new PostgresReadModelDatabase(database);
      },
      close: async () => database?.close(),
      dispose: () => test.drop(),
    };
  });

  const prepared = async (
    t: TestContext,
    options?: string,
  ): Promise<{ test: TestDatabase; proxy: CuttingProxy; models: PostgresReadModelDatabase }> => {
    const test = await migratedDatabase(server.url, options);
    const proxy = await CuttingProxy.start(server.url);
    const database = await openDatabase(proxy.through(test.url));
    t.after(async () => {
      await database.close();
      await proxy.stop();
      await test.drop();
    });
    return { test, proxy, models: new PostgresReadModelDatabase(database) };
  };

  // A collation in which «a-b» and «ab» are neighbours, and case comes last: keys must not be ordered by it.
  for (const options of ['', "TEMPLATE template0 LOCALE_PROVIDER icu ICU_LOCALE 'en-US'"]) {
    it(`have the very rows that SQLite has of the same history (${options || 'plain'})`, async (t) => {
      const { models } = await prepared(t, options);
      const sqlite = new SqliteReadModels();
      t.after(async () => {
        await sqlite.close();
        await sqlite.dispose();
      });
      const history = manyLives();
      const byTable = (dump: Readonly<Record<string, readonly object[]>>) =>
        Object.entries(dump).map(([table, rows]) => [
          table,
          rows.map((row) => JSON.stringify(Object.entries(row))).sort(),
        ]);
      const sqliteModels = await sqlite.open();
      const expected = await buildModels(sqliteModels, history, [500]);
      assert.ok((expected['payouts'] ?? []).length > 40);
      assert.deepEqual(byTable(await buildModels(models, history, [1, 5, 50])), byTable(expected));
      const requestedFrom = isoTime(START + 20_000);
      const paged = async (database: ReadModelDatabase): Promise<readonly string[]> => {
        const ids: string[] = [];
        for (let olderThan: string | undefined; ;) {
          const page = await new PayoutStore(database).page({ requestedFrom }, olderThan, 7);
          ids.push(...page.map((row) => row.payout_id));
          olderThan = page.at(-1)?.opened_key;
          if (olderThan === undefined) return ids;
        }
      };
      assert.ok((await paged(models)).length > 20);
      assert.deepEqual(await paged(models), await paged(sqliteModels));
    });
  }

  it('take a page of many rows in few trips', async (t) => {
    const { models } = await prepared(t);
    await models.migrate(payoutTimelineSchema);
    const rows = Array.from({ length: 2_000 }, (_, number) =>
      upsert(models.build, 'payout_timeline', ['payout_id', 'position_key'], {
        payout_id: `p-${number % 100}`,
        position_key: String(number).padStart(6, '0'),
        position: String(number),
        type: 'PayoutRequested',
        at: '2026-01-01T00:00:00.000Z',
        summary: '{"text":"a\\u0000b"}',
      }),
    );
    const { model } = payoutTimelineSchema;
    assert.equal(await models.apply(model, undefined, logPosition('1'), rows), 'applied');
    assert.equal(await models.apply(model, logPosition('1'), logPosition('2'), rows), 'applied');
    const found = await models.query(models.build.selectFrom('payout_timeline').selectAll().compile());
    assert.equal(found.length, 2_000);
  });

  it('tell by the checkpoint what became of a step whose answer was lost', async (t) => {
    const { models, proxy } = await prepared(t);
    await models.migrate(accountsSchema);
    const { model } = accountsSchema;
    const [one, two] = [logPosition('1'), logPosition('2')];
    void proxy.cutNext('COMMIT\0', 'before');
    await assert.rejects(models.apply(model, undefined, one, []), DatabaseOutcomeUnknownError);
    assert.equal(await models.checkpoint(model), undefined);
    assert.equal(await models.apply(model, undefined, one, []), 'applied');
    void proxy.cutNext('COMMIT\0', 'after');
    await assert.rejects(models.apply(model, one, two, []), DatabaseOutcomeUnknownError);
    assert.equal(await models.checkpoint(model), '2');
    assert.equal(await models.apply(model, one, two, []), 'lost');
  });

  it('are made once by several copies that start at once', async (t) => {
    const { test, models } = await prepared(t);
    const others = await Promise.all(Array.from({ length: 4 }, () => openDatabase(test.url)));
    t.after(() => Promise.all(others.map((database) => database.close())));
    const copies = [models, ...others.map((database) => new PostgresReadModelDatabase(database))];
    await Promise.all(copies.map((copy) => copy.migrate(accountsSchema)));
    const answers = await Promise.all(
      copies.map((copy, index) => copy.apply('accounts', undefined, logPosition(String(index + 1)), [])),
    );
    assert.equal(answers.filter((answer) => answer === 'applied').length, 1);
  });

  it('go on after a restart of the server in the middle of a projection', async (t) => {
    const { test, models } = await prepared(t);
    await models.migrate(payoutTimelineSchema);
    const { model } = payoutTimelineSchema;
    const row = (number: number) =>
      upsert(models.build, 'payout_timeline', ['payout_id', 'position_key'], {
        payout_id: 'p',
        position_key: String(number).padStart(6, '0'),
        position: String(number),
        type: 'PayoutRequested',
        at: '2026-01-01T00:00:00.000Z',
        summary: '{}',
      });
    let restarted: Promise<unknown> | undefined;
    for (let number = 1; number <= 300;) {
      try {
        const from = await models.checkpoint(model);
        number = Number(from ?? '0') + 1;
        await models.apply(model, from, logPosition(String(number)), [row(number)]);
      } catch {
        await new Promise((resolve) => setTimeout(resolve, 10));
      }
      if (number === 100) {
        restarted ??=
          server.kind === 'given'
            ? test.sql(
                `SELECT pg_terminate_backend(pid) FROM pg_stat_activity
                 WHERE datname = current_database() AND pid <> pg_backend_pid()`,
              )
            : server.restart();
      }
    }
    assert.ok(restarted !== undefined);
    await restarted;
    await eventually(async () => (await models.checkpoint(model)) !== undefined);
    const found = await models.query(
      models.build.selectFrom('payout_timeline').select('position').orderBy('position_key').compile(),
    );
    assert.deepEqual(
      found.map(({ position }) => Number(position)),
      Array.from({ length: Number(await models.checkpoint(model)) }, (_, index) => index + 1),
    );
  });
});
