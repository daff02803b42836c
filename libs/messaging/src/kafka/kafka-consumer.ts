import type { Clock } from '#platform/time/clock';
import type { ConsumerObserver } from '../consumer/consumer-observer.js';
import type { ParkedOrigin } from '../consumer/partition-log.js';
import { PartitionedConsumer } from '../consumer/partitioned-consumer.js';
import { retryPause } from '../consumer/retry-pause.js';
import type { Consumer, ConsumerOptions, OutgoingMessage, ReceivedMessage } from '../message-bus.js';
import { TOPICS } from '../topics.js';
import type { BusyPartitions } from './busy-partitions.js';
import { ClusterLink } from './cluster-link.js';
import { DirectReads } from './direct-reads.js';
import { GroupMembership, type PartitionHolder } from './group-membership.js';
import {
  commitOffsets,
  committedOffsets,
  NO_MEMBER,
  partitionRanges,
  partitionsOf,
} from './group-offsets.js';
import type { KafkaClients } from './kafka-client.js';
import type { KafkaNames } from './kafka-names.js';
import type { KafkaPublisher } from './kafka-publisher.js';
import { ParkedBook } from './parked-book.js';
import { PartitionFetcher } from './partition-fetcher.js';
import { outgoingRecord, parkedOriginal, type ReadRecord, type RecordFlaw } from './record.js';
import { RereadCache } from './reread-cache.js';

const LAG_EVERY_MS = 2_000;
/** How long `consume` waits for the broker to record where a group that wants the latest begins. */
const RECORD_WITHIN_MS = 5_000;

export interface KafkaConsumerParts {
  readonly clients: KafkaClients;
  readonly clock: Clock;
  readonly names: KafkaNames;
  readonly sessionMs: number;
  readonly observer: ConsumerObserver;
  /** Publishes to the topic of the parked. */
  readonly parker: KafkaPublisher;
  readonly busy: BusyPartitions;
  /** Something is wrong with a part of this consumer, or well again. */
  readonly report: (part: string, problem: unknown) => void;
  readonly alarm: (
    partition: number,
    next: bigint,
    range: { readonly low: bigint; readonly high: bigint },
  ) => Error;
}

/**
 * A consumer of the shared engine on Kafka: the group gives it partitions, the fetcher fills them, the engine hands out
 * and commits.
 */
export class KafkaConsumer implements Consumer, PartitionHolder {
  readonly ended: Promise<void>;
  readonly #engine: PartitionedConsumer;
  readonly #membership: GroupMembership;
  readonly #fetcher: PartitionFetcher;
  readonly #links: readonly ClusterLink[];
  readonly #offsets: ClusterLink;
  readonly #rereads: RereadCache;
  readonly #parked: ParkedBook;
  readonly #flaws = new WeakMap<ReceivedMessage, RecordFlaw>();
  /** Flaws of messages that are about to be parked, by partition and offset. */
  readonly #parking = new Map<string, RecordFlaw>();
  /** When the first message came that was read since the partition was opened. */
  readonly #since = new Map<number, number>();
  #cancelLag: () => void = () => undefined;

