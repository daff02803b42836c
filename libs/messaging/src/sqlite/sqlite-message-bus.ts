import type { Clock, EpochMs } from '#platform/time/clock';
import type { SqliteFile } from '#platform/sqlite/sqlite-file';
import { NO_OBSERVER, type ConsumerObserver } from '../consumer/consumer-observer.js';
import { ConsumerEngine } from '../consumer/consumer-engine.js';
import {
  MessageBus,
  MessageBusClosedError,
  type Consumer,
  type ConsumerOptions,
  type OutgoingMessage,
} from '../message-bus.js';
import { checkMessages, checkPartitions, checkTopic, DEFAULT_PARTITIONS } from '../message-rules.js';
import { TOPICS } from '../topics.js';
import type { MessageSealer } from './sealed-message.js';
import { SqliteMessageLog } from './sqlite-message-log.js';

/** Give this to `SqliteFile.open` among its modules. */
export const MESSAGING_WRITER = new URL('./writer.js', import.meta.url);

/** Deleted in one turn of the writer, so that appends don't wait long. */
const PRUNE_BATCH = 500;

export interface SqliteMessageBusOptions {
  readonly file: SqliteFile;
  readonly clock: Clock;
  /** For headers and values. Keys are stored in clear and must not hold personal data. */
  readonly sealer: MessageSealer;
  /** Per topic; fixed by the first start of a file. 8 when absent. */
  readonly partitions?: number;
  readonly observer?: ConsumerObserver;
}

/** The bus of the embedded shape, in the one SQLite file. Open one per file and process: groups are shared within it. */
export class SqliteMessageBus extends MessageBus {
  readonly #log: SqliteMessageLog;
  readonly #engine: ConsumerEngine;
  #closed = false;

  private constructor(log: SqliteMessageLog, clock: Clock, observer: ConsumerObserver) {
    super();
    this.#log = log;
    this.#engine = new ConsumerEngine(log, clock, observer);
  }

  /** Rejects when the file was filled with another number of partitions. The file stays the caller's to close. */
  static async open(options: SqliteMessageBusOptions): Promise<SqliteMessageBus> {
    const { file, clock, sealer, partitions = DEFAULT_PARTITIONS, observer = NO_OBSERVER } = options;
    checkPartitions(partitions);
    const log = new SqliteMessageLog({ file, clock, sealer, partitions });
    await log.declare();
    return new SqliteMessageBus(log, clock, observer);
  }

  async publish(topic: string, messages: readonly OutgoingMessage[]): Promise<void> {
    this.#refuseWhenClosed();
    checkTopic(topic);
    checkMessages(messages);
    if (messages.length > 0) await this.#log.append(topic, messages);
  }

  async consume(options: ConsumerOptions): Promise<Consumer> {
    this.#refuseWhenClosed();
    checkTopic(options.topic);
    return this.#engine.consume(options);
  }

  /**
   * Deletes the topic's messages that are older and that every group has passed (a group that is recorded and never
   * consumes keeps them). Parked messages are never deleted. Resolves with how many were.
   */
  async prune(topic: string, olderThan: EpochMs): Promise<number> {
    this.#refuseWhenClosed();
    checkTopic(topic);
    if (topic === TOPICS.parked) return 0;
    let removed = 0;
    for (;;) {
      const now = await this.#log.prune(topic, olderThan, PRUNE_BATCH);
      removed += now;
      if (now < PRUNE_BATCH) return removed;
    }
  }

  async close(): Promise<void> {
    this.#closed = true;
    await this.#engine.close();
  }

  #refuseWhenClosed(): void {
    if (this.#closed) throw new MessageBusClosedError();
  }
}
