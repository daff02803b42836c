import { closeSync, fdatasyncSync, openSync, writeSync } from 'node:fs';
import { availableParallelism, cpus, loadavg, totalmem } from 'node:os';
import { join } from 'node:path';
import BetterSqlite3 from 'better-sqlite3';
import { temporaryFolder } from '#test/support/temporary-folder';
import { rounded } from './statistics.js';

/** What the figures were measured on. */
export interface Machine {
  readonly cores: number;
  readonly cpu: string;
  readonly memoryGiB: number;
  readonly platform: string;
  readonly node: string;
  readonly sqlite: string;
  /** Appends of 4 KiB to one file, each flushed before the next, in the folder that the bench uses. */
  readonly diskFlushesPerSecond: number;
  /** Work that was under way before the bench began, over one minute (1 is one busy core). */
  readonly loadBefore: number;
}

/** How the embedded store opens its file (libs/platform/src/sqlite/writer-thread.ts). */
export const SQLITE_SETTINGS = {
  journalMode: 'wal',
  synchronous: 'full',
  walAutocheckpointPages: 10_000,
} as const;

export function describeMachine(flushMs: number): Machine {
  const [load = 0] = loadavg();
  return {
    cores: availableParallelism(),
    cpu: cpus()[0]?.model.trim() ?? 'unknown',
    memoryGiB: rounded(totalmem() / 2 ** 30),
    platform: `${process.platform} ${process.arch}`,
    node: process.versions.node,
    sqlite: sqliteVersion(),
    diskFlushesPerSecond: measureFlushes(flushMs),
    loadBefore: rounded(load),
  };
}

function sqliteVersion(): string {
  const db = new BetterSqlite3(':memory:');
  const version = db.prepare<[], string>('SELECT sqlite_version()').pluck().get();
  db.close();
  return version ?? 'unknown';
}

function measureFlushes(forMs: number): number {
  const folder = temporaryFolder();
  const file = openSync(join(folder.path, 'flushes'), 'w');
  const page = Buffer.alloc(4096, 1);
  const begin = performance.now();
  let flushes = 0;
  while (performance.now() - begin < forMs) {
    writeSync(file, page);
    fdatasyncSync(file);
    flushes += 1;
  }
  const seconds = (performance.now() - begin) / 1_000;
  closeSync(file);
  folder.remove();
  return Math.round(flushes / seconds);
}
