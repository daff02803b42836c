import kafkajs, { type Kafka, type Producer, type TopicMessages } from 'kafkajs';
import type { Clock } from '#platform/time/clock';
import { MessageBusClosedError, PublishOutcomeUnknownError } from '../message-bus.js';
import { answered } from './cluster-link.js';
import { recordBytes, type OutgoingRecord } from './record.js';

const { Partitioners } = kafkajs;

/** Records that travel together are at most so large, unless one alone is larger: below any sensible limit of a topic. */
const BATCH_BYTES = 256 * 1024;
const BATCH_RECORDS = 2_000;
/** With its repetitions inside of kafkajs: about seven seconds of pauses, and the requests. */
const SEND_WITHIN_MS = 25_000;
const RETRY = { retries: 6, initialRetryTime: 200, maxRetryTime: 2_000 };

interface Waiting {
  readonly topic: string;
  readonly record: OutgoingRecord;
  readonly bytes: number;
  readonly call: PublishCall;
}

class PublishCall {
  readonly done = Promise.withResolvers<undefined>();
  failed = false;

  constructor(private left: number) {}

  recorded(): void {
    this.left -= 1;
    if (this.left === 0) this.done.resolve(undefined);
  }

  fail(error: unknown): void {
    this.failed = true;
    this.done.reject(error);
  }
}

/**
 * Publishes with an idempotent producer and `acks=all`, one batch at a time: what is published while a batch is under
 * way goes with the next one. So a key's records keep their order through repetitions, and kafkajs never has two
 * requests with sequence numbers under way, which it can't put in order again (kafkajs issue 598).
 *
 * After any failure the producer is thrown away with its sequence numbers: the next batch gets a new one.
 */
export class KafkaPublisher {
  #waiting: Waiting[] = [];
  #sending: Promise<void> | undefined;
  #producer: Promise<Producer> | undefined;
  /** `topic/partition` of each record that kafkajs was given in this batch, in its own words. */
  readonly #expected = new Set<string>();
  #closed = false;

  constructor(
    private readonly kafka: Kafka,
    private readonly clock: Clock,
    private readonly report: (problem: unknown) => void,
  ) {}

  /** Resolves when all in-sync replicas have them. `topic` is the full name. Rejects with `PublishOutcomeUnknownError`. */
  async publish(topic: string, records: readonly OutgoingRecord[]): Promise<void> {
    if (this.#closed) throw new MessageBusClosedError();
    if (records.length === 0) return;
    const call = new PublishCall(records.length);
    for (const record of records) this.#waiting.push({ topic, record, bytes: recordBytes(record), call });
    this.#sending ??= this.#sendAll();
    await call.done.promise;
  }

  /** Finishes what was asked for, then ends. */
  async close(): Promise<void> {
    this.#closed = true;
    await this.#sending;
    this.report(undefined);
    await this.#discard();
  }

  /** Never rejects. */
  async #sendAll(): Promise<void> {
    for (let batch = this.#nextBatch(); batch.length > 0; batch = this.#nextBatch()) {
      try {
        await answered(this.clock, 'publish', this.#send(batch), SEND_WITHIN_MS);
        for (const { call } of batch) call.recorded();
        this.report(undefined);
      } catch (error) {
        // It may have been written or not, and the next sequence number is in doubt.
        void this.#discard();
        this.report(error);
        const why = error instanceof Error ? error.message : String(error);
        const failure = new PublishOutcomeUnknownError(`Kafka has not confirmed it: ${why}`, {
          cause: error,
        });
        for (const { call } of batch) call.fail(failure);
        this.#waiting = this.#waiting.filter(({ call }) => !call.failed);
      }
    }
    this.#sending = undefined;
  }

  #nextBatch(): readonly Waiting[] {
    let bytes = 0;
    let count = 0;
    for (const waiting of this.#waiting) {
      bytes += waiting.bytes;
      if (count > 0 && (bytes > BATCH_BYTES || count >= BATCH_RECORDS)) break;
      count += 1;
    }
    return this.#waiting.splice(0, count);
  }

  async #send(batch: readonly Waiting[]): Promise<void> {
    const byTopic = new Map<string, TopicMessages>();
    for (const { topic, record } of batch) {
      const messages = byTopic.get(topic) ?? { topic, messages: [] };
      messages.messages.push(record);
      byTopic.set(topic, messages);
    }
    this.#expected.clear();
    const producer = await this.#connected();
    const answers = await producer.sendBatch({ acks: -1, topicMessages: [...byTopic.values()] });
    // kafkajs leaves out a partition whose leader moved, between two attempts, to a broker that had answered already.
    const recorded = new Set(answers.map(({ topicName, partition }) => `${topicName}/${partition}`));
    const missing = [...this.#expected].filter((place) => !recorded.has(place));
    if (missing.length > 0)
      throw new Error(`Kafka has not confirmed what was published to ${missing.join(', ')}`);
  }

  #connected(): Promise<Producer> {
    this.#producer ??= this.#connect();
    return this.#producer;
  }

  async #connect(): Promise<Producer> {
    const producer = this.kafka.producer({
      idempotent: true,
      maxInFlightRequests: 1,
      allowAutoTopicCreation: false,
      metadataMaxAge: 60_000,
      retry: RETRY,
      createPartitioner: () => {
        // As Java's: a key has its partition whoever publishes it.
        const partition = Partitioners.DefaultPartitioner();
        return (args) => {
          const chosen = partition(args);
          this.#expected.add(`${args.topic}/${chosen}`);
          return chosen;
        };
      },
    });
    try {
      await producer.connect();
    } catch (error) {
      void producer.disconnect().catch(() => undefined);
      throw error;
    }
    return producer;
  }

  async #discard(): Promise<void> {
    const connecting = this.#producer;
    this.#producer = undefined;
    if (connecting === undefined) return;
    const ended = connecting.then((producer) => producer.disconnect()).catch(() => undefined);
    await Promise.race([ended, this.clock.sleep(1_000)]);
  }
}