  constructor(
    private readonly options: ConsumerOptions,
    private readonly parts: KafkaConsumerParts,
  ) {
    const { clients, clock, names, report } = parts;
    const topic = names.topic(options.topic);
    const link = new ClusterLink(clients, clock, [topic]);
    const parkedTopic = names.topic(TOPICS.parked);
    const parkedLink = new ClusterLink(clients, clock, [parkedTopic]);
    this.#offsets = new ClusterLink(clients, clock, [topic]);
    this.#links = [link, this.#offsets, parkedLink];
    this.#parked = new ParkedBook(parkedLink, parkedTopic);
    this.#rereads = new RereadCache(new DirectReads(this.#offsets), topic, options.topic);
    this.#fetcher = new PartitionFetcher({
      link,
      clock,
      topic,
      ownTopic: options.topic,
      report,
      onMessages: (partition) => this.#engine.ring(partition),
      onGap: (partition) => this.#membership.reopen(partition),
    });
    this.#membership = new GroupMembership(
      { group: this.#group, topic, from: options.from, sessionMs: parts.sessionMs },
      { link, offsets: this.#offsets, clock, holder: this, busy: parts.busy, report, gap: parts.alarm },
    );
    this.#engine = new PartitionedConsumer(
      { ...options, handler: this.#handler() },
      {
        log: {
          read: (_topic, partition, from, limit) => this.#read(partition, from, limit),
          commit: (_group, _topic, next) => this.#membership.commit(next),
          park: (origin, message) => this.#park(origin, message),
        },
        clock,
        observer: parts.observer,
        mayHandOut: () => this.#membership.inTouch,
        leave: () => this.#membership.leave(),
      },
    );
    this.ended = this.#engine.ended;
  }

  /**
   * Joins the group in the background. A group that wants the latest messages is recorded before: what is published
   * from then on reaches it. While Kafka is away that is waited for `RECORD_WITHIN_MS` only; then the group begins
   * where the topic ends when Kafka is back.
   */
  async start(): Promise<void> {
    if (this.options.from === 'latest') await this.#recordStart();
    this.#membership.start();
    this.#tellLag();
  }

  pause(): void {
    this.#engine.pause();
  }

  resume(): void {
    this.#engine.resume();
  }

  async stop(): Promise<void> {
    await this.#engine.stop();
    this.#cancelLag();
    this.#fetcher.end();
    this.parts.observer.lag?.({ group: this.options.group, topic: this.options.topic, messages: 0n });
    await Promise.all(this.#links.map((link) => link.close()));
  }

  open(partition: number, next: bigint): void {
    this.#parked.forget(partition);
    this.#rereads.forget(partition);
    this.#since.delete(partition);
    this.#fetcher.open(partition, next);
    this.#engine.open(partition, next);
  }

  async drain(partition: number): Promise<void> {
    await this.#engine.drain(partition);
    this.#fetcher.close(partition);
  }

  async abandon(partition: number): Promise<void> {
    this.#fetcher.close(partition);
    await this.#engine.abandon(partition);
  }

  inTouch(): void {
    this.#engine.wake();
  }

  get #group(): string {
    return this.parts.names.group(this.options.group, this.options.topic);
  }

  async #recordStart(): Promise<void> {
    const { clock, names } = this.parts;
    const topic = names.topic(this.options.topic);
    const until = clock.monotonicMs() + RECORD_WITHIN_MS;
    for (let failures = 1; ; failures += 1) {
      try {
        const [partitions, ranges] = await this.#offsets.call('read the ends', async (cluster) => {
          const all = partitionsOf(cluster, topic);
          return [all, await partitionRanges(cluster, topic, all)];
        });
        const recorded = await committedOffsets(this.#offsets, this.#group, topic, partitions);
        const fresh = [...ranges].filter(([partition]) => !recorded.has(partition));
        const next = new Map(fresh.map(([partition, { high }]) => [partition, high]));
        if (next.size > 0) await commitOffsets(this.#offsets, this.#group, NO_MEMBER, topic, next);
        this.parts.report('offsets', undefined);
        return;
      } catch (error) {
        // While the group has members they record it themselves, and refuse that somebody else does: then look again.
        this.parts.report('offsets', error);
        const pause = retryPause(failures);
        if (clock.monotonicMs() + pause > until) {
          // From here on the membership tells how it stands.
          this.parts.report('offsets', undefined);
          return;
        }
        await clock.sleep(pause);
      }
    }
  }

  #handler(): ConsumerOptions['handler'] {
    return (message, signal) => {
      const flaw = this.#flaws.get(message);
      if (flaw === undefined) return this.options.handler(message, signal);
      this.#parking.set(`${message.partition}/${message.offset}`, flaw);
      return Promise.resolve({ kind: 'park', reason: flaw.reason });
    };
  }

  async #read(partition: number, from: bigint, limit: number): Promise<readonly ReceivedMessage[]> {
    const taken = this.#fetcher.take(partition, from, limit);
    if (taken !== undefined) {
      const [first] = taken;
      if (first !== undefined && !this.#since.has(partition))
        this.#since.set(partition, first.message.publishedAt);
      return taken.map((record) => this.#handedOut(record));
    }
    const again = await this.#rereads.read(partition, from);
    return again === undefined ? [] : [this.#handedOut(again)];
  }

  #handedOut({ message, flaw }: ReadRecord): ReceivedMessage {
    if (flaw !== undefined) this.#flaws.set(message, flaw);
    return message;
  }

  async #park(origin: ParkedOrigin, message: OutgoingMessage): Promise<void> {
    if (await this.#parked.has(origin, this.#since.get(origin.partition) ?? 0)) return;
    const place = `${origin.partition}/${origin.offset}`;
    const flaw = this.#parking.get(place);
    const record = flaw === undefined ? outgoingRecord(message) : parkedOriginal(message, flaw.original);
    await this.parts.parker.publish([record]);
    this.#parking.delete(place);
    this.#parked.note(origin);
  }

  #tellLag(): void {
    const { observer, clock } = this.parts;
    if (observer.lag === undefined) return;
    this.#cancelLag = clock.after(LAG_EVERY_MS, () => {
      observer.lag?.({ group: this.options.group, topic: this.options.topic, messages: this.#lag() });
      this.#tellLag();
    });
  }

  #lag(): bigint {
    let messages = 0n;
    for (const [partition, committed] of this.#membership.allCommitted()) {
      const high = this.#fetcher.high(partition) ?? committed;
      if (high > committed) messages += high - committed;
    }
    return messages;
  }
}
