import assert from 'node:assert/strict';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, it } from 'node:test';
import { TestProcess } from '#test/support/child-process';
import { temporaryFolder } from '#test/support/temporary-folder';
import { DataFolderLock, DataFolderLockedError } from './data-folder-lock.js';

const LOCKING_PROCESS = new URL(import.meta.resolve('#test/support/sqlite/locking-process'));

describe('the lock of a data folder', () => {
  let folder: ReturnType<typeof temporaryFolder>;
  beforeEach(() => {
    folder = temporaryFolder();
  });
  afterEach(() => folder.remove());

  it('makes the folder, and is free again after its release', () => {
    const path = join(folder.path, 'deeper', 'data');
    const lock = DataFolderLock.acquire(path);
    assert.equal(lock.folder, path);
    lock.release();
    lock.release();
    DataFolderLock.acquire(path).release();
  });

  it('refuses a second holder in the same process, and the first keeps it', () => {
    const lock = DataFolderLock.acquire(folder.path);
    assert.throws(() => DataFolderLock.acquire(folder.path), DataFolderLockedError);
    assert.throws(() => DataFolderLock.acquire(folder.path), DataFolderLockedError);
    lock.release();
  });

  it('names folder, holder and remedy to a second process, and ends with a holder that is killed', async () => {
    const holder = TestProcess.start(LOCKING_PROCESS, folder.path);
    try {
      await holder.printed(1);
      assert.deepEqual(holder.lines, [`locked ${folder.path}`]);
      assert.throws(() => DataFolderLock.acquire(folder.path), {
        name: 'DataFolderLockedError',
        folder: folder.path,
        holder: holder.pid,
        message: `the data folder ${folder.path} is in use by process ${holder.pid}: stop that process, or choose another data folder`,
      });
    } finally {
      await holder.kill();
    }
    DataFolderLock.acquire(folder.path).release();
  });

  it('is not fooled by the process id that a dead holder left', async () => {
    const dead = TestProcess.start(LOCKING_PROCESS, folder.path);
    await dead.printed(1);
    await dead.kill();
    const lock = DataFolderLock.acquire(folder.path);
    assert.throws(() => DataFolderLock.acquire(folder.path), { holder: process.pid });
    lock.release();
  });
});
