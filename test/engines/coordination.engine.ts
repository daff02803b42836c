import assert from 'node:assert/strict';
import { after, before, describe, it, type TestContext } from 'node:test';
import type { HeldMessage } from '#coordination/held-messages';
import { LeaseKeeper } from '#coordination/lease-keeper';
import { PostgresCheckpoints } from '#coordination/postgres/postgres-checkpoints';
import { PostgresFollowUps } from '#coordination/postgres/postgres-follow-ups';
import { PostgresHeldMessages } from '#coordination/postgres/postgres-held-messages';
import { PostgresLeases } from '#coordination/postgres/postgres-leases';
import { DatabaseOutcomeUnknownError } from '#platform/postgres/errors';
import type { PostgresDatabase } from '#platform/postgres/postgres-database';
import { SystemClock } from '#platform/time/system-clock';
import { describeCoordinationContract, describeLeasesContract } from '#test/contract/coordination.contract';
import { eventually } from '#test/support/eventually';
import { MemoryLogger } from '#test/support/memory-logger';
import { CuttingProxy } from '#test/support/postgres/cutting-proxy';
import { migratedDatabase, openDatabase } from '#test/support/postgres/migrated-database';
import { startPostgres, type StartedPostgres } from '#test/support/postgres/start-postgres';
import type { TestDatabase } from '#test/support/postgres/test-database';
import { scramblingSealer } from '#test/support/scrambling-sealer';

