import type { PostgresDatabase } from '#platform/postgres/postgres-database';
import type { EpochMs } from '#platform/time/clock';
import { FollowUps, type FollowUp } from '../follow-ups.js';

export class PostgresFollowUps extends FollowUps {
  constructor(private readonly database: PostgresDatabase) {
    super();
  }

  async schedule(items: readonly FollowUp[]): Promise<void> {
    if (items.length === 0) return;
    // The last one of a key: one statement can't change a row twice. Sorted, so that two of them can't lock crosswise.
    const times = new Map(items.map(({ key, dueAt }) => [key, dueAt]));
    await this.database.write(
      `INSERT INTO payout_coordination.follow_up (key, due_at)
       SELECT key, due_at FROM unnest($1::text[], $2::bigint[]) AS item (key, due_at) ORDER BY key COLLATE "C"
       ON CONFLICT (key) DO UPDATE SET due_at = excluded.due_at`,
      [[...times.keys()], [...times.values()]],
    );
  }

  async bringForward(key: string, dueAt: EpochMs): Promise<void> {
    await this.database.write(
      `INSERT INTO payout_coordination.follow_up AS known (key, due_at) VALUES ($1, $2)
       ON CONFLICT (key) DO UPDATE SET due_at = excluded.due_at WHERE excluded.due_at < known.due_at`,
      [key, dueAt],
    );
  }

  due(now: EpochMs, limit: number): Promise<readonly FollowUp[]> {
    return this.database.read<{ key: string; dueAt: number }>(
      `SELECT key, due_at AS "dueAt" FROM payout_coordination.follow_up
       WHERE due_at <= $1 ORDER BY due_at, key LIMIT $2`,
      [now, limit],
    );
  }

  async settle(key: string, dueAt: EpochMs): Promise<void> {
    await this.database.write('DELETE FROM payout_coordination.follow_up WHERE key = $1 AND due_at = $2', [
      key,
      dueAt,
    ]);
  }

  async next(): Promise<EpochMs | undefined> {
    const [row] = await this.database.read<{ dueAt: number }>(
      'SELECT due_at AS "dueAt" FROM payout_coordination.follow_up ORDER BY due_at LIMIT 1',
    );
    return row?.dueAt;
  }
}
