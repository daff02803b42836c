import type { Progress } from './progress.js';

/** One figure of one repeat. */
export interface Measurement {
  readonly count: number;
  readonly seconds: number;
  /** Processor time of this process with all its threads meanwhile: what it costs, however busy the machine is. */
  readonly cpuSeconds: number;
  /** One for each operation, in milliseconds, where an operation has a caller who waits. */
  readonly latencies?: readonly number[];
}

/** What a figure is, for readers of the result. */
export interface FigureKind {
  /** What is counted per second. */
  readonly unit: string;
  /** The figure of the same repeat that it is a share of. */
  readonly comparedWith: string;
  readonly about: string;
}

export interface BenchCase {
  /** The figures that one repeat gives, by name. */
  readonly figures: Readonly<Record<string, FigureKind>>;
  /** Amounts and settings that the figures depend on. */
  readonly settings: Readonly<Record<string, number | string>>;
  /** One repeat, from a clean state to a clean state. */
  run(progress: Progress): Promise<Readonly<Record<string, Measurement>>>;
  /** Removes what the repeats shared. */
  close?(): Promise<void>;
}

/** Starts to measure time; `lap` says how much it has been. */
export class Stopwatch {
  readonly #begin = performance.now();
  readonly #cpu = process.cpuUsage();

  lap(): Pick<Measurement, 'seconds' | 'cpuSeconds'> {
    const { user, system } = process.cpuUsage(this.#cpu);
    return { seconds: (performance.now() - this.#begin) / 1_000, cpuSeconds: (user + system) / 1_000_000 };
  }
}
