import kafkajs, { type Admin, type Kafka } from 'kafkajs';
import { KafkaMessageBus, type KafkaMessageBusOptions } from '#messaging/kafka/kafka-message-bus';
import { KafkaTopicReader } from '#messaging/kafka/kafka-topic-reader';
import type { KafkaSettings } from '#messaging/kafka/settings';
import { setUpTopics, type TopicSettings } from '#messaging/kafka/topic-setup';
import type { ReceivedMessage } from '#messaging/message-bus';
import { TOPICS } from '#messaging/topics';
import { SystemClock } from '#platform/time/system-clock';
import { MemoryLogger } from '#test/support/memory-logger';
import { kafkaTestSettings } from './kafka-settings.js';

const clock = new SystemClock();

/** Topics of its own on a broker, and everything that a test does with them. Closed by `close`. */
export class KafkaWorld {
  readonly settings: KafkaSettings & TopicSettings;
  readonly logger = new MemoryLogger();
  readonly #opened: { close(): Promise<void> }[] = [];
  /** Another client on the same broker, as other services are. */
  readonly kafka: Kafka;

  constructor(brokers: string, over: Partial<KafkaSettings & TopicSettings> = {}) {
    this.settings = kafkaTestSettings(brokers, over);
    this.kafka = new kafkajs.Kafka({
      brokers: brokers.split(','),
      clientId: 'somebody-else',
      logLevel: kafkajs.logLevel.NOTHING,
    });
  }

  static async withTopics(
    brokers: string,
    over: Partial<KafkaSettings & TopicSettings> = {},
  ): Promise<KafkaWorld> {
    const world = new KafkaWorld(brokers, over);
    await world.makeTopics();
    return world;
  }

  async makeTopics(say: (line: string) => void = () => undefined): Promise<void> {
    await setUpTopics({ settings: this.settings, clock, clientId: 'test-setup', say });
  }

  name(topic: string): string {
    return `${this.settings.kafkaPrefix}${topic}`;
  }

  async bus(over: Partial<KafkaMessageBusOptions> = {}): Promise<KafkaMessageBus> {
    const bus = await KafkaMessageBus.open({
      settings: this.settings,
      clock,
      logger: this.logger,
      clientId: 'test',
      ...over,
    });
    this.#opened.push(bus);
    return bus;
  }

  async parked(): Promise<readonly ReceivedMessage[]> {
    return this.read(TOPICS.parked);
  }

  async read(topic: string): Promise<readonly ReceivedMessage[]> {
    const reader = await KafkaTopicReader.open({ settings: this.settings, clock, clientId: 'test-reader' });
    try {
      return (await reader.readTopic(topic, undefined, 100_000)).messages;
    } finally {
      await reader.close();
    }
  }

  async admin<T>(use: (admin: Admin) => Promise<T>): Promise<T> {
    const admin = this.kafka.admin();
    await admin.connect();
    try {
      return await use(admin);
    } finally {
      await admin.disconnect();
    }
  }

  async close(): Promise<void> {
    for (const one of this.#opened.reverse()) await one.close();
  }
}
