import assert from 'node:assert/strict';
import { readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { describe, it, type TestContext } from 'node:test';
import { InMemoryCheckpoints } from '#coordination/in-memory/in-memory-checkpoints';
import { InMemoryFollowUps } from '#coordination/in-memory/in-memory-follow-ups';
import { InMemoryHeldMessages } from '#coordination/in-memory/in-memory-held-messages';
import { InMemoryLeases } from '#coordination/in-memory/in-memory-leases';
import { COORDINATION_WRITER } from '#coordination/sqlite/coordination-writer';
import { SqliteCheckpoints } from '#coordination/sqlite/sqlite-checkpoints';
import { SqliteFollowUps } from '#coordination/sqlite/sqlite-follow-ups';
import { SqliteHeldMessages } from '#coordination/sqlite/sqlite-held-messages';
import { SqliteFile } from '#platform/sqlite/sqlite-file';
import { SystemClock } from '#platform/time/system-clock';
import { scramblingSealer } from '#test/support/scrambling-sealer';
import { temporaryFolder } from '#test/support/temporary-folder';
import { describeCoordinationContract, describeLeasesContract } from './coordination.contract.js';

describeCoordinationContract('in memory', async (clock) => ({
  checkpoints: new InMemoryCheckpoints(),
  followUps: new InMemoryFollowUps(),
  held: new InMemoryHeldMessages(clock),
  dispose: async () => undefined,
}));

describeLeasesContract('in memory', async () => ({
  leases: new InMemoryLeases(new SystemClock()),
  dispose: async () => undefined,
}));

describeCoordinationContract('SQLite', async (clock) => {
  const folder = temporaryFolder();
  const file = await SqliteFile.open({
    path: join(folder.path, 'ledger.db'),
    modules: [COORDINATION_WRITER],
  });
  return {
    checkpoints: new SqliteCheckpoints(file),
    followUps: new SqliteFollowUps(file),
    held: new SqliteHeldMessages(file, scramblingSealer, clock),
    dispose: async () => {
      await file.close();
      folder.remove();
    },
  };
});

describe('coordination: SQLite, on the disk', () => {
  /** Closed at the end of the test, however that comes: an open file would keep the process alive. */
  const open = async (t: TestContext, path: string): Promise<SqliteFile> => {
    const file = await SqliteFile.open({ path, modules: [COORDINATION_WRITER] });
    t.after(() => file.close());
    return file;
  };
  const folderOf = (t: TestContext): string => {
    const folder = temporaryFolder();
    t.after(() => folder.remove());
    return folder.path;
  };
  const message = {
    topic: 'payout.commands.v1',
    key: 'key-of-Maria-Perez',
    headers: { subject: 'header-of-Maria-Perez' },
    value: Buffer.from('value-of-Maria-Perez'),
    offset: '0/1',
  };

  it('is there after a restart', async (t) => {
    const folder = folderOf(t);
    const path = join(folder, 'ledger.db');
    const before = await open(t, path);
    await new SqliteCheckpoints(before).advance('a', undefined, '7');
    await new SqliteFollowUps(before).schedule([{ key: 'p', dueAt: 1_800_000_000_000 }]);
    await new SqliteHeldMessages(before, scramblingSealer, new SystemClock()).hold('p', message, 'r');
    await before.close();

    const after = await open(t, path);
    assert.equal(await new SqliteCheckpoints(after).load('a'), '7');
    assert.equal(await new SqliteFollowUps(after).next(), 1_800_000_000_000);
    const skipped = await new SqliteHeldMessages(after, scramblingSealer, new SystemClock()).skipFirst('p');
    assert.deepEqual(skipped, { ...message, value: Uint8Array.from(message.value) });
  });

  it('keeps of a held message only sealed bytes', async (t) => {
    const folder = folderOf(t);
    const file = await open(t, join(folder, 'ledger.db'));
    const held = new SqliteHeldMessages(file, scramblingSealer, new SystemClock());
    await held.hold('payout-1', message, 'r');
    const files = readdirSync(folder).map((name) => readFileSync(join(folder, name)));
    assert.ok(files.some((bytes) => bytes.includes('payout-1')));
    assert.ok(!files.some((bytes) => bytes.includes('Maria-Perez')));
  });

  it('does not lose a message that it cannot open', async (t) => {
    const folder = folderOf(t);
    const file = await open(t, join(folder, 'ledger.db'));
    const clock = new SystemClock();
    await new SqliteHeldMessages(file, scramblingSealer, clock).hold('p', message, 'r');
    const wrongKey = {
      seal: (plain: Uint8Array) => scramblingSealer.seal(plain),
      open: (): Uint8Array => {
        throw new Error('sealed under another key');
      },
    };
    const held = new SqliteHeldMessages(file, wrongKey, clock);
    await assert.rejects(held.skipFirst('p'), /another key/);
    assert.equal((await held.list())[0]?.count, 1);
  });
});
