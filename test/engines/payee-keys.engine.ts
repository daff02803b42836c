import assert from 'node:assert/strict';
import { after, before, describe, it, type TestContext } from 'node:test';
import { SystemIds } from '#platform/ids/system-ids';
import { PayeeErasedError, WrongMasterKeyError } from '#platform/vault/errors';
import { KeyWrapper } from '#platform/vault/key-wrapper';
import { MasterKey } from '#platform/vault/master-key';
import { PostgresPayeeKeys } from '#platform/vault/postgres/postgres-payee-keys';
import { describePayeeKeysContract } from '#test/contract/payee-keys.contract';
import { eventually } from '#test/support/eventually';
import { CuttingProxy } from '#test/support/postgres/cutting-proxy';
import { migratedDatabase, openDatabase } from '#test/support/postgres/migrated-database';
import { startPostgres, type StartedPostgres } from '#test/support/postgres/start-postgres';

const ids = new SystemIds();

function newMaster(): { master: MasterKey; wrapper: KeyWrapper } {
  const master = MasterKey.parse(MasterKey.generate(ids));
  return { master, wrapper: new KeyWrapper(master, ids) };
}

describe('payee keys on a real PostgreSQL', () => {
  let server: StartedPostgres;
  before(async () => {
    server = await startPostgres();
  });
  after(() => server.stop());

  describePayeeKeysContract('PostgreSQL', async (master, wrapper) => {
    const test = await migratedDatabase(server.url);
    const database = await openDatabase(test.url);
    return {
      keys: await PostgresPayeeKeys.open(database, master, wrapper),
      close: async () => {
        await database.close();
        await test.drop();
      },
    };
  });

  const prepared = async (t: TestContext) => {
    const test = await migratedDatabase(server.url);
    const proxy = await CuttingProxy.start(server.url);
    const { master, wrapper } = newMaster();
    const databases: { close(): Promise<void> }[] = [];
    t.after(async () => {
      proxy.mode = 'open';
      await Promise.all(databases.map((database) => database.close()));
      await proxy.stop();
      await test.drop();
    });
    const open = async (with_ = { master, wrapper }): Promise<PostgresPayeeKeys> => {
      const database = await openDatabase(proxy.through(test.url));
      databases.push(database);
      return PostgresPayeeKeys.open(database, with_.master, with_.wrapper);
    };
    return { test, proxy, master, wrapper, open };
  };

  it('are there for another process, and so is what was destroyed', async (t) => {
    const { open } = await prepared(t);
    const one = await open();
    await one.getOrCreate('gone');
    await one.destroy('gone');
    const kept = await one.getOrCreate('kept');
    const other = await open();
    await eventually(() => other.status().ready);
    assert.deepEqual(await other.find('kept'), kept);
    assert.equal(await other.find('gone'), 'erased');
    await assert.rejects(other.getOrCreate('gone'), PayeeErasedError);
  });

  it('are one key for two processes that ask at once', async (t) => {
    const { open } = await prepared(t);
    const copies = await Promise.all([open(), open(), open()]);
    const answers = await Promise.all(
      Array.from({ length: 20 }, (_, index) =>
        copies.map((copy) => copy.getOrCreate(`payee-${index % 5}`)),
      ).flat(),
    );
    for (const payee of [0, 1, 2, 3, 4]) {
      const envelopes = answers.flatMap((key) => (key.payeeId === `payee-${payee}` ? [key.envelope] : []));
      assert.equal(new Set(envelopes).size, 1);
    }
  });

  it('are refused to another master key, by both names, until the right one is there', async (t) => {
    const { open, master, wrapper, test } = await prepared(t);
    await (await open()).getOrCreate('payee');
    const second = newMaster();
    const keys = await open(second);
    await eventually(() => keys.status().detail.includes('was made with master key'));
    assert.equal(keys.status().ready, false);
    for (const call of [
      () => keys.getOrCreate('payee'),
      () => keys.getOrCreate('other'),
      () => keys.find('payee'),
      () => keys.destroy('payee'),
    ]) {
      await assert.rejects(
        call(),
        (error) =>
          error instanceof WrongMasterKeyError &&
          error.message.includes(master.id) &&
          error.message.includes(second.master.id),
      );
    }
    const right = await open();
    assert.notEqual(await right.find('payee'), undefined);
    assert.equal(await right.find('other'), undefined);
    // As when somebody puts the right database in its place.
    await test.sql('UPDATE payout_keys.master_key_check SET master_key_id = $1, check_value = $2', [
      second.master.id,
      second.master.checkValue,
    ]);
    await eventually(() => keys.status().ready);
    assert.notEqual(wrapper, second.wrapper);
  });

  it('open without a database, and are ready when it comes', async (t) => {
    const { open, proxy } = await prepared(t);
    proxy.mode = 'refuse';
    const keys = await open();
    await eventually(() => keys.status().detail.includes('does not answer'));
    await assert.rejects(keys.getOrCreate('payee'));
    proxy.mode = 'open';
    await eventually(() => keys.status().ready);
    await keys.getOrCreate('payee');
  });

  it('leave no byte of a destroyed key in the table, while the others stay', async (t) => {
    const { open, test } = await prepared(t);
    const keys = await open();
    const all = await Promise.all(Array.from({ length: 200 }, (_, n) => keys.getOrCreate(`payee-${n}`)));
    const bytes = async (): Promise<Buffer> => {
      await test.sql('CHECKPOINT');
      const [row] = await test.sql<{ bytes: Buffer }>(
        "SELECT pg_read_binary_file(pg_relation_filepath('payout_keys.payee_key')) AS bytes",
      );
      assert.ok(row);
      return row.bytes;
    };
    const full = await bytes();
    for (const { envelope } of all) assert.ok(full.includes(envelope.slice(-24)));
    const doomed = all.filter((_, n) => n % 7 === 0);
    const answers = await Promise.all(doomed.map(({ payeeId }) => keys.destroy(payeeId)));
    assert.ok(answers.every((answer) => answer));
    const left = await bytes();
    for (const key of all)
      assert.equal(left.includes(key.envelope.slice(-24)), !doomed.includes(key), key.payeeId);
  });
});
