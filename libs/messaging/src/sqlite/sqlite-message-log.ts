import type { Clock, EpochMs } from '#platform/time/clock';
import { prepared } from '#platform/sqlite/prepared';
import type { SqliteFile } from '#platform/sqlite/sqlite-file';
import type { OutgoingMessage, ReceivedMessage } from '../message-bus.js';
import type { ParkedOrigin, PartitionLog } from '../consumer/partition-log.js';
import { partitionOf } from '../partition-of.js';
import { TOPICS } from '../topics.js';
import { MESSAGE_COLUMNS, receivedMessage, type MessageRow } from './message-row.js';
import { sealMessage, type MessageSealer } from './sealed-message.js';
import type { CommitJob, DeclareJob, JoinJob, ParkJob, PruneJob, PublishJob } from './writer-jobs.js';

/** The name of the module in `writer.ts`. */
const MODULE = 'messaging';

export interface SqliteMessageLogOptions {
  readonly file: SqliteFile;
  readonly clock: Clock;
  readonly sealer: MessageSealer;
  readonly partitions: number;
}

/** Messages and offsets in the one SQLite file; headers and values sealed, keys in clear. */
export class SqliteMessageLog implements PartitionLog {
  readonly partitions: number;
  readonly #file: SqliteFile;
  readonly #clock: Clock;
  readonly #sealer: MessageSealer;

  constructor(options: SqliteMessageLogOptions) {
    this.partitions = options.partitions;
    this.#file = options.file;
    this.#clock = options.clock;
    this.#sealer = options.sealer;
  }

  /** Fixes the number of partitions in a new file; rejects when the file has another one. */
  declare(): Promise<void> {
    return this.#run('declare', { partitions: this.partitions } satisfies DeclareJob);
  }

  append(topic: string, messages: readonly OutgoingMessage[]): Promise<void> {
    return this.#run('publish', this.#sealed(topic, messages));
  }

  async read(
    topic: string,
    partition: number,
    from: bigint,
    limit: number,
  ): Promise<readonly ReceivedMessage[]> {
    const select = prepared<[string, number, bigint, number], MessageRow>(
      this.#file.reader(),
      `SELECT ${MESSAGE_COLUMNS} FROM message WHERE topic = ? AND partition = ? AND offset >= ? ORDER BY offset LIMIT ?`,
    );
    return select.all(topic, partition, from, limit).map((row) => receivedMessage(row, this.#sealer));
  }

  async join(group: string, topic: string, from: 'earliest' | 'latest'): Promise<readonly bigint[]> {
    const known = this.#groupOffsets(group, topic);
    if (known.length === this.partitions) return known;
    await this.#run('join', { group, topic, from } satisfies JoinJob);
    return this.#groupOffsets(group, topic);
  }

  commit(group: string, topic: string, next: ReadonlyMap<number, bigint>): Promise<void> {
    const offsets = [...next].map(([partition, offset]) => [partition, Number(offset)] as const);
    return this.#run('commit', { group, topic, next: offsets } satisfies CommitJob);
  }

  park(origin: ParkedOrigin, message: OutgoingMessage): Promise<void> {
    const parked = this.#sealed(TOPICS.parked, [message]);
    return this.#run('park', { ...origin, offset: Number(origin.offset), parked } satisfies ParkJob);
  }

  /** Deletes up to `limit` messages that are older and that every group has passed. Resolves with how many. */
  prune(topic: string, olderThan: EpochMs, limit: number): Promise<number> {
    return this.#run('prune', { topic, olderThan, limit } satisfies PruneJob);
  }

  /** Looks after each commit of messaging jobs which partitions have new messages: whoever wrote them, the bell rings. */
  onMessages(bell: (topic: string, partition: number) => void): () => void {
    let last = this.#lastSequence();
    return this.#file.onCommit((modules) => {
      if (!modules.has(MODULE)) return;
      // The plus signs keep SQLite from walking a whole index for the grouping.
      const select = prepared<[number], { topic: string; partition: number; last: number }>(
        this.#file.reader(),
        `SELECT topic, partition, max(sequence) AS last FROM message WHERE sequence > ?
         GROUP BY +topic, +partition`,
      );
      const touched = select.all(last);
      last = touched.reduce((highest, row) => Math.max(highest, row.last), last);
      for (const { topic, partition } of touched) bell(topic, partition);
    });
  }

  #lastSequence(): number {
    const select = prepared<[], { last: number | null }>(
      this.#file.reader(),
      'SELECT max(sequence) AS last FROM message',
    );
    return select.get()?.last ?? 0;
  }

  #groupOffsets(group: string, topic: string): readonly bigint[] {
    const select = prepared<[string, string], { next_offset: number }>(
      this.#file.reader(),
      `SELECT next_offset FROM message_group_offset WHERE topic = ? AND consumer_group = ? ORDER BY partition`,
    );
    return select.all(topic, group).map((row) => BigInt(row.next_offset));
  }

  #sealed(topic: string, messages: readonly OutgoingMessage[]): PublishJob {
    return {
      topic,
      publishedAt: this.#clock.now(),
      messages: messages.map((message) => ({
        partition: partitionOf(message.key, this.partitions),
        key: message.key,
        sealed: sealMessage(this.#sealer, message),
      })),
    };
  }

  #run<R>(job: string, args: unknown): Promise<R> {
    return this.#file.run<R>(MODULE, job, args);
  }
}
