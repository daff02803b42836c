import type { Clock } from '#platform/time/clock';
import { checkTopic } from '../message-rules.js';
import type { ReceivedMessage } from '../message-bus.js';
import { TopicReader, type TopicPage } from '../topic-reader.js';
import { ClusterLink } from './cluster-link.js';
import { DirectReads, offsetAfter } from './direct-reads.js';
import { partitionRanges, partitionsOf, type PartitionRange } from './group-offsets.js';
import { KafkaClients } from './kafka-client.js';
import { KafkaNames } from './kafka-names.js';
import { committedOnly, readRecord } from './record.js';
import type { KafkaSettings } from './settings.js';

const BYTES_PER_READ = 1024 * 1024;
const CURSOR = /^[0-9]{1,4}:[0-9]{1,18}(,[0-9]{1,4}:[0-9]{1,18})*$/;

export interface KafkaTopicReaderOptions {
  readonly settings: KafkaSettings;
  readonly clock: Clock;
  readonly clientId: string;
}

/**
 * Reads all partitions of a topic as one list: in order within each partition, and among them by the time at which
 * Kafka took the messages, as far as one page goes. Its cursor is the next offset of each partition.
 */
export class KafkaTopicReader extends TopicReader {
  readonly #links = new Map<string, ClusterLink>();
  readonly #names: KafkaNames;
  readonly #clients: KafkaClients;

  private constructor(private readonly options: KafkaTopicReaderOptions) {
    super();
    this.#clients = new KafkaClients(options.settings, options.clientId);
    this.#names = new KafkaNames(options.settings.kafkaPrefix);
  }

  /** Connects when it is first used. Throws when the settings don't fit together. */
  static async open(options: KafkaTopicReaderOptions): Promise<KafkaTopicReader> {
    return new KafkaTopicReader(options);
  }

  /** Rejects, besides what the port says, when Kafka can't be reached or hasn't the topic. */
  async readTopic(topic: string, cursor: string | undefined, limit: number): Promise<TopicPage> {
    checkTopic(topic);
    const given = offsetsIn(cursor);
    const name = this.#names.topic(topic);
    const link = this.#link(name);
    const ranges = await link.call('read the ends', (cluster) =>
      partitionRanges(cluster, name, partitionsOf(cluster, name)),
    );
    const reads = new DirectReads(link);
    const lists: ReceivedMessage[][] = [];
    const next = new Map<number, bigint>();
    for (const [partition, range] of ranges) {
      const from = startIn(range, given.get(partition));
      next.set(partition, from);
      const list = await this.#readPartition(reads, topic, partition, from, range.high, limit);
      if (list.length > 0) lists.push(list);
    }
    const messages = merged(lists, limit);
    for (const { partition, offset } of messages) next.set(partition, offset + 1n);
    if (messages.length === 0) return { messages, cursor };
    return {
      messages,
      cursor: Array.from(next, ([partition, offset]) => `${partition}:${offset}`).join(','),
    };
  }

  async close(): Promise<void> {
    await Promise.all([...this.#links.values()].map((link) => link.close()));
  }

  async #readPartition(
    reads: DirectReads,
    topic: string,
    partition: number,
    from: bigint,
    to: bigint,
    limit: number,
  ): Promise<ReceivedMessage[]> {
    const list: ReceivedMessage[] = [];
    let next = from;
    while (next < to && list.length < limit) {
      const [fetched] = await reads.read(
        this.#names.topic(topic),
        new Map([[partition, next]]),
        BYTES_PER_READ,
      );
      const after = fetched === undefined ? undefined : offsetAfter(fetched);
      if (fetched === undefined || after === undefined || after <= next) break;
      for (const wire of committedOnly(fetched.messages, fetched.abortedTransactions)) {
        if (BigInt(wire.offset) >= next) list.push(readRecord(topic, partition, wire).message);
      }
      next = after;
    }
    return list;
  }

  #link(name: string): ClusterLink {
    const known = this.#links.get(name);
    if (known !== undefined) return known;
    const link = new ClusterLink(this.#clients, this.options.clock, [name]);
    this.#links.set(name, link);
    return link;
  }
}

function offsetsIn(cursor: string | undefined): ReadonlyMap<number, bigint> {
  if (cursor === undefined) return new Map();
  if (!CURSOR.test(cursor)) {
    throw new RangeError('not a cursor of this reader: give back one that it gave, or none to start anew');
  }
  const pairs = cursor.split(',').map((pair) => pair.split(':'));
  return new Map(pairs.map(([partition, offset]) => [Number(partition), BigInt(offset ?? 0)]));
}

/** What lay before was deleted meanwhile; what lies behind was another topic's. */
function startIn({ low, high }: PartitionRange, given: bigint | undefined): bigint {
  if (given === undefined || given < low || given > high) return low;
  return given;
}

function merged(lists: readonly ReceivedMessage[][], limit: number): readonly ReceivedMessage[] {
  const places = lists.map(() => 0);
  const page: ReceivedMessage[] = [];
  while (page.length < limit) {
    let first: ReceivedMessage | undefined;
    let from = -1;
    for (const [index, list] of lists.entries()) {
      const candidate = list[places[index] ?? 0];
      if (candidate !== undefined && (first === undefined || candidate.publishedAt < first.publishedAt)) {
        [first, from] = [candidate, index];
      }
    }
    if (first === undefined) break;
    page.push(first);
    places[from] = (places[from] ?? 0) + 1;
  }
  return page;
}
