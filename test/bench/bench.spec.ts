import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { describe, it } from 'node:test';
import { fileURLToPath } from 'node:url';
import type { BenchReport } from './run-bench.js';

const PROGRAM = fileURLToPath(new URL('./main.js', import.meta.url));

function bench(...args: readonly string[]) {
  return spawnSync(process.execPath, [PROGRAM, ...args], { encoding: 'utf8' });
}

describe('bench', () => {
  it('measures every case, each as a share of the bare store or of bare reading, in one run', () => {
    const { stdout, stderr, status } = bench('--quick', '--json');
    assert.equal(status, 0, stderr);
    const report = JSON.parse(stdout) as BenchReport;
    assert.deepEqual(
      Object.entries(report.figures).map(([name, { unit, comparedWith }]) => [name, unit, comparedWith]),
      [
        ['raw-append', 'events', 'raw-append'],
        ['intake-many-accounts', 'commands', 'raw-append'],
        ['own-side-many-accounts', 'payouts', 'raw-append'],
        ['intake-hot-account', 'commands', 'raw-append'],
        ['own-side-hot-account', 'payouts', 'raw-append'],
        ['lifecycle', 'payouts', 'raw-append'],
        ['raw-read', 'events', 'raw-read'],
        ['fold', 'events', 'raw-read'],
        ['audit-replay', 'events', 'raw-read'],
      ],
    );
    for (const [name, { perSecond, ratio, cpuMicros }] of Object.entries(report.figures)) {
      for (const { min, median, max } of [perSecond, ratio, cpuMicros])
        assert.ok(min > 0 && min <= median && median <= max, name);
    }
    assert.deepEqual(
      Object.keys(report.figures).filter((name) => report.figures[name]?.latency !== undefined),
      ['raw-append', 'intake-many-accounts', 'intake-hot-account', 'lifecycle'],
    );
    assert.deepEqual(
      [report.quick, report.repeats, report.settings['sqlite']?.['synchronous']],
      [true, 1, 'full'],
    );
    assert.ok(report.machine.diskFlushesPerSecond > 0);
    assert.deepEqual(Object.keys(report.settings), ['sqlite', 'raw-append', 'intake', 'lifecycle', 'replay']);
  });

  it('prints a table without --json, and names the case that it was asked for', () => {
    const { stdout, status } = bench('--quick', '--case', 'raw-append', '--repeats', '2');
    assert.equal(status, 0);
    assert.match(stdout, /median of 2; quick/);
    assert.match(stdout, /^raw-append {2,}\d/m);
    assert.doesNotMatch(stdout, /lifecycle/);
  });

  it('refuses what it does not know, and says what it does', () => {
    for (const args of [['--case', 'nothing'], ['--repeats', '0'], ['--fast']]) {
      const { stderr, status } = bench(...args);
      assert.equal(status, 1, args.join(' '));
      assert.match(stderr, /npm run bench/);
    }
  });
});
