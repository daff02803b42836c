import kafkajs, { type Cluster, type Consumer } from 'kafkajs';
import type { Clock } from '#platform/time/clock';
import { ANSWER_WITHIN_MS, type KafkaClients } from './kafka-client.js';
import type { WireBroker } from './wire.js';
import {
  errorType,
  InterruptedError,
  isConnection,
  isStale,
  NoAnswerError,
  TopicMissingError,
} from './problem-of.js';

const { PartitionAssigners } = kafkajs;

const CLOSE_WITHIN_MS = 1_000;
/** A partition that moves, or was just made, has its leader within a moment. */
const STALE_ATTEMPTS = 10;
const STALE_PAUSE_MS = 100;

/**
 * A connection to the brokers at the level of Kafka's protocol. kafkajs gives it to partition assigners; its own
 * consumer is made for that only and never runs (docs/adr/0016-kafka-client.md says why).
 *
 * After an error that puts the connection in doubt `drop` forgets it, and the next call makes a new one: kafkajs' own
 * recovery keeps what it learnt of brokers that are gone.
 */
export class ClusterLink {
  #opened: Promise<Opened> | undefined;
  #interrupted = Promise.withResolvers<never>();
  #closed = false;

  constructor(
    private readonly clients: KafkaClients,
    private readonly clock: Clock,
    /** Full names; it is an error when one of them doesn't exist. */
    private readonly topics: readonly string[],
  ) {
    this.#interrupted.promise.catch(() => undefined);
  }

  /** Connected, with the metadata of its topics. Rejects when that isn't so now. */
  async cluster(): Promise<Cluster> {
    if (this.#closed) throw new Error('the connection to Kafka is closed');
    this.#opened ??= this.#open();
    const opening = this.#opened;
    try {
      return (await opening).cluster;
    } catch (error) {
      if (this.#opened === opening) this.#opened = undefined;
      throw error;
    }
  }

  /**
   * A call that may be repeated and must be answered in time. It is repeated while a partition moves to another broker;
   * an error that puts the connection in doubt drops it.
   */
  async call<T>(what: string, call: (cluster: Cluster) => Promise<T>, withinMs?: number): Promise<T> {
    for (let attempts = STALE_ATTEMPTS; ; attempts -= 1) {
      try {
        return await this.callOnce(what, call, withinMs);
      } catch (error) {
        if (!isStale(error) || attempts <= 1) throw error;
      }
      await this.clock.sleep(STALE_PAUSE_MS);
      await this.callOnce('metadata', (cluster) => cluster.refreshMetadata());
    }
  }

  /** The same without repeating it. */
  async callOnce<T>(what: string, call: (cluster: Cluster) => Promise<T>, withinMs?: number): Promise<T> {
    try {
      const calling = this.cluster().then(call);
      return await answered(this.clock, what, Promise.race([calling, this.#interrupted.promise]), withinMs);
    } catch (error) {
      if (isConnection(error)) this.drop();
      throw error;
    }
  }

  /** Like `call`, with the broker that keeps this group; it is looked up again after an error. */
  async coordinate<T>(
    what: string,
    group: string,
    call: (coordinator: WireBroker, cluster: Cluster) => Promise<T>,
    withinMs?: number,
  ): Promise<T> {
    const opening = this.#opened;
    try {
      return await this.call(
        what,
        async (cluster) => call(await this.#coordinator(cluster, group), cluster),
        withinMs,
      );
    } catch (error) {
      (await opening?.catch(() => undefined))?.coordinators.delete(group);
      throw error;
    }
  }

  drop(): void {
    const opened = this.#opened;
    this.#opened = undefined;
    void opened?.then(
      ({ end }) => end(),
      () => undefined,
    );
  }

  /** What is under way fails now: nobody waits for a broker that is silent. */
  interrupt(): void {
    const interrupted = this.#interrupted;
    this.#interrupted = Promise.withResolvers<never>();
    this.#interrupted.promise.catch(() => undefined);
    interrupted.reject(new InterruptedError());
    this.drop();
  }

  /** Ends the connection, and with it what is under way. */
  async close(): Promise<void> {
    this.#closed = true;
    const opened = this.#opened;
    const ended = opened?.then(({ consumer }) => consumer.disconnect()).catch(() => undefined);
    if (ended !== undefined) await withPatience(this.clock, ended, CLOSE_WITHIN_MS);
    this.drop();
    this.#interrupted.reject(new InterruptedError());
  }

  async #coordinator(cluster: Cluster, group: string): Promise<WireBroker> {
    const known = (await this.#opened)?.coordinators;
    const cached = known?.get(group);
    if (cached?.isConnected() === true) return cached;
    const coordinator = (await cluster.findGroupCoordinator({ groupId: group })) as WireBroker;
    known?.set(group, coordinator);
    return coordinator;
  }

  async #open(): Promise<Opened> {
    const captured: { cluster?: Cluster } = {};
    const { kafka, end } = this.clients.make();
    const consumer = kafka.consumer({
      groupId: 'unused',
      allowAutoTopicCreation: false,
      metadataMaxAge: 60_000,
      partitionAssigners: [
        (config) => {
          captured.cluster = config.cluster;
          return PartitionAssigners.roundRobin(config);
        },
      ],
    });
    const { cluster } = captured;
    if (cluster === undefined) throw new Error('kafkajs hands its cluster to no assigner any more');
    try {
      await answered(this.clock, 'connect', cluster.connect());
      await answered(this.clock, 'metadata', this.#learnTopics(cluster));
    } catch (error) {
      end();
      throw error;
    }
    return { cluster, consumer, end, coordinators: new Map() };
  }

  async #learnTopics(cluster: Cluster): Promise<void> {
    try {
      await cluster.addMultipleTargetTopics([...this.topics]);
    } catch (error) {
      if (errorType(error) !== 'UNKNOWN_TOPIC_OR_PARTITION') throw error;
      const { topicMetadata } = await cluster.metadata();
      const known = new Set(topicMetadata.map(({ topic }) => topic));
      throw new TopicMissingError(this.topics.filter((topic) => !known.has(topic)));
    }
  }
}

interface Opened {
  readonly cluster: Cluster;
  readonly coordinators: Map<string, WireBroker>;
  /** Only to end the connection, when nothing is under way. */
  readonly consumer: Consumer;
  readonly end: () => void;
}

/** Resolves when the promise has, or after so long. */
export async function withPatience(clock: Clock, promise: Promise<unknown>, ms: number): Promise<void> {
  const done = new AbortController();
  await Promise.race([promise.finally(() => done.abort()), clock.sleep(ms, done.signal)]);
}

/** The promise's outcome, or `NoAnswerError` when it takes too long. */
export async function answered<T>(
  clock: Clock,
  what: string,
  promise: Promise<T>,
  withinMs: number = ANSWER_WITHIN_MS + 2_000,
): Promise<T> {
  let cancel = (): void => undefined;
  const late = new Promise<never>((_, reject) => {
    cancel = clock.after(withinMs, () => reject(new NoAnswerError(what, withinMs)));
  });
  try {
    return await Promise.race([promise, late]);
  } finally {
    cancel();
  }
}
