import type { Cluster } from 'kafkajs';
import type { Clock } from '#platform/time/clock';
import { retryPause } from '../consumer/retry-pause.js';
import type { ClusterLink } from './cluster-link.js';
import { offsetAfter, READ_COMMITTED } from './direct-reads.js';
import { errorType, isConnection, isStale, rootOf, TopicMissingError } from './problem-of.js';
import { committedOnly, readRecord, type ReadRecord } from './record.js';
import { brokerOf, type FetchedPartition } from './wire.js';

/** Bytes of one partition that are asked for at once. A single larger message comes all the same. */
const FETCH_BYTES = 512 * 1024;
/** Nothing more is asked for a partition that has so many bytes in memory. */
const ENOUGH_BYTES = 256 * 1024;
const FETCH_BYTES_TOTAL = 4 * 1024 * 1024;
/** How long the broker waits for a message: in that time no partition can be added to the request. */
const WAIT_MS = 250;
const PATIENT_FAILURES = 5;
const LONGEST_PAUSE_MS = 2_000;
const UNDECODABLE_PAUSE_MS = 5_000;
export interface FetcherParts {
  readonly link: ClusterLink;
  readonly clock: Clock;
  /** Full name. */
  readonly topic: string;
  /** As the messages name it. */
  readonly ownTopic: string;
  readonly onMessages: (partition: number) => void;
  /** The partition's next offset isn't there. */
  readonly onGap: (partition: number) => void;
  readonly report: (part: string, problem: unknown) => void;
}

interface Buffered {
  readonly partition: number;
  /** Where the broker is asked next. */
  position: bigint;
  records: ReadRecord[];
  bytes: number;
  /** The offset after the last message that the broker has; undefined until it told. */
  high: bigint | undefined;
  /** Its records couldn't be decoded together with others': it is asked for by itself. */
  alone: boolean;
  notBefore: number;
}

/**
 * Reads ahead in the partitions of one consumer, into a bounded buffer for each: one request per broker at a time, and
 * none for a partition whose buffer is full, which is what back-pressure is here. Errors are tried again.
 */
export class PartitionFetcher {
  readonly #buffers = new Map<number, Buffered>();
  /** Brokers that are being asked. */
  readonly #asked = new Set<string>();
  #failures = 0;
  #cancelPause: (() => void) | undefined;
  #choosing = false;
  #chooseAgain = false;
  #closed = false;

  constructor(private readonly parts: FetcherParts) {}

