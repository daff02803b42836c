import type { OutgoingMessage, ReceivedMessage } from '../message-bus.js';
import type { ParkedOrigin, PartitionLog } from '../consumer/partition-log.js';
import { checkPartitions, DEFAULT_PARTITIONS } from '../message-rules.js';
import { partitionOf } from '../partition-of.js';
import { TOPICS } from '../topics.js';
import type { Clock } from '#platform/time/clock';

interface TopicLog {
  readonly partitions: readonly ReceivedMessage[][];
  /** Every message of the topic in the order in which it came. */
  readonly all: ReceivedMessage[];
}

/** The messages and offsets of an in-memory bus. It outlives the bus, so that a test can crash one and open another. */
export class InMemoryMessageLog implements PartitionLog {
  readonly #topics = new Map<string, TopicLog>();
  readonly #offsets = new Map<string, bigint[]>();
  readonly #parked = new Set<string>();
  readonly #bells = new Set<(topic: string, partition: number) => void>();

  constructor(
    private readonly clock: Clock,
    readonly partitions: number = DEFAULT_PARTITIONS,
  ) {
    checkPartitions(partitions);
  }

  append(topic: string, messages: readonly OutgoingMessage[]): void {
    const log = this.#topic(topic);
    const touched = new Set<number>();
    for (const message of messages) {
      const partition = partitionOf(message.key, this.partitions);
      const list = log.partitions[partition] ?? [];
      const offset = BigInt(list.length);
      const stored = { ...copyOf(message), topic, partition, offset, publishedAt: this.clock.now() };
      list.push(stored);
      log.all.push(stored);
      touched.add(partition);
    }
    for (const partition of touched) for (const bell of this.#bells) bell(topic, partition);
  }

  async read(
    topic: string,
    partition: number,
    from: bigint,
    limit: number,
  ): Promise<readonly ReceivedMessage[]> {
    const list = this.#topic(topic).partitions[partition] ?? [];
    return list.slice(Number(from), Number(from) + limit).map(copyOf);
  }

  /** Messages of the topic from the `start`-th on, in the order in which they came. */
  readInOrder(topic: string, start: number, limit: number): readonly ReceivedMessage[] {
    return this.#topic(topic)
      .all.slice(start, start + limit)
      .map(copyOf);
  }

  async join(group: string, topic: string, from: 'earliest' | 'latest'): Promise<readonly bigint[]> {
    return [...this.#groupOffsets(group, topic, from)];
  }

  async commit(group: string, topic: string, next: ReadonlyMap<number, bigint>): Promise<void> {
    const offsets = this.#groupOffsets(group, topic, 'earliest');
    for (const [partition, offset] of next) {
      if (offset > (offsets[partition] ?? 0n)) offsets[partition] = offset;
    }
  }

  async park(origin: ParkedOrigin, message: OutgoingMessage): Promise<void> {
    const id = JSON.stringify([origin.group, origin.topic, origin.partition, String(origin.offset)]);
    if (this.#parked.has(id)) return;
    this.#parked.add(id);
    this.append(TOPICS.parked, [message]);
  }

  onMessages(bell: (topic: string, partition: number) => void): () => void {
    this.#bells.add(bell);
    return () => this.#bells.delete(bell);
  }

  /** What a crash of the process does: nobody who listened before hears of anything again. */
  forgetListeners(): void {
    this.#bells.clear();
  }

  #topic(topic: string): TopicLog {
    let log = this.#topics.get(topic);
    if (log === undefined) {
      log = { partitions: Array.from({ length: this.partitions }, () => []), all: [] };
      this.#topics.set(topic, log);
    }
    return log;
  }

  #groupOffsets(group: string, topic: string, from: 'earliest' | 'latest'): bigint[] {
    const id = JSON.stringify([group, topic]);
    let offsets = this.#offsets.get(id);
    if (offsets === undefined) {
      offsets = this.#topic(topic).partitions.map((list) => (from === 'earliest' ? 0n : BigInt(list.length)));
      this.#offsets.set(id, offsets);
    }
    return offsets;
  }
}

/** Bytes and headers are copied on the way in and on the way out, as they would be by a real bus. */
function copyOf<M extends OutgoingMessage>(message: M): M {
  return { ...message, headers: { ...message.headers }, value: Uint8Array.from(message.value) };
}
