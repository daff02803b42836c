import type { PostgresDatabase } from '#platform/postgres/postgres-database';
import { Leases, type LeaseState } from '../leases.js';

interface LeaseRow {
  readonly name: string;
  readonly holder: string;
  /** Decimal text: it may outgrow a number. */
  readonly fence: string;
  readonly expiresInMs: number;
}

const TTL = `$3::bigint * interval '1 millisecond'`;
/**
 * `clock_timestamp()` and not `now()`, which is the time at which the statement began: one that had to wait for
 * another's lock on the row would be judged by a time that has passed.
 */
const NOW = 'clock_timestamp()';

/** Leases by the database's clock, on connections that other work doesn't take. */
export class PostgresLeases extends Leases {
  constructor(private readonly database: PostgresDatabase) {
    super();
  }

  async take(name: string, holder: string, ttlMs: number): Promise<bigint | undefined> {
    // One that would run for longer than it was taken for was taken before the clock was set back: it has run out, or
    // its holder would keep it for hours after its death. A holder that lives has it renewed before anybody looks.
    const { rows } = await this.database.write<Pick<LeaseRow, 'fence'>>(
      `INSERT INTO payout_coordination.lease AS known (name, holder, fence, ttl_ms, expires_at)
       VALUES ($1, $2, 1, $3::bigint, ${NOW} + ${TTL})
       ON CONFLICT (name) DO UPDATE SET
         holder = excluded.holder,
         fence = known.fence + CASE WHEN known.holder = excluded.holder AND known.expires_at > ${NOW} THEN 0 ELSE 1 END,
         ttl_ms = excluded.ttl_ms,
         expires_at = ${NOW} + ${TTL}
       WHERE known.holder IS NULL OR known.holder = excluded.holder OR known.expires_at <= ${NOW}
         OR known.expires_at > ${NOW} + known.ttl_ms * interval '1 millisecond'
       RETURNING fence::text`,
      [name, holder, ttlMs],
      { urgent: true },
    );
    const [row] = rows;
    return row === undefined ? undefined : BigInt(row.fence);
  }

  async renew(name: string, holder: string, fence: bigint, ttlMs: number): Promise<boolean> {
    const { count } = await this.database.write(
      `UPDATE payout_coordination.lease SET expires_at = ${NOW} + ${TTL}, ttl_ms = $3::bigint
       WHERE name = $1 AND holder = $2 AND fence = $4::bigint AND expires_at > ${NOW}`,
      [name, holder, ttlMs, fence.toString()],
      { urgent: true },
    );
    return count === 1;
  }

  async release(name: string, holder: string, fence: bigint): Promise<void> {
    await this.database.write(
      'UPDATE payout_coordination.lease SET holder = NULL WHERE name = $1 AND holder = $2 AND fence = $3::bigint',
      [name, holder, fence.toString()],
      { urgent: true },
    );
  }

  async list(): Promise<readonly LeaseState[]> {
    const rows = await this.database.read<LeaseRow>(
      `SELECT name, holder, fence::text,
         ceil(extract(epoch FROM expires_at - ${NOW}) * 1000)::bigint AS "expiresInMs"
       FROM payout_coordination.lease WHERE holder IS NOT NULL AND expires_at > ${NOW} ORDER BY name`,
    );
    return rows.map((row) => ({
      ...row,
      fence: BigInt(row.fence),
      expiresInMs: Math.max(0, row.expiresInMs),
    }));
  }
}
