import kafkajs, { type Cluster, type Consumer, type Kafka } from 'kafkajs';
import type { Clock } from '#platform/time/clock';
import { ANSWER_WITHIN_MS } from './kafka-client.js';
import type { WireBroker } from './wire.js';
import { errorType, isConnection, NoAnswerError, TopicMissingError } from './problem-of.js';

const { PartitionAssigners } = kafkajs;

/**
 * A connection to the brokers at the level of Kafka's protocol. kafkajs gives it to partition assigners; its own
 * consumer is made for that only and never runs (docs/adr/0016-kafka-client.md says why).
 *
 * After an error that puts the connection in doubt `drop` forgets it, and the next call makes a new one: kafkajs' own
 * recovery keeps what it learnt of brokers that are gone.
 */
export class ClusterLink {
  #opened: Promise<Opened> | undefined;
  #closed = false;

  constructor(
    private readonly kafka: Kafka,
    private readonly clock: Clock,
    /** Full names; it is an error when one of them doesn't exist. */
    private readonly topics: readonly string[],
  ) {}

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

  /** A call that must be answered in time. An error that puts the connection in doubt drops it. */
  async call<T>(what: string, call: (cluster: Cluster) => Promise<T>, withinMs?: number): Promise<T> {
    try {
      const cluster = await this.cluster();
      return await answered(this.clock, what, call(cluster), withinMs);
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
      ({ consumer }) => consumer.disconnect().catch(() => undefined),
      () => undefined,
    );
  }

  /** Ends the connection; what is under way on it may finish or fail. */
  async close(): Promise<void> {
    this.#closed = true;
    const opened = await this.#opened?.catch(() => undefined);
    this.#opened = undefined;
    if (opened === undefined) return;
    const ended = opened.consumer.disconnect().catch(() => undefined);
    await Promise.race([ended, this.clock.sleep(1_000)]);
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
    const consumer = this.kafka.consumer({
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
      void consumer.disconnect().catch(() => undefined);
      throw error;
    }
    return { cluster, consumer, coordinators: new Map() };
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
  /** Only to end the connection. */
  readonly consumer: Consumer;
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
