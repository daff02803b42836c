import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { FaultWorld } from '#test/support/faults/fault-world';
import { runSql } from '#test/support/postgres/test-database';

const PROGRAMS = ['command-1', 'projection', 'query'] as const;
const MENDED = 'mended-by-an-administrator';

/** The user that the programs are to be, with a password that isn't right yet. */
function asLedger(url: string): string {
  const address = new URL(url);
  address.username = 'ledger';
  address.password = MENDED;
  return address.href;
}

describe('programs and a database that fails', () => {
  let world: FaultWorld;
  let superuser: string;
  before(async () => {
    world = await FaultWorld.start({ withDatabaseUser: asLedger, prepared: false });
    superuser = world.engines.postgres.url;
    await runSql(superuser, "CREATE ROLE ledger LOGIN SUPERUSER PASSWORD 'not-the-one'");
    world.fleet.prepare(['topics']);
  });
  after(() => world.end());

  it('say that the password is wrong, then that tables are missing, and go on by themselves', async () => {
    await world.launch(...PROGRAMS, 'callback');
    const refused = /ledger@127\.0\.0\.1:\d+\/test_\w+.*(password|user)/i;
    await world.untilWaits('command-1', { database: refused, keys: refused });
    await world.untilWaits('projection', { database: refused });
    await world.untilWaits('query', { database: refused });
    await world.untilReady('callback');
    for (const name of PROGRAMS) {
      const line = await world.log(name).untilHas('database not ready', '"level":"warn"');
      assert.match(String(line['reason']), refused);
      assert.ok(!world.log(name).text.includes(MENDED), 'the password is in no line');
    }
    await runSql(superuser, `ALTER ROLE ledger PASSWORD '${MENDED}'`);
    const missing = /lacks migrations \(.*\): .*npm run migrate/;
    await world.untilWaits('command-1', { database: missing, keys: missing });
    await world.untilWaits('projection', { database: missing });
    world.fleet.prepare(['migrate']);
    for (const name of PROGRAMS) await world.untilReady(name);
    await world.connectCaller();
    await world.openAccount('acme');
    await world.pay('acme', 5);
  });

  it('lose nothing when connections are cut under load', async () => {
    const sent = world.pay('acme', 40);
    for (let cuts = 0; cuts < 4; cuts += 1) {
      await sleep(250);
      await runSql(
        superuser,
        "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE usename = 'ledger' AND pid <> pg_backend_pid()",
      );
    }
    await sent;
    for (const name of PROGRAMS) await world.untilReady(name);
    world.assertNobodyDied();
  });

  it('lose nothing when the database is restarted under load', async () => {
    const sent = world.pay('acme', 40);
    await sleep(200);
    await world.engines.postgres.restart();
    await sent;
    for (const name of PROGRAMS) await world.untilReady(name);
    await world.pay('acme', 5);
    await world.assertNothingLost();
    await world.assertEverySendHasAnIntent();
    assert.ok(world.log('command-1').with('database ready').length >= 2);
    world.assertNobodyDied();
  });
});
