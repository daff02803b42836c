import { DatabaseOutcomeUnknownError } from '#platform/postgres/errors';
import type { PostgresDatabase } from '#platform/postgres/postgres-database';
import type { PostgresTransaction } from '#platform/postgres/postgres-transaction';
import type { Clock } from '#platform/time/clock';
import { HeldMessages, type HeldForRetry, type HeldMessage, type Hold } from '../held-messages.js';
import { openHeld, sealHeld, type HeldMessageSealer } from '../sealed-held-message.js';

interface HeldRow {
  readonly key: string;
  readonly id: number;
  readonly sealed: Uint8Array;
}

const SKIP_ATTEMPTS = 3;

/** Whoever changes what waits for a key locks the key's row first: so they wait for each other, and never crosswise. */
export class PostgresHeldMessages extends HeldMessages {
  constructor(
    private readonly database: PostgresDatabase,
    private readonly sealer: HeldMessageSealer,
    private readonly clock: Pick<Clock, 'now'>,
  ) {
    super();
  }

  async hold(key: string, message: HeldMessage, reason: string): Promise<void> {
    const sealed = sealHeld(this.sealer, message);
    const since = this.clock.now();
    await this.database.transaction(async (transaction) => {
      // The update changes nothing, and locks the row.
      await transaction.query(
        `INSERT INTO payout_coordination.hold (key, since, reason) VALUES ($1, $2, $3)
         ON CONFLICT (key) DO UPDATE SET key = excluded.key`,
        [key, since, reason],
      );
      await putBehind(transaction, key, message, sealed);
    });
  }

  async holdIfHeld(key: string, message: HeldMessage): Promise<boolean> {
    // Almost no key is held: most messages need no more than a look.
    const look = await this.database.read('SELECT 1 FROM payout_coordination.hold WHERE key = $1', [key]);
    if (look.length === 0) return false;
    const sealed = sealHeld(this.sealer, message);
    return this.database.transaction(async (transaction) => {
      if (!(await lock(transaction, key))) return false;
      await putBehind(transaction, key, message, sealed);
      return true;
    });
  }

  list(): Promise<readonly Hold[]> {
    return this.database.read<Hold & object>(
      `SELECT key, (SELECT count(*) FROM payout_coordination.held_message AS message WHERE message.key = hold.key) AS count,
         since, reason, retry_requested AS "retryRequested"
       FROM payout_coordination.hold ORDER BY number`,
    );
  }

  async requestRetry(key: string): Promise<boolean> {
    const { count } = await this.database.write(
      'UPDATE payout_coordination.hold SET retry_requested = true WHERE key = $1',
      [key],
    );
    return count === 1;
  }

  async skipFirst(key: string): Promise<HeldMessage | undefined> {
    for (;;) {
      const [row] = await this.database.read<HeldRow & object>(
        'SELECT key, id, sealed FROM payout_coordination.held_message WHERE key = $1 ORDER BY id LIMIT 1',
        [key],
      );
      if (row === undefined) return undefined;
      const message = openHeld(this.sealer, row.sealed);
      // Unless it was dealt with since the look: then the next one is the first.
      if (await this.#skip(key, row.id)) return message;
    }
  }

  async nextToRetry(): Promise<HeldForRetry | undefined> {
    const [row] = await this.database.read<HeldRow & object>(
      `SELECT message.key, message.id, message.sealed
       FROM payout_coordination.hold JOIN payout_coordination.held_message AS message ON message.key = hold.key
       WHERE hold.retry_requested ORDER BY hold.number, message.id LIMIT 1`,
    );
    if (row === undefined) return undefined;
    return { key: row.key, id: row.id, message: openHeld(this.sealer, row.sealed) };
  }

  async done(key: string, id: number): Promise<void> {
    await this.#remove(key, id);
  }

  async failAgain(key: string, reason: string): Promise<void> {
    await this.database.write(
      'UPDATE payout_coordination.hold SET reason = $2, retry_requested = false WHERE key = $1',
      [key, reason],
    );
  }

  /** When the outcome stays unknown and the message is gone afterwards, it counts as skipped here. */
  async #skip(key: string, id: number): Promise<boolean> {
    let unheard = false;
    for (let attempt = 1; ; attempt += 1) {
      try {
        return (await this.#remove(key, id)) || unheard;
      } catch (error) {
        unheard ||= error instanceof DatabaseOutcomeUnknownError;
        if (!unheard || attempt === SKIP_ATTEMPTS) throw error;
      }
    }
  }

  /** True when the message was there. */
  #remove(key: string, id: number): Promise<boolean> {
    return this.database.transaction(async (transaction) => {
      if (!(await lock(transaction, key))) return false;
      const { count } = await transaction.query(
        'DELETE FROM payout_coordination.held_message WHERE key = $1 AND id = $2',
        [key, id],
      );
      await transaction.query(
        `DELETE FROM payout_coordination.hold WHERE key = $1
         AND NOT EXISTS (SELECT 1 FROM payout_coordination.held_message AS message WHERE message.key = $1)`,
        [key],
      );
      return count === 1;
    });
  }
}

/** False when the key isn't held. */
async function lock(transaction: PostgresTransaction, key: string): Promise<boolean> {
  const { count } = await transaction.query(
    'SELECT 1 FROM payout_coordination.hold WHERE key = $1 FOR UPDATE',
    [key],
  );
  return count === 1;
}

async function putBehind(
  transaction: PostgresTransaction,
  key: string,
  { topic, offset }: HeldMessage,
  sealed: Uint8Array,
): Promise<void> {
  await transaction.query(
    `INSERT INTO payout_coordination.held_message (key, topic, topic_offset, sealed) VALUES ($1, $2, $3, $4)
     ON CONFLICT DO NOTHING`,
    [key, topic, offset, sealed],
  );
}