  open(partition: number, next: bigint): void {
    this.#buffers.set(partition, {
      partition,
      position: next,
      records: [],
      bytes: 0,
      high: undefined,
      alone: false,
      notBefore: 0,
    });
    this.#pump();
  }

  close(partition: number): void {
    this.#buffers.delete(partition);
    this.parts.report(`reading partition ${partition}`, undefined);
  }

  /** Asks for nothing any more. */
  end(): void {
    this.#closed = true;
    this.#cancelPause?.();
    for (const partition of [...this.#buffers.keys()]) this.close(partition);
    this.parts.report('reading', undefined);
  }

  /** Up to so many records from `from` on, out of the buffer; undefined when they were taken before. */
  take(partition: number, from: bigint, limit: number): readonly ReadRecord[] | undefined {
    const buffer = this.#buffers.get(partition);
    if (buffer === undefined) return [];
    const first = buffer.records[0];
    if (from < (first?.message.offset ?? buffer.position) && limit === 1) return undefined;
    const taken = buffer.records.splice(0, limit);
    for (const { size } of taken) buffer.bytes -= size;
    this.#pump();
    return taken;
  }

  /** The offset after the last message that the broker was known to have; undefined when it hasn't told yet. */
  high(partition: number): bigint | undefined {
    return this.#buffers.get(partition)?.high;
  }

  #pump(): void {
    if (this.#closed || this.#cancelPause !== undefined || this.#wanted().length === 0) return;
    if (this.#choosing) {
      this.#chooseAgain = true;
      return;
    }
    this.#choosing = true;
    void this.#choose().finally(() => {
      this.#choosing = false;
      if (!this.#chooseAgain) return;
      this.#chooseAgain = false;
      this.#pump();
    });
  }

  #wanted(): readonly Buffered[] {
    const now = this.parts.clock.monotonicMs();
    return [...this.#buffers.values()].filter(
      ({ bytes, notBefore }) => bytes < ENOUGH_BYTES && now >= notBefore,
    );
  }

  /** Starts a request at each broker that leads a wanted partition and isn't being asked. Never rejects. */
  async #choose(): Promise<void> {
    try {
      const cluster = await this.parts.link.cluster();
      const wanted = this.#wanted();
      const leaders = cluster.findLeaderForPartitions(
        this.parts.topic,
        wanted.map(({ partition }) => partition),
      );
      for (const [nodeId, partitions] of Object.entries(leaders)) {
        if (this.#asked.has(nodeId)) continue;
        const here = wanted.filter(({ partition }) => partitions.includes(partition));
        const alone = here.find((buffer) => buffer.alone);
        void this.#ask(cluster, nodeId, alone === undefined ? here : [alone]);
      }
    } catch (error) {
      if (!this.#closed) await this.#failed(error, []);
    }
  }

  /** Never rejects. */
  async #ask(cluster: Cluster, nodeId: string, buffers: readonly Buffered[]): Promise<void> {
    this.#asked.add(nodeId);
    try {
      const fetched = await this.parts.link.callOnce('read', () => this.#fetch(cluster, nodeId, buffers));
      if (this.#closed) return;
      for (const one of fetched) this.#add(one, buffers);
      for (const buffer of buffers) {
        buffer.alone = false;
        this.parts.report(`reading partition ${buffer.partition}`, undefined);
      }
      this.#failures = 0;
      this.parts.report('reading', undefined);
    } catch (error) {
      if (!this.#closed) await this.#failed(error, buffers);
    }
    this.#asked.delete(nodeId);
    this.#pump();
  }

  async #fetch(
    cluster: Cluster,
    nodeId: string,
    buffers: readonly Buffered[],
  ): Promise<readonly FetchedPartition[]> {
    const broker = await brokerOf(cluster, nodeId);
    // A partition that isn't asked for now has to wait for this answer.
    const patient = this.#wanted().length === this.#buffers.size;
    const { responses } = await broker.fetch({
      maxWaitTime: patient ? WAIT_MS : 20,
      minBytes: 1,
      maxBytes: FETCH_BYTES_TOTAL,
      isolationLevel: READ_COMMITTED,
      topics: [
        {
          topic: this.parts.topic,
          partitions: buffers.map(({ partition, position }) => ({
            partition,
            fetchOffset: String(position),
            maxBytes: FETCH_BYTES,
          })),
        },
      ],
    });
    return responses.flatMap((response) => response.partitions);
  }

  #add(fetched: FetchedPartition, asked: readonly Buffered[]): void {
    const { partition } = fetched;
    const buffer = this.#buffers.get(partition);
    // It may have been closed, or opened anew, since it was asked for.
    if (buffer === undefined || !asked.includes(buffer)) return;
    buffer.high = BigInt(fetched.highWatermark);
    const next = offsetAfter(fetched);
    if (next === undefined || next <= buffer.position) return;
    const { position } = buffer;
    buffer.position = next;
    let added = 0;
    for (const wire of committedOnly(fetched.messages, fetched.abortedTransactions)) {
      // The first batch may begin before the offset that was asked for.
      if (BigInt(wire.offset) < position) continue;
      const record = readRecord(this.parts.ownTopic, partition, wire);
      buffer.records.push(record);
      buffer.bytes += record.size;
      added += 1;
    }
    if (added > 0) this.parts.onMessages(partition);
  }

  /** Never rejects. */
  async #failed(error: unknown, asked: readonly Buffered[]): Promise<void> {
    const root = rootOf(error);
    const type = errorType(error);
    if (root.name === 'KafkaJSOffsetOutOfRange' && root.partition !== undefined) {
      this.parts.onGap(root.partition);
      return;
    }
    if (
      type === undefined &&
      !isConnection(error) &&
      !(root instanceof TopicMissingError) &&
      asked.length > 0
    ) {
      this.#undecodable(error, asked);
      return;
    }
    if (type === 'UNKNOWN_TOPIC_OR_PARTITION') this.parts.link.drop();
    const moved = isStale(error);
    if (moved) {
      const { link } = this.parts;
      await link.callOnce('metadata', (now) => now.refreshMetadata()).catch(() => undefined);
    }
    this.#failures += 1;
    // A partition has its new leader within a moment; what lasts is told.
    if (!moved || this.#failures > PATIENT_FAILURES) this.parts.report('reading', error);
    this.#pause(Math.min(retryPause(this.#failures), LONGEST_PAUSE_MS));
  }

  /** kafkajs says of a whole answer that it can't decode it: each partition is tried by itself, to find which it is. */
  #undecodable(error: unknown, asked: readonly Buffered[]): void {
    const [only] = asked;
    if (asked.length > 1 || only === undefined) {
      for (const buffer of asked) buffer.alone = true;
      return;
    }
    if (this.#buffers.get(only.partition) !== only) return;
    only.notBefore = this.parts.clock.monotonicMs() + UNDECODABLE_PAUSE_MS;
    this.parts.report(
      `reading partition ${only.partition}`,
      new Error(
        `offset ${only.position} of ${this.parts.topic}/${only.partition} can't be read (${rootOf(error).message}): ` +
          'the partition waits; npm run topics makes Kafka store what all clients can read',
      ),
    );
    this.parts.clock.after(UNDECODABLE_PAUSE_MS + 10, () => this.#pump());
  }

  #pause(ms: number): void {
    if (this.#closed || this.#cancelPause !== undefined) return;
    this.#cancelPause = this.parts.clock.after(ms, () => {
      this.#cancelPause = undefined;
      this.#pump();
    });
  }
}
