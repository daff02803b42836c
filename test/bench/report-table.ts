import type { BenchReport, Figure } from './run-bench.js';
import type { Spread } from './statistics.js';

/** The report for people. */
export function reportTable({ machine, figures, settings, repeats, quick, loadAfter }: BenchReport): string {
  const rows = [
    ['figure', 'per second', 'min–max', 'share of', 'ratio', 'min–max', 'cpu µs', 'p50 ms', 'p99 ms'],
    ...Object.entries(figures).map(([name, figure]) => row(name, figure)),
  ];
  const widths = rows[0]?.map((_, column) => Math.max(...rows.map((cells) => cells[column]?.length ?? 0)));
  const table = rows.map((cells) =>
    cells
      .map((cell, column) => cell.padEnd(widths?.[column] ?? 0))
      .join('  ')
      .trimEnd(),
  );
  return [
    `${machine.cores} cores, ${machine.cpu}, ${machine.memoryGiB} GiB, ${machine.platform}`,
    `Node ${machine.node}, SQLite ${machine.sqlite}; ${machine.diskFlushesPerSecond} flushes of the disk per second`,
    `load before ${machine.loadBefore}, after ${loadAfter}; median of ${repeats}${quick ? '; quick: amounts too small to mean much' : ''}`,
    '',
    ...table,
    '',
    ...Object.entries(figures).map(([name, { unit, about }]) => `${name}: ${unit} per second, ${about}`),
    '',
    ...Object.entries(settings).map(([name, values]) => `${name}: ${listed(values)}`),
    '',
  ].join('\n');
}

function row(
  name: string,
  { perSecond, ratio, latency, comparedWith, cpuMicros }: Figure,
): readonly string[] {
  return [
    name,
    String(perSecond.median),
    range(perSecond),
    comparedWith === name ? '' : comparedWith,
    comparedWith === name ? '' : String(ratio.median),
    comparedWith === name ? '' : range(ratio),
    String(cpuMicros.median),
    latency === undefined ? '' : String(latency.p50.median),
    latency === undefined ? '' : String(latency.p99.median),
  ];
}

function range({ min, max }: Spread): string {
  return `${min}–${max}`;
}

function listed(values: Readonly<Record<string, number | string>>): string {
  return Object.entries(values)
    .map(([name, value]) => `${name} ${value}`)
    .join(', ');
}
