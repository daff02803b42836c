import { prepared } from '#platform/sqlite/prepared';
import type { SqliteAccess } from '#platform/sqlite/read-only-sqlite-file';
import type { EpochMs } from '#platform/time/clock';
import { FollowUps, type FollowUp } from '../follow-ups.js';
import { COORDINATION } from './coordination-writer.js';

export class SqliteFollowUps extends FollowUps {
  readonly #file: SqliteAccess;

  constructor(file: SqliteAccess) {
    super();
    this.#file = file;
  }

  schedule(items: readonly FollowUp[]): Promise<void> {
    return this.#file.run(COORDINATION, 'schedule', items);
  }

  bringForward(key: string, dueAt: EpochMs): Promise<void> {
    return this.#file.run(COORDINATION, 'bringForward', { key, dueAt });
  }

  async due(now: EpochMs, limit: number): Promise<readonly FollowUp[]> {
    return prepared<[number, number], FollowUp>(
      this.#file.reader(),
      'SELECT key, due_at AS dueAt FROM follow_ups WHERE due_at <= ? ORDER BY due_at, key LIMIT ?',
    ).all(now, limit);
  }

  settle(key: string, dueAt: EpochMs): Promise<void> {
    return this.#file.run(COORDINATION, 'settle', { key, dueAt });
  }

  async next(): Promise<EpochMs | undefined> {
    return prepared<[], { dueAt: number }>(
      this.#file.reader(),
      'SELECT due_at AS dueAt FROM follow_ups ORDER BY due_at LIMIT 1',
    ).get()?.dueAt;
  }
}
