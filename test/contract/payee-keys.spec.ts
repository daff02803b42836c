import assert from 'node:assert/strict';
import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import { SystemIds } from '#platform/ids/system-ids';
import { SqliteFile } from '#platform/sqlite/sqlite-file';
import { WrongMasterKeyError } from '#platform/vault/errors';
import { InMemoryPayeeKeys } from '#platform/vault/in-memory/in-memory-payee-keys';
import { KeyWrapper } from '#platform/vault/key-wrapper';
import { MasterKey } from '#platform/vault/master-key';
import { PAYEE_KEYS_WRITER, SqlitePayeeKeys } from '#platform/vault/sqlite/sqlite-payee-keys';
import { describePayeeKeysContract } from './payee-keys.contract.js';

const ids = new SystemIds();

describePayeeKeysContract('in memory', async (_master, wrapper) => ({
  keys: new InMemoryPayeeKeys(wrapper),
  close: async () => undefined,
}));

describePayeeKeysContract('SQLite', async (master, wrapper) => {
  const folder = await mkdtemp(join(tmpdir(), 'payee-keys-'));
  const file = await openFile(folder);
  return {
    keys: await SqlitePayeeKeys.open(file, master, wrapper),
    close: async () => {
      await file.close();
      await rm(folder, { recursive: true });
    },
  };
});

describe('payee keys in a SQLite file', () => {
  it('are there again after a restart, and so is what was destroyed', async () => {
    await withFolder(async (folder) => {
      const { master, wrapper } = newMaster();
      const before = await withKeys(folder, master, wrapper, async (keys) => {
        await keys.getOrCreate('gone');
        await keys.destroy('gone');
        return keys.getOrCreate('kept');
      });
      await withKeys(folder, master, wrapper, async (keys) => {
        assert.deepEqual(await keys.find('kept'), before);
        assert.equal(await keys.find('gone'), 'erased');
      });
    });
  });

  it('are refused to another master key, at the start and by both names', async () => {
    await withFolder(async (folder) => {
      const first = newMaster();
      const second = newMaster();
      await withKeys(folder, first.master, first.wrapper, (keys) => keys.getOrCreate('payee'));
      await assert.rejects(
        withKeys(folder, second.master, second.wrapper, async () => undefined),
        (error) =>
          error instanceof WrongMasterKeyError &&
          error.message.includes(first.master.id) &&
          error.message.includes(second.master.id) &&
          error.message.includes('keys.db'),
      );
      await withKeys(folder, first.master, first.wrapper, async (keys) => {
        assert.notEqual(await keys.find('payee'), undefined);
      });
    });
  });

  it('leave no byte of a destroyed key on the disk, while the others stay', async () => {
    await withFolder(async (folder) => {
      const { master, wrapper } = newMaster();
      await withKeys(folder, master, wrapper, async (keys) => {
        const all = await Promise.all(Array.from({ length: 200 }, (_, n) => keys.getOrCreate(`payee-${n}`)));
        const doomed = all.filter((_, n) => n % 7 === 0);
        for (const key of all) assert.ok((await bytesIn(folder)).includes(tail(key.envelope)));
        for (const { payeeId } of doomed) assert.equal(await keys.destroy(payeeId), true);
        const left = await bytesIn(folder);
        for (const key of all)
          assert.equal(left.includes(tail(key.envelope)), !doomed.includes(key), key.payeeId);
      });
    });
  });
});

/** Enough of an envelope to recognise it, from the middle of its ciphertext. */
function tail(envelope: string): string {
  return envelope.slice(-24);
}

async function bytesIn(folder: string): Promise<Buffer> {
  const names = (await readdir(folder)).filter((name) => !name.endsWith('-shm'));
  return Buffer.concat(await Promise.all(names.map((name) => readFile(join(folder, name)))));
}

function newMaster(): { master: MasterKey; wrapper: KeyWrapper } {
  const master = MasterKey.parse(MasterKey.generate(ids));
  return { master, wrapper: new KeyWrapper(master, ids) };
}

function openFile(folder: string): Promise<SqliteFile> {
  return SqliteFile.open({ path: join(folder, 'keys.db'), modules: [PAYEE_KEYS_WRITER] });
}

async function withFolder(work: (folder: string) => Promise<void>): Promise<void> {
  const folder = await mkdtemp(join(tmpdir(), 'payee-keys-'));
  try {
    await work(folder);
  } finally {
    await rm(folder, { recursive: true });
  }
}

async function withKeys<T>(
  folder: string,
  master: MasterKey,
  wrapper: KeyWrapper,
  work: (keys: SqlitePayeeKeys) => Promise<T>,
): Promise<T> {
  const file = await openFile(folder);
  try {
    return await work(await SqlitePayeeKeys.open(file, master, wrapper));
  } finally {
    await file.close();
  }
}
