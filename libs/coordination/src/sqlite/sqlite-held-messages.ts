import { prepared } from '#platform/sqlite/prepared';
import type { SqliteAccess } from '#platform/sqlite/read-only-sqlite-file';
import type { Clock } from '#platform/time/clock';
import { HeldMessages, type HeldForRetry, type HeldMessage, type Hold } from '../held-messages.js';
import { COORDINATION } from './coordination-writer.js';
import { openHeld, sealHeld, type HeldMessageSealer } from '../sealed-held-message.js';
import type { FirstHoldJob, HoldJob } from './writer.js';

interface HeldRow {
  readonly key: string;
  readonly id: number;
  readonly sealed: Uint8Array;
}

export class SqliteHeldMessages extends HeldMessages {
  readonly #file: SqliteAccess;
  readonly #sealer: HeldMessageSealer;
  readonly #clock: Pick<Clock, 'now'>;

  constructor(file: SqliteAccess, sealer: HeldMessageSealer, clock: Pick<Clock, 'now'>) {
    super();
    this.#file = file;
    this.#sealer = sealer;
    this.#clock = clock;
  }

  hold(key: string, message: HeldMessage, reason: string): Promise<void> {
    const job: FirstHoldJob = { ...this.#job(key, message), since: this.#clock.now(), reason };
    return this.#file.run(COORDINATION, 'hold', job);
  }

  async holdIfHeld(key: string, message: HeldMessage): Promise<boolean> {
    // Almost no key is held: a look spares most messages a flush of the disk. It answers as the writer would have at
    // this moment; only a hold that isn't durable yet is missed, by the writer too if this call had come first.
    const held = prepared<[string]>(this.#file.reader(), 'SELECT 1 FROM holds WHERE key = ?').get(key);
    if (held === undefined) return false;
    return this.#file.run<boolean>(COORDINATION, 'holdIfHeld', this.#job(key, message));
  }

  async list(): Promise<readonly Hold[]> {
    return prepared<[], Omit<Hold, 'retryRequested'> & { readonly retryRequested: number }>(
      this.#file.reader(),
      `SELECT key, (SELECT count(*) FROM held_messages WHERE key = holds.key) AS count,
         since, reason, retry_requested AS retryRequested
       FROM holds ORDER BY number`,
    )
      .all()
      .map((row) => ({ ...row, retryRequested: row.retryRequested === 1 }));
  }

  requestRetry(key: string): Promise<boolean> {
    return this.#file.run<boolean>(COORDINATION, 'requestRetry', { key });
  }

  async skipFirst(key: string): Promise<HeldMessage | undefined> {
    for (;;) {
      const row = prepared<[string], HeldRow>(
        this.#file.reader(),
        'SELECT key, id, sealed FROM held_messages WHERE key = ? ORDER BY id LIMIT 1',
      ).get(key);
      if (row === undefined) return undefined;
      const message = openHeld(this.#sealer, row.sealed);
      // Unless it was dealt with since the look: then the next one is the first.
      if (await this.#file.run<boolean>(COORDINATION, 'remove', { key, id: row.id })) return message;
    }
  }

  async nextToRetry(): Promise<HeldForRetry | undefined> {
    const row = prepared<[], HeldRow>(
      this.#file.reader(),
      `SELECT held_messages.key, id, sealed
       FROM holds JOIN held_messages ON held_messages.key = holds.key
       WHERE retry_requested = 1 ORDER BY number, id LIMIT 1`,
    ).get();
    if (row === undefined) return undefined;
    return { key: row.key, id: row.id, message: openHeld(this.#sealer, row.sealed) };
  }

  async done(key: string, id: number): Promise<void> {
    await this.#file.run<boolean>(COORDINATION, 'remove', { key, id });
  }

  failAgain(key: string, reason: string): Promise<void> {
    return this.#file.run(COORDINATION, 'failAgain', { key, reason });
  }

  #job(key: string, message: HeldMessage): HoldJob {
    return { key, topic: message.topic, offset: message.offset, sealed: sealHeld(this.#sealer, message) };
  }
}
