import { Injectable } from '@nestjs/common';
import { comparePositions, isLogPosition, logPosition, type LogPosition } from '#domain/log-position';
import { Clock } from '#platform/time/clock';
import { ReadModelDatabase } from '#read-models/database';
import { invalidRequest, problem, ProblemException } from '../problem/problems.js';

/** Where no event has been projected yet. */
const START = logPosition('0');
const PAUSE_MS = 20;

export interface FreshnessSettings {
  readonly positionWaitMs: number;
  readonly maxWaiting: number;
}

/** How far the tables are, and waiting until they are far enough: a caller may read what it has just written. */
@Injectable()
export class Freshness {
  #waiting = 0;

  constructor(
    private readonly database: ReadModelDatabase,
    private readonly clock: Clock,
    private readonly settings: FreshnessSettings,
  ) {}

  /**
   * The position up to which all these models are complete, taken before anything is read from them. Waits until it is
   * at `minPosition` at least; throws a `ProblemException` (503) when that takes too long.
   */
  async reach(models: readonly string[], minPosition: string | undefined): Promise<LogPosition> {
    const reached = await this.#position(models);
    if (minPosition === undefined) return reached;
    if (!isLogPosition(minPosition))
      throw invalidRequest([{ field: 'minPosition', message: 'must be a position that this service gave' }]);
    if (comparePositions(reached, minPosition) >= 0) return reached;
    return this.#wait(models, minPosition);
  }

  async #wait(models: readonly string[], wanted: LogPosition): Promise<LogPosition> {
    if (this.#waiting >= this.settings.maxWaiting) {
      throw new ProblemException(problem('too-many-waiting', 'read again in a moment'), {
        'retry-after': '1',
      });
    }
    this.#waiting += 1;
    try {
      const until = this.clock.monotonicMs() + this.settings.positionWaitMs;
      for (;;) {
        const reached = await this.#position(models);
        if (comparePositions(reached, wanted) >= 0) return reached;
        if (this.clock.monotonicMs() >= until) {
          throw new ProblemException(
            {
              ...problem('read-model-behind', `the tables are at ${reached}; read again in a moment`),
              position: reached,
            },
            { 'retry-after': '1', 'ledger-position': reached },
          );
        }
        await this.clock.sleep(PAUSE_MS);
      }
    } finally {
      this.#waiting -= 1;
    }
  }

  async #position(models: readonly string[]): Promise<LogPosition> {
    const positions = await Promise.all(models.map((model) => this.database.checkpoint(model)));
    return positions
      .map((position) => position ?? START)
      .reduce((least, position) => (comparePositions(position, least) < 0 ? position : least));
  }
}