describe('coordination on a real PostgreSQL', () => {
  let server: StartedPostgres;
  let test: TestDatabase;
  let database: PostgresDatabase;
  before(async () => {
    server = await startPostgres();
    test = await migratedDatabase(server.url);
    database = await openDatabase(test.url);
  });
  after(async () => {
    await database.close();
    await test.drop();
    await server.stop();
  });

  const empty = async (): Promise<void> => {
    await test.sql(
      `TRUNCATE payout_coordination.checkpoint, payout_coordination.follow_up, payout_coordination.hold,
         payout_coordination.held_message, payout_coordination.lease`,
    );
  };

  describeCoordinationContract('PostgreSQL', async (clock) => {
    await empty();
    return {
      checkpoints: new PostgresCheckpoints(database),
      followUps: new PostgresFollowUps(database),
      held: new PostgresHeldMessages(database, scramblingSealer, clock),
      dispose: async () => undefined,
    };
  });

  describeLeasesContract('PostgreSQL', async () => {
    await empty();
    return { leases: new PostgresLeases(database), dispose: async () => undefined };
  });

  const behindProxy = async (t: TestContext): Promise<{ proxy: CuttingProxy; own: PostgresDatabase }> => {
    const proxy = await CuttingProxy.start(server.url);
    const own = await openDatabase(proxy.through(test.url), {
      timeouts: { statementMs: 500, connectMs: 500 },
    });
    t.after(async () => {
      proxy.mode = 'open';
      await own.close();
      await proxy.stop();
    });
    await own.ready();
    return { proxy, own };
  };
  const message = (offset: string): HeldMessage => ({
    topic: 'payout.commands.v1',
    key: 'key-of-Maria-Perez',
    headers: { subject: 'header-of-Maria-Perez' },
    value: Uint8Array.from(Buffer.from('value-of-Maria-Perez')),
    offset,
  });

  it('tells by the checkpoint what became of a move whose answer was lost', async (t) => {
    await empty();
    const { proxy, own } = await behindProxy(t);
    const checkpoints = new PostgresCheckpoints(own);
    void proxy.cutNext('INSERT INTO payout_coordination.checkpoint', 'before');
    await assert.rejects(checkpoints.advance('a', undefined, '1'), DatabaseOutcomeUnknownError);
    assert.equal(await checkpoints.load('a'), undefined);
    assert.equal(await checkpoints.advance('a', undefined, '1'), 'moved');
    void proxy.cutNext('UPDATE payout_coordination.checkpoint', 'after');
    await assert.rejects(checkpoints.advance('a', '1', '2'), DatabaseOutcomeUnknownError);
    assert.equal(await checkpoints.load('a'), '2');
  });

  it('keeps of a held message only sealed bytes', async () => {
    await empty();
    await new PostgresHeldMessages(database, scramblingSealer, new SystemClock()).hold(
      'p',
      message('0/1'),
      'r',
    );
    const rows = await test.sql<{ sealed: Buffer }>('SELECT * FROM payout_coordination.held_message');
    assert.equal(rows.length, 1);
    const stored = Buffer.concat([Buffer.from(JSON.stringify(rows)), ...rows.map(({ sealed }) => sealed)]);
    assert.ok(stored.includes('payout.commands.v1'));
    assert.ok(!stored.includes('Maria-Perez'));
  });

  it('does not lose a message that it cannot open', async () => {
    await empty();
    await new PostgresHeldMessages(database, scramblingSealer, new SystemClock()).hold(
      'p',
      message('0/1'),
      'r',
    );
    const wrongKey = {
      seal: (plain: Uint8Array) => scramblingSealer.seal(plain),
      open: (): Uint8Array => {
        throw new Error('sealed under another key');
      },
    };
    const held = new PostgresHeldMessages(database, wrongKey, new SystemClock());
    await assert.rejects(held.skipFirst('p'), /another key/);
    assert.equal((await held.list())[0]?.count, 1);
  });

  for (const when of ['before', 'after'] as const) {
    it(`skips one message, and returns it, when the connection is lost ${when} the commit`, async (t) => {
      await empty();
      const { proxy, own } = await behindProxy(t);
      const held = new PostgresHeldMessages(own, scramblingSealer, new SystemClock());
      await held.hold('p', message('0/1'), 'r');
      await held.holdIfHeld('p', message('0/2'));
      const cut = proxy.cutNext('COMMIT\0', when);
      assert.deepEqual(await held.skipFirst('p'), message('0/1'));
      await cut;
      assert.equal((await held.list())[0]?.count, 1);
      assert.deepEqual(await held.skipFirst('p'), message('0/2'));
      assert.deepEqual(await held.list(), []);
    });
  }

  it('holds messages that come and go at once from several copies without losing one', async () => {
    await empty();
    const copies = Array.from(
      { length: 4 },
      () => new PostgresHeldMessages(database, scramblingSealer, new SystemClock()),
    );
    const taken: string[] = [];
    let held = 0;
    await Promise.all(
      copies.map(async (copy, index) => {
        for (let round = 0; round < 25; round += 1) {
          await copy.hold('p', message(`${index}/${round}`), 'r');
          held += 1;
          if (round % 2 === 0) {
            const skipped = await copy.skipFirst('p');
            if (skipped !== undefined) taken.push(skipped.offset);
          }
        }
      }),
    );
    for (;;) {
      const skipped = await copies[0]?.skipFirst('p');
      if (skipped === undefined) break;
      taken.push(skipped.offset);
    }
    assert.equal(taken.length, held);
    assert.equal(new Set(taken).size, held);
    assert.deepEqual(await copies[0]?.list(), []);
  });

  describe('leases', () => {
    it('are taken from a dead holder whose time lies hours ahead: the clock was set back', async () => {
      await empty();
      const leases = new PostgresLeases(database);
      await leases.take('x', 'a', 60_000);
      await test.sql("UPDATE payout_coordination.lease SET expires_at = expires_at + interval '1 hour'");
      assert.equal(await leases.take('x', 'b', 60_000), 2n);
      assert.equal(await leases.renew('x', 'a', 1n, 60_000), false);
    });

    it('keep their fence over a restart of the server, and have it grow past what a number holds', async () => {
      await empty();
      const leases = new PostgresLeases(database);
      await leases.take('x', 'a', 60_000);
      await test.sql('UPDATE payout_coordination.lease SET fence = 9007199254740993');
      if (server.kind !== 'given') await server.restart();
      await eventually(() => database.status().ready);
      assert.equal(await leases.renew('x', 'a', 9007199254740993n, 60_000), true);
      await leases.release('x', 'a', 9007199254740993n);
      assert.equal(await leases.take('x', 'b', 60_000), 9007199254740994n);
      assert.equal((await leases.list())[0]?.fence, 9007199254740994n);
    });

    it('are renewed while all other connections are in use', async () => {
      await empty();
      const leases = new PostgresLeases(database);
      await leases.take('x', 'a', 60_000);
      const busy = Array.from({ length: 12 }, () => database.read('SELECT pg_sleep(1)'));
      const from = performance.now();
      assert.equal(await leases.renew('x', 'a', 1n, 60_000), true);
      assert.ok(performance.now() - from < 900);
      await Promise.all(busy);
    });

    it('move to another copy in time when a holder loses the database, and are never held by two', async (t) => {
      await empty();
      const ttlMs = 1_500;
      const [a, b] = [await behindProxy(t), await behindProxy(t)];
      const log: { readonly holder: string; readonly fence: bigint }[] = [];
      let running = 0;
      let most = 0;
      const keeper = (holder: string, own: PostgresDatabase): LeaseKeeper =>
        new LeaseKeeper({
          leases: new PostgresLeases(own),
          clock: new SystemClock(),
          logger: new MemoryLogger(),
          name: 'ledger',
          holder,
          ttlMs,
          task: async ({ fence, lost }) => {
            log.push({ holder, fence });
            running += 1;
            most = Math.max(most, running);
            await new Promise<void>((resolve) =>
              lost.addEventListener('abort', () => resolve(), { once: true }),
            );
            running -= 1;
          },
        });
      const keepers = [keeper('a', a.own), keeper('b', b.own)] as const;
      t.after(() => Promise.all(keepers.map((one) => one.stop())));
      keepers[0].start();
      await eventually(() => log.length === 1);
      keepers[1].start();
      a.proxy.mode = 'hang';
      const from = performance.now();
      await eventually(() => log.length === 2);
      assert.ok(performance.now() - from < 3 * ttlMs);
      a.proxy.mode = 'open';
      b.proxy.mode = 'refuse';
      b.proxy.cutAll();
      await eventually(() => log.length === 3);
      b.proxy.mode = 'open';
      assert.deepEqual(log, [
        { holder: 'a', fence: 1n },
        { holder: 'b', fence: 2n },
        { holder: 'a', fence: 3n },
      ]);
      assert.equal(most, 1);
    });
  });
});
