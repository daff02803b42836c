import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { mkdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, it } from 'node:test';
import { text } from 'node:stream/consumers';
import { fileURLToPath } from 'node:url';
import Sqlite from 'better-sqlite3';
import { DataFolderLock } from '#platform/sqlite/data-folder-lock';
import { LedgerFolder, historyOf } from '#test/support/audit/ledger-folder';
import { payoutNumber } from '#test/support/read-models/history';

const MAIN = fileURLToPath(import.meta.resolve('#audit/main'));

interface Run {
  readonly code: number;
  readonly out: string;
  readonly err: string;
}

/** Runs the compiled program as a person would. */
async function audit(...args: readonly string[]): Promise<Run> {
  const child = spawn(process.execPath, [MAIN, ...args], { stdio: ['ignore', 'pipe', 'pipe'] });
  const [out, err, [code]] = await Promise.all([
    text(child.stdout),
    text(child.stderr),
    once(child, 'close') as Promise<[number]>,
  ]);
  return { code, out, err };
}

describe('the audit program', () => {
  let ledger: LedgerFolder;
  const events = historyOf(['succeeded', 'turned', 'parked']);
  beforeEach(async () => {
    ledger = new LedgerFolder();
    await ledger.write(events);
  });
  afterEach(() => ledger.dispose());

  /** Changes the file as nothing of ours would. */
  function tamper(sql: string, ...parameters: readonly unknown[]): void {
    const db = new Sqlite(ledger.databasePath);
    db.prepare(sql).run(...parameters);
    db.close();
  }

  it('answers while the service has the folder, and changes nothing', async () => {
    const lock = DataFolderLock.acquire(ledger.path);
    const digest = (): string => createHash('sha256').update(readFileSync(ledger.databasePath)).digest('hex');
    const before = digest();
    const timeline = await audit('timeline', payoutNumber(0), '--data', ledger.path, '--json');
    const replay = await audit('replay', '--data', ledger.path);
    lock.release();
    assert.equal(timeline.err, '');
    assert.equal(timeline.code, 0);
    const entries = (JSON.parse(timeline.out) as { events: { type: string; position: string }[] }).events;
    assert.deepEqual(
      entries.map(({ type }) => type),
      [
        'PayoutRequested',
        'FundsReserved',
        'PayoutSubmissionStarted',
        'PayoutSubmitted',
        'PayoutStatusChanged',
        'FundsSettled',
      ],
    );
    assert.deepEqual([replay.code, replay.err], [0, '']);
    assert.match(replay.out, new RegExp(`^${events.length} events to position ${events.length} in`));
    assert.equal(digest(), before);
  });

  it('answers after the service has stopped', async () => {
    await ledger.stop();
    const { code, out, err } = await audit('timeline', payoutNumber(2), '--data', ledger.path);
    assert.deepEqual([code, err], [0, '']);
    assert.match(out, /: unknown, parked: not-final-in-time\n/);
  });

  it('tells the balance now, as of a position and as of a time', async () => {
    const available = async (...more: readonly string[]): Promise<unknown> => {
      const { code, out, err } = await audit('balance', 'acc-1', '--data', ledger.path, '--json', ...more);
      assert.deepEqual([code, err], [0, '']);
      return (JSON.parse(out) as { balances: Record<string, string> }).balances['available'];
    };
    assert.equal(await available(), '961.75');
    assert.equal(await available('--as-of', '3'), '1000.00');
    assert.equal(await available('--as-of', '5'), '987.00');
    assert.equal(await available('--as-of', '2026-01-01T00:00:04.999Z'), '1000.00');
    assert.equal(await available('--as-of', '2026-01-01T01:00:05+01:00'), '987.00');
  });

  it('ends with 1 and names row and column when a read model was changed', async () => {
    tamper('UPDATE payouts SET amount_minor = ? WHERE payout_id = ?', '1251', payoutNumber(1));
    const { code, out } = await audit('replay', '--data', ledger.path);
    assert.equal(code, 1);
    assert.match(
      out,
      new RegExp(
        `^payouts ${payoutNumber(1)}: amount_minor is "1251", the log says "1250"\nNOT EQUAL\n$`,
        'm',
      ),
    );
    const json = await audit('replay', '--data', ledger.path, '--json');
    assert.equal(json.code, 1);
    assert.deepEqual((JSON.parse(json.out) as { differences: unknown }).differences, [
      {
        kind: 'column',
        model: 'payouts',
        table: 'payouts',
        key: payoutNumber(1),
        column: 'amount_minor',
        expected: '1250',
        found: '1251',
      },
    ]);
  });

  it('ends with 2 and names the position when the log has something that it cannot read', async () => {
    tamper(
      `INSERT INTO events (stream, revision, id, type, data, metadata)
       SELECT stream, revision + 1, ?, 'PayoutTeleported', data, metadata FROM events ORDER BY position DESC LIMIT 1`,
      '3f1c7d52-64c0-4a55-9d2c-0f6d0a7b9e31',
    );
    const { code, out, err } = await audit('replay', '--data', ledger.path);
    assert.deepEqual([code, out], [2, '']);
    assert.match(
      err,
      new RegExp(`^audit: the log can't be read at position ${events.length + 1} .*PayoutTeleported`),
    );
  });

  it('is not disturbed by a service that goes on writing', async () => {
    const more = historyOf(['succeeded', 'turned', 'parked', ...Array<string>(40).fill('turned')]);
    const stop = new AbortController();
    const writing = (async () => {
      for (let at = events.length; at < more.length && !stop.signal.aborted; at += 3) {
        const part = more.slice(at, at + 3);
        await ledger.write(part);
      }
    })();
    const runs = [await audit('replay', '--data', ledger.path), await audit('replay', '--data', ledger.path)];
    stop.abort();
    await writing;
    for (const { code, out, err } of runs) assert.deepEqual([code, err], [0, ''], out);
  });

  it('tells a wrong call, a missing ledger and an unknown payout apart, each with a remedy', async () => {
    const usage = await audit('balance', '--data', ledger.path);
    assert.equal(usage.code, 64);
    assert.match(usage.err, /^audit: this needs one account id; audit --help shows/);
    const help = await audit('--help');
    assert.equal(help.code, 0);
    assert.match(help.out, /audit timeline <payout id>/);
    const folder = join(ledger.path, 'empty');
    mkdirSync(folder);
    const missing = await audit('replay', '--data', folder);
    assert.equal(missing.code, 66);
    assert.match(
      missing.err,
      /there is no ledger in .*empty \(no file ledger\.db\): name .* --data <folder>/,
    );
    const unknown = await audit('timeline', payoutNumber(77), '--data', ledger.path);
    assert.equal(unknown.code, 66);
    assert.match(unknown.err, /the log has no payout/);
    new Sqlite(join(folder, 'ledger.db')).exec('CREATE TABLE other (x)').close();
    const other = await audit('replay', '--data', folder);
    assert.equal(other.code, 66);
    assert.match(other.err, /holds no log of events/);
  });
});
