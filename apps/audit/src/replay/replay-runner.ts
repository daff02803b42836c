import type { Logger } from '#platform/logging/logger';
import { isoTime, type Clock } from '#platform/time/clock';
import type { Log } from '../log/log.js';
import { UnreadableLogError } from '../log/unreadable-log-error.js';
import type { AuditedTables } from '../tables/audited-tables.js';
import type { ReplayReport } from './replay-report.js';
import { Replay, ReplayStoppedError } from './replay.js';

/** The last replay that was asked for. */
export type ReplayState =
  | { readonly status: 'none' }
  | {
      readonly status: 'running';
      readonly startedAt: string;
      /** Events of the log that were read so far. */
      readonly events: number;
    }
  | {
      readonly status: 'done';
      readonly startedAt: string;
      readonly endedAt: string;
      readonly report: ReplayReport;
    }
  | {
      readonly status: 'failed';
      readonly startedAt: string;
      readonly endedAt: string;
      /** In words, with what to do about it. */
      readonly reason: string;
      /** Of what can't be read in the log. */
      readonly position?: string;
    };

export interface ReplayRunnerParts {
  readonly log: Log;
  readonly tables: AuditedTables;
  readonly clock: Clock;
  readonly logger: Logger;
}

/** Replays the log on demand, one replay at a time: it reads everything there is, and holds the books in memory. */
export class ReplayRunner {
  #state: ReplayState = { status: 'none' };
  #stop = new AbortController();
  #running: Promise<void> = Promise.resolve();

  constructor(private readonly parts: ReplayRunnerParts) {}

  get state(): ReplayState {
    return this.#state;
  }

  /** False when one is running already. */
  start(): boolean {
    if (this.#state.status === 'running' || this.#stop.signal.aborted) return false;
    const startedAt = isoTime(this.parts.clock.now());
    this.#state = { status: 'running', startedAt, events: 0 };
    this.#running = this.#run(startedAt);
    return true;
  }

  /** A replay that is running is given up. None can be started afterwards. */
  async stop(): Promise<void> {
    this.#stop.abort();
    await this.#running;
  }

  async #run(startedAt: string): Promise<void> {
    const { log, tables, clock, logger } = this.parts;
    const { signal } = this.#stop;
    const onProgress = (events: number): void => {
      this.#state = { status: 'running', startedAt, events };
    };
    try {
      const report = await tables.inSnapshot((readModels) =>
        new Replay({ log, readModels, clock, onProgress, signal }).run(),
      );
      this.#state = { status: 'done', startedAt, endedAt: isoTime(clock.now()), report };
      const { equal, log: read, differences, milliseconds } = report;
      if (equal) logger.info('replayed the log', { events: read.events, milliseconds });
      else logger.alarm('replay-differs', { events: read.events, differences: differences.length });
    } catch (error) {
      this.#state = { status: 'failed', startedAt, endedAt: isoTime(clock.now()), ...failureOf(error) };
      if (error instanceof UnreadableLogError) logger.alarm('log-unreadable', { error });
      else if (!(error instanceof ReplayStoppedError)) logger.error('a replay failed', { error });
    }
  }
}

/** What our own errors say is meant to be read; what nobody foresaw is in our log. */
function failureOf(error: unknown): { readonly reason: string; readonly position?: string } {
  if (error instanceof UnreadableLogError) return { reason: error.message, position: error.position };
  if (error instanceof ReplayStoppedError) return { reason: error.message };
  return {
    reason:
      'the log or the tables could not be read to the end: see the log of this service, then start it again',
  };
}
