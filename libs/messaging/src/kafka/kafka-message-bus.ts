import type { ISocketFactory } from 'kafkajs';
import type { Readiness } from '#platform/health/health';
import type { Logger } from '#platform/logging/logger';
import type { Clock } from '#platform/time/clock';
import { NO_OBSERVER, type ConsumerObserver } from '../consumer/consumer-observer.js';
import {
  MessageBus,
  MessageBusClosedError,
  type Consumer,
  type ConsumerOptions,
  type OutgoingMessage,
} from '../message-bus.js';
import { checkConsumer, checkMessages, checkTopic } from '../message-rules.js';
import { TOPICS } from '../topics.js';
import { BusyPartitions } from './busy-partitions.js';
import { KafkaConsumer } from './kafka-consumer.js';
import { KafkaClients } from './kafka-client.js';
import { KafkaMonitor } from './kafka-monitor.js';
import { KafkaNames } from './kafka-names.js';
import { KafkaPublisher } from './kafka-publisher.js';
import { KafkaState } from './kafka-state.js';
import { isForbidden, isOwnEnd, isTooLarge, problemOf } from './problem-of.js';
import { outgoingRecord } from './record.js';
import type { KafkaSettings } from './settings.js';

export interface KafkaMessageBusOptions {
  readonly settings: KafkaSettings;
  readonly clock: Clock;
  readonly logger: Logger;
  readonly observer?: ConsumerObserver;
  /** Names this copy in Kafka's logs. */
  readonly clientId: string;
  /** Topics that must be there for this program to be ready; absent: all. */
  readonly topics?: readonly string[];
  /** How sockets are made; for tests that cut them. */
  readonly socketFactory?: ISocketFactory;
}

/**
 * The bus on Kafka. It is open at once and connects in the background; while Kafka is away, refuses us or lacks a
 * topic, `status` says so with the remedy, publishing rejects, consumers wait, and all goes on by itself afterwards.
 *
 * A key's partition is that of Kafka's own clients (murmur2). Topics are made by `setUpTopics`, never by use.
 */
export class KafkaMessageBus extends MessageBus {
  readonly #clients: KafkaClients;
  readonly #names: KafkaNames;
  readonly #state: KafkaState;
  /** One for each topic: one that is missing or full holds up no other. */
  readonly #publishers = new Map<string, KafkaPublisher>();
  readonly #publishProblems = new Map<string, unknown>();
  readonly #monitor: KafkaMonitor;
  readonly #busy = new BusyPartitions();
  readonly #consumers = new Set<KafkaConsumer>();
  readonly #alarmed = new Set<string>();
  #consumerNumber = 0;
  #closed: Promise<void> | undefined;

  private constructor(private readonly options: KafkaMessageBusOptions) {
    super();
    const { settings, clock, logger, clientId } = options;
    this.#clients = new KafkaClients(settings, clientId, options.socketFactory);
    this.#names = new KafkaNames(settings.kafkaPrefix);
    this.#state = new KafkaState(logger, settings.kafkaBrokers.join(', '));
    const topics = (options.topics ?? Object.values(TOPICS)).map((topic) => this.#names.topic(topic));
    this.#monitor = new KafkaMonitor(this.#clients, clock, topics, (problem) => {
      this.#report('broker', problem);
      if (problem === undefined) this.#brokerIsWell();
    });
  }

  /** Rejects only when the settings don't fit together. */
  static async open(options: KafkaMessageBusOptions): Promise<KafkaMessageBus> {
    const bus = new KafkaMessageBus(options);
    bus.#monitor.start();
    return bus;
  }

  async publish(topic: string, messages: readonly OutgoingMessage[]): Promise<void> {
    this.#refuseWhenClosed();
    checkTopic(topic);
    checkMessages(messages);
    await this.#publisher(topic).publish(messages.map(outgoingRecord));
  }

  /**
   * Resolves at once for a group that begins at the earliest message; it joins in the background. A group that begins
   * at the latest is recorded first, for which Kafka is waited for five seconds at most: while it is away longer, such
   * a group begins where the topic ends when Kafka is back.
   */
  async consume(options: ConsumerOptions): Promise<Consumer> {
    this.#refuseWhenClosed();
    checkTopic(options.topic);
    checkConsumer(options);
    const { clock, settings, observer = NO_OBSERVER } = this.options;
    const name = `consumer ${(this.#consumerNumber += 1)}`;
    const consumer = new KafkaConsumer(options, {
      clients: this.#clients,
      clock,
      observer,
      names: this.#names,
      sessionMs: settings.kafkaSessionMs,
      parker: this.#publisher(TOPICS.parked),
      busy: this.#busy,
      report: (part, problem) => this.#report(`${name}: ${part}`, problem),
      alarm: (partition, next, range) => this.#alarm(options, partition, next, range),
    });
    this.#consumers.add(consumer);
    const forget = (): void => {
      this.#consumers.delete(consumer);
      this.#state.forget(`${name}: `);
    };
    consumer.ended.then(forget, forget);
    await consumer.start();
    return consumer;
  }

  status(): Readiness {
    return this.#state.status();
  }

  close(): Promise<void> {
    this.#closed ??= this.#close();
    return this.#closed;
  }

  async #close(): Promise<void> {
    await Promise.all([...this.#consumers].map((consumer) => consumer.stop()));
    await Promise.all(Array.from(this.#publishers.values(), (publisher) => publisher.close()));
    await this.#monitor.stop();
  }

  #publisher(topic: string): KafkaPublisher {
    const known = this.#publishers.get(topic);
    if (known !== undefined) return known;
    const report = (problem: unknown): void => this.#publishing(topic, problem);
    const publisher = new KafkaPublisher(this.#clients, this.options.clock, this.#names.topic(topic), report);
    this.#publishers.set(topic, publisher);
    return publisher;
  }

  #publishing(topic: string, problem: unknown): void {
    // One message that is too large says nothing about whether others can be published.
    if (problem !== undefined && isTooLarge(problem)) return;
    this.#publishProblems.set(topic, problem);
    this.#report(`publishing ${topic}`, problem);
  }

  /** Nobody may publish while we say that nobody can: what the broker's answers disprove is not held against it. */
  #brokerIsWell(): void {
    this.#state.connected();
    for (const [topic, problem] of this.#publishProblems) {
      if (problem !== undefined && !isForbidden(problem)) this.#publishing(topic, undefined);
    }
  }

  #report(part: string, problem: unknown): void {
    if (problem !== undefined && isOwnEnd(problem)) return;
    this.#state.set(part, problem === undefined ? undefined : problemOf(problem, this.options.settings));
  }

  #alarm(
    { group, topic }: ConsumerOptions,
    partition: number,
    next: bigint,
    { low, high }: { readonly low: bigint; readonly high: bigint },
  ): Error {
    const what =
      next < low
        ? `offsets ${next} to ${low - 1n} of ${topic}/${partition} were deleted before ${group} had handled them`
        : `${group} has handled ${topic}/${partition} up to offset ${next}, but it ends at ${high}: messages were lost`;
    if (!this.#alarmed.has(what)) {
      this.#alarmed.add(what);
      this.options.logger.alarm('bus-messages-lost', { group, topic, partition, next, low, high });
    }
    return new Error(
      `${what}; the partition waits: find out what was in them, then move the group's offset while it is stopped ` +
        `(kafka-consumer-groups --group ${this.#names.group(group, topic)} --reset-offsets)`,
    );
  }

  #refuseWhenClosed(): void {
    if (this.#closed !== undefined) throw new MessageBusClosedError();
  }
}
