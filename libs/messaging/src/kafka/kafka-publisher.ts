import kafkajs, { type Producer } from 'kafkajs';
import type { Clock } from '#platform/time/clock';
import { MessageBusClosedError, PublishOutcomeUnknownError } from '../message-bus.js';
import { answered, withPatience } from './cluster-link.js';
import type { KafkaClients } from './kafka-client.js';
import { recordBytes, type OutgoingRecord } from './record.js';

const { Partitioners } = kafkajs;

/** Records that travel together are at most so large, unless one alone is larger: below any sensible limit of a topic. */
const BATCH_BYTES = 256 * 1024;
const BATCH_RECORDS = 2_000;
/** With its repetitions inside of kafkajs: about seven seconds of pauses, and the requests. */
const SEND_WITHIN_MS = 25_000;
const CLOSE_WITHIN_MS = 4_000;
const DISCONNECT_WITHIN_MS = 1_000;
const RETRY = { retries: 6, initialRetryTime: 200, maxRetryTime: 2_000 };

interface Waiting {
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
 * Publishes to one topic with an idempotent producer and `acks=all`, one batch at a time: what is published while a batch is under
 * way goes with the next one. So a key's records keep their order through repetitions, and kafkajs never has two
 * requests with sequence numbers under way, which it can't put in order again (kafkajs issue 598).
 *
 * After any failure the producer is thrown away with its sequence numbers: the next batch gets a new one.
 */
export class KafkaPublisher {
  #waiting: Waiting[] = [];
  #underWay: readonly Waiting[] = [];
  #sending: Promise<void> | undefined;
  #connection: Promise<Connection> | undefined;
  #closed = false;

  constructor(
    private readonly clients: KafkaClients,
    private readonly clock: Clock,
    /** Full name. */
    private readonly topic: string,
    private readonly report: (problem: unknown) => void,
  ) {}

  /** Resolves when all in-sync replicas have them. Rejects with `PublishOutcomeUnknownError`. */
  async publish(records: readonly OutgoingRecord[]): Promise<void> {
    if (this.#closed) throw new MessageBusClosedError();
    if (records.length === 0) return;
    const call = new PublishCall(records.length);
    for (const record of records) this.#waiting.push({ record, bytes: recordBytes(record), call });
    this.#sending ??= this.#sendAll();
    await call.done.promise;
  }

  /** Finishes what was asked for, then ends. What can't be finished within seconds is rejected: whether it was taken is unknown. */
  async close(): Promise<void> {
    this.#closed = true;
    if (this.#sending !== undefined) await withPatience(this.clock, this.#sending, CLOSE_WITHIN_MS);
    for (const { call } of [...this.#waiting, ...this.#underWay]) call.fail(new MessageBusClosedError());
    this.#waiting = [];
    this.report(undefined);
    const connection = await this.#connection?.catch(() => undefined);
    if (connection === undefined) return;
    const disconnected = connection.producer.disconnect().catch(() => undefined);
    await withPatience(this.clock, disconnected, DISCONNECT_WITHIN_MS);
    this.#discard();
  }

  /** Never rejects. */
  async #sendAll(): Promise<void> {
    for (let batch = this.#nextBatch(); batch.length > 0; batch = this.#nextBatch()) {
      this.#underWay = batch;
      try {
        await answered(this.clock, 'publish', this.#send(batch), SEND_WITHIN_MS);
        for (const { call } of batch) call.recorded();
        this.report(undefined);
      } catch (error) {
        // It may have been written or not, and the next sequence number is in doubt.
        this.#discard();
        if (!this.#closed) this.report(error);
        const why = error instanceof Error ? error.message : String(error);
        const failure = new PublishOutcomeUnknownError(`Kafka has not confirmed it: ${why}`, {
          cause: error,
        });
        for (const { call } of batch) call.fail(failure);
        this.#waiting = this.#waiting.filter(({ call }) => !call.failed);
      }
    }
    this.#underWay = [];
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
    const { producer, chosen } = await this.#connected();
    chosen.clear();
    const messages = batch.map(({ record }) => record);
    const answers = await producer.send({ topic: this.topic, acks: -1, messages });
    // kafkajs leaves out a partition whose leader moved, between two attempts, to a broker that had answered already.
    const recorded = new Set(answers.map(({ partition }) => partition));
    const missing = [...chosen].filter((partition) => !recorded.has(partition));
    if (missing.length > 0) {
      throw new Error(`Kafka has not confirmed what was published to ${this.topic}/${missing.join(', ')}`);
    }
  }

  #connected(): Promise<Connection> {
    this.#connection ??= this.#connect();
    return this.#connection;
  }

  async #connect(): Promise<Connection> {
    const { kafka, end } = this.clients.make();
    const chosen = new Set<number>();
    const producer = kafka.producer({
      idempotent: true,
      maxInFlightRequests: 1,
      allowAutoTopicCreation: false,
      metadataMaxAge: 60_000,
      retry: RETRY,
      createPartitioner: () => {
        // As Java's: a key has its partition whoever publishes it.
        const partitionOf = Partitioners.DefaultPartitioner();
        return (args) => {
          const partition = partitionOf(args);
          chosen.add(partition);
          return partition;
        };
      },
    });
    try {
      await producer.connect();
    } catch (error) {
      end();
      throw error;
    }
    return { producer, chosen, end };
  }

  /** Nothing that this producer was told is sent after this. */
  #discard(): void {
    const connecting = this.#connection;
    this.#connection = undefined;
    void connecting?.then(
      ({ end }) => end(),
      () => undefined,
    );
  }
}

interface Connection {
  readonly producer: Producer;
  /** The partitions that kafkajs has chosen for the records of this batch. */
  readonly chosen: Set<number>;
  readonly end: () => void;
}
