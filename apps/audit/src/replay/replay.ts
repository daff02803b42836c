import { comparePositions } from '#domain/log-position';
import type { LogPosition } from '#event-store/event-store';
import type { Clock } from '#platform/time/clock';
import type { ReadModelDatabase } from '#read-models/database';
import { readEvent, readPages, type Log, type LoggedEvent } from '../log/log.js';
import type { Difference } from './difference.js';
import { LedgerFold } from './ledger-fold.js';
import type { ModelCheck } from './model-check.js';
import { MODEL_CHECKS } from './model-checks.js';
import {
  accountCounts,
  brokenAccounts,
  currencyReports,
  payoutCounts,
  type ReadModelReport,
  type ReplayReport,
} from './replay-report.js';

/** A check under way. It is finished when the log has been read up to the model's checkpoint. */
interface OpenCheck {
  readonly check: ModelCheck;
  readonly checkpoint: LogPosition | undefined;
}

/** A finished one; `events` is how many there were up to the checkpoint. */
interface FinishedCheck extends OpenCheck {
  readonly events: number;
  readonly rows: number;
  readonly differences: readonly Difference[];
}

export interface ReplayParts {
  readonly log: Log;
  /** Must show the same moment as `log` from beginning to end: a snapshot. Undefined: there are no read models. */
  readonly readModels: ReadModelDatabase | undefined;
  readonly clock: Clock;
  readonly onProgress?: (events: number) => void;
  /** Aborted: the replay rejects with `ReplayStoppedError`. */
  readonly signal?: AbortSignal;
}

/** It was given up before its end: nothing is known of the books. */
export class ReplayStoppedError extends Error {
  override readonly name = 'ReplayStoppedError';

  constructor() {
    super('the replay was stopped before its end: start it again');
  }
}

/** Folds everything in the log with the domain, and compares with the read models row by row. It only reads. */
export class Replay {
  constructor(private readonly parts: ReplayParts) {}

  /** Throws `UnreadableLogError` or `ReplayStoppedError`. */
  async run(): Promise<ReplayReport> {
    const { log, clock, onProgress, signal } = this.parts;
    const started = clock.monotonicMs();
    const fold = new LedgerFold();
    let open = await this.#openChecks();
    const finished: FinishedCheck[] = [];
    const finishAt = async (position: LogPosition | undefined): Promise<void> => {
      for (const one of open.filter(({ checkpoint }) => isReached(checkpoint, position)))
        finished.push({ ...one, events: fold.events, ...(await one.check.finish(fold)) });
      open = open.filter((one) => !finished.some(({ check }) => check === one.check));
    };
    await finishAt(undefined);
    for await (const page of readPages(log)) {
      if (signal?.aborted === true) throw new ReplayStoppedError();
      const logged = page.map(readEvent);
      for (const part of splitAt(logged, open)) {
        for (const event of part) fold.apply(event);
        for (const { check } of open) await check.take(part);
        await finishAt(fold.lastPosition);
      }
      onProgress?.(fold.events);
    }
    return this.#report(fold, finished, open, clock.monotonicMs() - started);
  }

  async #openChecks(): Promise<readonly OpenCheck[]> {
    const { readModels } = this.parts;
    if (readModels === undefined) return [];
    const checks: OpenCheck[] = [];
    for (const make of MODEL_CHECKS) {
      const check = make(readModels);
      checks.push({ check, checkpoint: await readModels.checkpoint(check.model) });
    }
    return checks;
  }

  #report(
    fold: LedgerFold,
    finished: readonly FinishedCheck[],
    beyond: readonly OpenCheck[],
    milliseconds: number,
  ): ReplayReport {
    const differences = [
      ...finished.flatMap((one) => one.differences),
      ...beyond.map(({ check, checkpoint }) => afterEnd(check, checkpoint, fold.lastPosition)),
    ];
    const currencies = currencyReports(fold);
    const broken = brokenAccounts(fold);
    return {
      log: { events: fold.events, lastPosition: fold.lastPosition ?? null },
      milliseconds: Math.round(milliseconds),
      eventsPerSecond: Math.round((fold.events * 1_000) / Math.max(milliseconds, 1)),
      payouts: payoutCounts(fold),
      accounts: accountCounts(fold),
      postings: fold.postings,
      currencies,
      brokenAccounts: broken,
      readModels:
        this.parts.readModels === undefined ? null : finished.map((one) => modelReport(one, fold.events)),
      differences,
      equal: differences.length === 0 && broken.length === 0 && currencies.every(({ balanced }) => balanced),
    };
  }
}

/** Cuts a page after each checkpoint in it, so that the fold can be compared at exactly that place. */
function splitAt(
  page: readonly LoggedEvent[],
  open: readonly OpenCheck[],
): readonly (readonly LoggedEvent[])[] {
  const parts: LoggedEvent[][] = [[]];
  for (const logged of page) {
    parts.at(-1)?.push(logged);
    if (open.some(({ checkpoint }) => checkpoint === logged.recorded.position)) parts.push([]);
  }
  return parts.filter((part) => part.length > 0);
}

function isReached(checkpoint: LogPosition | undefined, position: LogPosition | undefined): boolean {
  if (checkpoint === undefined) return true;
  return position !== undefined && comparePositions(position, checkpoint) >= 0;
}

function afterEnd(
  check: ModelCheck,
  checkpoint: LogPosition | undefined,
  end: LogPosition | undefined,
): Difference {
  if (checkpoint === undefined) throw new Error(`the check of ${check.model} was never finished`);
  return { kind: 'checkpoint-after-end', model: check.model, checkpoint, end: end ?? null };
}

function modelReport(
  { check, checkpoint, events, rows, differences }: FinishedCheck,
  all: number,
): ReadModelReport {
  return {
    model: check.model,
    checkpoint: checkpoint ?? null,
    eventsBehind: all - events,
    rows,
    differences: differences.length,
  };
}
