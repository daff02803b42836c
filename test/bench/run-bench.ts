import { loadavg } from 'node:os';
import type { BenchCase, FigureKind, Measurement } from './bench-case.js';
import { IntakeCase } from './cases/intake.js';
import { LifecycleCase } from './cases/lifecycle.js';
import { ProductionCase } from './cases/production.js';
import { RawAppendCase } from './cases/raw-append.js';
import { ReplayCase } from './cases/replay.js';
import { describeMachine, SQLITE_SETTINGS, type Machine } from './machine.js';
import type { BenchOptions, CaseName } from './options.js';
import type { Progress } from './progress.js';
import { latencyOf, rounded, spreadOf, type Spread } from './statistics.js';

export interface Figure extends FigureKind {
  readonly perSecond: Spread;
  /** The rate as a share of that of `comparedWith` in the same repeat. */
  readonly ratio: Spread;
  /** Microseconds of processor time for each that is counted, in this process alone. */
  readonly cpuMicros: Spread;
  /** Milliseconds, over the repeats. */
  readonly latency?: { readonly p50: Spread; readonly p99: Spread };
}

export interface BenchReport {
  readonly bench: 'payout-ledger';
  readonly quick: boolean;
  readonly repeats: number;
  readonly machine: Machine;
  readonly loadAfter: number;
  readonly settings: Readonly<Record<string, Readonly<Record<string, number | string>>>>;
  readonly figures: Readonly<Record<string, Figure>>;
}

const CASES: Readonly<Record<CaseName, (quick: boolean) => BenchCase>> = {
  'raw-append': (quick) => new RawAppendCase(quick),
  intake: (quick) => new IntakeCase(quick),
  lifecycle: (quick) => new LifecycleCase(quick),
  replay: (quick) => new ReplayCase(quick),
  production: (quick) => new ProductionCase(quick),
};

/** Each repeat runs every case once, so that a ratio compares what ran in the same minute. */
export async function runBench(options: BenchOptions, progress: Progress): Promise<BenchReport> {
  const { quick, repeats } = options;
  progress.step('flushing the disk');
  const machine = describeMachine(quick ? 100 : 2_000);
  const cases = options.cases.map((name) => ({ name, bench: CASES[name](quick) }));
  const rounds: Readonly<Record<string, Measurement>>[] = [];
  try {
    for (let repeat = 1; repeat <= repeats; repeat += 1) {
      const round: Record<string, Measurement> = {};
      for (const { name, bench } of cases) {
        progress.step(`repeat ${repeat} of ${repeats}, ${name}`);
        Object.assign(round, await bench.run(progress));
      }
      rounds.push(round);
    }
  } finally {
    for (const { bench } of cases) await bench.close?.();
    progress.end();
  }
  const kinds = Object.assign({}, ...cases.map(({ bench }) => bench.figures)) as Record<string, FigureKind>;
  return {
    bench: 'payout-ledger',
    quick,
    repeats,
    machine,
    loadAfter: rounded(loadavg()[0] ?? 0),
    settings: {
      sqlite: SQLITE_SETTINGS,
      ...Object.fromEntries(cases.map(({ name, bench }) => [name, bench.settings])),
    },
    figures: Object.fromEntries(
      Object.entries(kinds).map(([name, kind]) => [name, figureOf(name, kind, rounds)]),
    ),
  };
}

function figureOf(
  name: string,
  kind: FigureKind,
  rounds: readonly Readonly<Record<string, Measurement>>[],
): Figure {
  const own = rounds.map((round) => measured(round, name));
  const latencies = own.flatMap((one) => (one.latencies === undefined ? [] : [latencyOf(one.latencies)]));
  return {
    ...kind,
    perSecond: spreadOf(own.map(rateOf)),
    ratio: spreadOf(rounds.map((round) => ratioOf(round, name, kind.comparedWith))),
    cpuMicros: spreadOf(own.map(({ count, cpuSeconds }) => (cpuSeconds * 1_000_000) / count)),
    ...(latencies.length === 0
      ? {}
      : {
          latency: {
            p50: spreadOf(latencies.map(({ p50 }) => p50)),
            p99: spreadOf(latencies.map(({ p99 }) => p99)),
          },
        }),
  };
}

function ratioOf(round: Readonly<Record<string, Measurement>>, name: string, comparedWith: string): number {
  return rateOf(measured(round, name)) / rateOf(measured(round, comparedWith));
}

function rateOf({ count, seconds }: Measurement): number {
  return count / seconds;
}

function measured(round: Readonly<Record<string, Measurement>>, name: string): Measurement {
  const found = round[name];
  if (found === undefined) throw new Error(`${name} was not measured`);
  return found;
}
