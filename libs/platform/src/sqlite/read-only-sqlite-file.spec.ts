import assert from 'node:assert/strict';
import { readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, it } from 'node:test';
import { temporaryFolder } from '#test/support/temporary-folder';
import { ReadOnlySqliteFile } from './read-only-sqlite-file.js';
import { SqliteFile, SqliteFileNotOpenedError, WriterStoppedError } from './sqlite-file.js';

const NOTES = new URL(import.meta.resolve('#test/support/sqlite/notes-writer'));

describe('a SQLite file opened for reading only', () => {
  let folder: ReturnType<typeof temporaryFolder>;
  let path: string;
  let writer: SqliteFile;
  beforeEach(async () => {
    folder = temporaryFolder();
    path = join(folder.path, 'ledger.db');
    writer = await SqliteFile.open({ path, modules: [NOTES] });
  });
  afterEach(async () => {
    await writer.close();
    folder.remove();
  });

  const textsIn = (file: ReadOnlySqliteFile): readonly string[] =>
    file.reader().prepare<[], string>('SELECT text FROM notes ORDER BY rowid').pluck().all();

  it('sees what a running writer has committed, and goes on seeing it', async () => {
    await writer.run('notes', 'add', 'one');
    const file = ReadOnlySqliteFile.open(path);
    assert.deepEqual(textsIn(file), ['one']);
    await writer.run('notes', 'add', 'two');
    assert.deepEqual(textsIn(file), ['one', 'two']);
    file.close();
  });

  it('opens when nobody has it open', async () => {
    await writer.run('notes', 'add', 'one');
    await writer.close();
    const file = ReadOnlySqliteFile.open(path);
    assert.deepEqual(textsIn(file), ['one']);
    file.close();
  });

  it('sees one moment within a snapshot, from its beginning', async () => {
    await writer.run('notes', 'add', 'one');
    const file = ReadOnlySqliteFile.open(path);
    const seen = await file.inSnapshot(async () => {
      await writer.run('notes', 'add', 'two');
      return textsIn(file);
    });
    assert.deepEqual(seen, ['one']);
    assert.deepEqual(textsIn(file), ['one', 'two']);
    file.close();
  });

  it('lets go of the snapshot when the job fails', async () => {
    const file = ReadOnlySqliteFile.open(path);
    await assert.rejects(
      file.inSnapshot(async () => {
        throw new RangeError('a defect');
      }),
      RangeError,
    );
    await writer.run('notes', 'add', 'one');
    assert.deepEqual(textsIn(file), ['one']);
    file.close();
  });

  it('can neither run a job nor write by itself', async () => {
    const file = ReadOnlySqliteFile.open(path);
    await assert.rejects(file.run('notes', 'add'), WriterStoppedError);
    assert.throws(() => file.reader().exec('DELETE FROM notes'), { code: 'SQLITE_READONLY' });
    file.close();
  });

  it('says which file it is that is missing or no database', () => {
    const missing = join(folder.path, 'other.db');
    assert.throws(() => ReadOnlySqliteFile.open(missing), SqliteFileNotOpenedError);
    const garbage = join(folder.path, 'garbage.db');
    writeFileSync(garbage, 'not a database at all, but long enough to be looked at as one'.repeat(20));
    assert.throws(() => ReadOnlySqliteFile.open(garbage), {
      name: 'SqliteFileNotOpenedError',
      message: `${garbage} was not opened for reading: file is not a database`,
    });
    assert.ok(!readdirSync(folder.path).includes('other.db'));
  });
});
