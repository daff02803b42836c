import type { Logger } from '../logging/logger.js';
import type { Clock } from '../time/clock.js';

/** An orchestrator kills after 30 seconds: the steps' times must fit in, with room for the last log line. */
export const MOST_TOTAL_MS = 28_000;

export interface ShutdownStep {
  readonly name: string;
  readonly timeoutMs: number;
  /** `signal` is aborted when the time is over: the next step then begins, whether this one has ended or not. */
  readonly run: (signal: AbortSignal) => Promise<void> | void;
}

export interface StepResult {
  readonly name: string;
  readonly outcome: 'done' | 'failed' | 'timed-out';
  readonly ms: number;
}

/** Stops a process in a fixed order: stop intake, finish what is in flight, commit, and close the stores last. */
export class Shutdown {
  readonly #clock: Clock;
  readonly #logger: Logger;
  readonly #steps: ShutdownStep[] = [];
  #running: Promise<readonly StepResult[]> | undefined;

  constructor(clock: Clock, logger: Logger) {
    this.#clock = clock;
    this.#logger = logger;
  }

  /** Steps run in the order in which they were added. Throws when all their times together are over the limit. */
  add(step: ShutdownStep): this {
    if (this.#running !== undefined) throw new Error(`the stop has begun: ${step.name} comes too late`);
    const total = this.#steps.reduce((sum, { timeoutMs }) => sum + timeoutMs, step.timeoutMs);
    if (total > MOST_TOTAL_MS) {
      throw new RangeError(
        `the steps of the stop take up to ${total} ms, over ${MOST_TOTAL_MS}: shorten ${step.name}`,
      );
    }
    this.#steps.push(step);
    return this;
  }

  get stopping(): boolean {
    return this.#running !== undefined;
  }

  /** Runs all steps once; every caller gets the same results. It never rejects: a step that fails is logged. */
  stop(reason: string): Promise<readonly StepResult[]> {
    this.#running ??= this.#runAll(reason);
    return this.#running;
  }

  async #runAll(reason: string): Promise<readonly StepResult[]> {
    const start = this.#clock.monotonicMs();
    this.#logger.info('stopping', { reason });
    const results: StepResult[] = [];
    for (const step of this.#steps) results.push(await this.#runOne(step));
    const clean = results.every(({ outcome }) => outcome === 'done');
    const fields = { reason, ms: this.#since(start), steps: results };
    if (clean) this.#logger.info('stopped', fields);
    else this.#logger.error('stopped, but not cleanly', fields);
    return results;
  }

  async #runOne(step: ShutdownStep): Promise<StepResult> {
    const start = this.#clock.monotonicMs();
    const timeout = new AbortController();
    const timer = new AbortController();
    const work = this.#attempt(step, timeout.signal);
    const tooLate = this.#clock.sleep(step.timeoutMs, timer.signal).then((): 'timed-out' => 'timed-out');
    const outcome = await Promise.race([work, tooLate]);
    if (outcome === 'timed-out') timeout.abort();
    timer.abort();
    return { name: step.name, outcome, ms: this.#since(start) };
  }

  async #attempt(step: ShutdownStep, signal: AbortSignal): Promise<'done' | 'failed'> {
    try {
      await step.run(signal);
      return 'done';
    } catch (error) {
      this.#logger.error('a step of the stop failed', { step: step.name, error });
      return 'failed';
    }
  }

  #since(start: number): number {
    return Math.round(this.#clock.monotonicMs() - start);
  }
}
