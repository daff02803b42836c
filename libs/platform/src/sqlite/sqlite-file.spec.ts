import assert from 'node:assert/strict';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, it } from 'node:test';
import { TestProcess } from '#test/support/child-process';
import { temporaryFolder } from '#test/support/temporary-folder';
import { SqliteFile } from './sqlite-file.js';

const NOTES = new URL(import.meta.resolve('#test/support/sqlite/notes-writer'));
const BROKEN = new URL(import.meta.resolve('#test/support/sqlite/broken-writer'));
const WRITING_PROCESS = new URL(import.meta.resolve('#test/support/sqlite/writing-process'));

describe('an SQLite file with one writer', () => {
  let folder: ReturnType<typeof temporaryFolder>;
  let path: string;
  let file: SqliteFile;

  beforeEach(async () => {
    folder = temporaryFolder();
    path = join(folder.path, 'ledger.db');
    file = await SqliteFile.open({ path, modules: [NOTES] });
  });
  afterEach(async () => {
    await file.close();
    folder.remove();
  });

  const add = (text: string): Promise<number> => file.run<number>('notes', 'add', text);
  const texts = (): unknown[] => file.reader().prepare('SELECT text FROM notes ORDER BY id').pluck().all();

  it('runs jobs in the order of the calls, and what is answered can be read', async () => {
    assert.deepEqual(await Promise.all([add('a'), add('b'), add('c')]), [1, 2, 3]);
    assert.deepEqual(texts(), ['a', 'b', 'c']);
  });

  it('writes a log ahead, and flushes it to the disk at each commit', async () => {
    assert.equal(await file.run('notes', 'setting', 'journal_mode'), 'wal');
    assert.equal(await file.run('notes', 'setting', 'synchronous'), 2);
    assert.equal(await file.run('notes', 'setting', 'wal_autocheckpoint'), 10_000);
  });

  it('commits what was called together by one commit', async () => {
    let commits = 0;
    const stop = file.onCommit(() => (commits += 1));
    await Promise.all(Array.from({ length: 500 }, (_, index) => add(`note ${String(index)}`)));
    assert.equal(commits, 1);
    stop();
    await add('one more');
    assert.equal(commits, 1);
  });

  it('tells whose jobs were in a commit', async () => {
    const heard: string[][] = [];
    file.onCommit((modules) => heard.push([...modules]));
    await Promise.all([add('a'), add('b'), file.run('nobody', 'add', 'c').catch(() => undefined)]);
    await add('d');
    assert.deepEqual(heard, [['notes', 'nobody'], ['notes']]);
  });

  it('cuts a long queue into groups', async () => {
    let commits = 0;
    file.onCommit(() => (commits += 1));
    const ids = await Promise.all(Array.from({ length: 2500 }, (_, index) => add(`note ${String(index)}`)));
    assert.equal(ids.at(-1), 2500);
    assert.equal(commits, 3);
  });

  it('undoes only the job that throws, and keeps name, message and code of its error', async () => {
    const [first, refused, taken, last] = await Promise.allSettled([
      add('a'),
      file.run('notes', 'addAndThrow', 'b'),
      add('a'),
      add('c'),
    ]);
    assert.deepEqual(first, { status: 'fulfilled', value: 1 });
    assert.ok(refused.status === 'rejected' && taken.status === 'rejected');
    const error = refused.reason as Error;
    assert.deepEqual([error.name, error.message], ['RangeError', 'refused: b']);
    assert.equal((taken.reason as { code?: unknown }).code, 'SQLITE_CONSTRAINT_UNIQUE');
    assert.deepEqual(last, { status: 'fulfilled', value: 2 });
    assert.deepEqual(texts(), ['a', 'c']);
  });

  it('answers "unknown" to a whole group whose commit fails, and goes on', async () => {
    let commits = 0;
    file.onCommit(() => (commits += 1));
    const settled = await Promise.allSettled([
      add('a'),
      file.run('notes', 'addAndThrow', 'b'),
      file.run('notes', 'breakTheCommit', undefined),
      add('c'),
    ]);
    assert.deepEqual(
      settled.map((one) => (one.status === 'rejected' ? (one.reason as Error).name : 'fulfilled')),
      ['WriteOutcomeUnknownError', 'RangeError', 'WriteOutcomeUnknownError', 'WriteOutcomeUnknownError'],
    );
    assert.equal(commits, 0);
    assert.equal(file.failure, undefined);
    await add('d');
    assert.deepEqual(texts(), ['d']);
  });

  it('acknowledges nothing on a full disk, and goes on when there is room again', async () => {
    await add('before');
    await file.run('notes', 'fillTheDisk', undefined);
    const large = 'x'.repeat(100_000);
    await assert.rejects(add(large), /full/);
    await file.run('notes', 'makeRoom', undefined);
    await add(large);
    assert.deepEqual(texts(), ['before', large]);
  });

  it('passes bigint and bytes through, and refuses what cannot be sent', async () => {
    const args = { amount: 2n ** 80n, bytes: new Uint8Array([0, 255]), missing: undefined };
    const [echoed, refused, added] = await Promise.allSettled([
      file.run('notes', 'echo', args),
      file.run('notes', 'echo', () => 'a function'),
      add('beside it'),
    ]);
    assert.deepEqual(echoed, { status: 'fulfilled', value: args });
    assert.ok(refused.status === 'rejected');
    assert.ok(refused.reason instanceof TypeError);
    assert.deepEqual(added, { status: 'fulfilled', value: 1 });
  });

  it('names a job that does not exist', async () => {
    await assert.rejects(file.run('notes', 'nothing', 1), /no job notes\.nothing/);
    await assert.rejects(file.run('nobody', 'add', 1), /no job nobody\.add/);
  });

  it('gives a reader that cannot write', async () => {
    await add('a');
    assert.throws(() => file.reader().exec('DELETE FROM notes'), { code: 'SQLITE_READONLY' });
    assert.equal(file.reader(), file.reader());
  });

  it('finishes what was called before close, and refuses what comes after', async () => {
    const before = Array.from({ length: 1200 }, (_, index) => add(`note ${String(index)}`));
    const closed = file.close();
    await assert.rejects(add('too late'), { name: 'WriterStoppedError', message: `${path} is closed` });
    assert.equal((await Promise.all(before)).length, 1200);
    await closed;
    await file.close();
    assert.throws(() => file.reader(), { name: 'WriterStoppedError' });
    assert.equal(file.failure, undefined);
    file = await SqliteFile.open({ path, modules: [NOTES] });
    assert.equal(texts().length, 1200);
  });

  it('rejects every call when the thread dies, says why, and the file can be opened again', async () => {
    await add('durable');
    const settled = await Promise.allSettled([add('a'), file.run('notes', 'die', undefined), add('b')]);
    assert.deepEqual(
      settled.map((one) => (one.status === 'rejected' ? (one.reason as Error).name : 'fulfilled')),
      ['WriteOutcomeUnknownError', 'WriteOutcomeUnknownError', 'WriteOutcomeUnknownError'],
    );
    await assert.rejects(add('c'), { name: 'WriterStoppedError', message: /restart/ });
    assert.ok(file.failure instanceof Error);
    await file.close();
    file = await SqliteFile.open({ path, modules: [NOTES] });
    assert.deepEqual(texts(), ['durable']);
  });

  it('is not opened when a table cannot be upgraded, and the half-done upgrade is undone', async () => {
    await assert.rejects(SqliteFile.open({ path, modules: [NOTES, BROKEN] }), {
      name: 'SqliteFileNotOpenedError',
      message: `${path} was not opened: this upgrade goes wrong`,
    });
    const tables = file.reader().prepare("SELECT name FROM sqlite_schema WHERE name = 'half_done'").all();
    assert.deepEqual(tables, []);
  });

  it('is not opened when a module cannot be loaded', async () => {
    await assert.rejects(SqliteFile.open({ path, modules: [new URL('file:///nowhere/writer.js')] }), {
      name: 'SqliteFileNotOpenedError',
    });
  });

  it('loses nothing acknowledged when the process is killed under load, five times', async (t) => {
    await file.close();
    const acknowledged: string[] = [];
    for (let run = 0; run < 5; run += 1) {
      const child = TestProcess.start(WRITING_PROCESS, path, String(run));
      t.after(() => child.kill());
      await child.printed(300 + run * 400);
      await child.kill();
      acknowledged.push(...child.lines);
      file = await SqliteFile.open({ path, modules: [NOTES] });
      const stored = new Set(texts());
      assert.deepEqual(
        acknowledged.filter((text) => !stored.has(text)),
        [],
      );
      await file.close();
    }
  });
});
