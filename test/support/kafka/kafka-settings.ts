import { randomUUID } from 'node:crypto';
import type { KafkaSettings } from '#messaging/kafka/settings';
import type { TopicSettings } from '#messaging/kafka/topic-setup';

export const KAFKA_TEST_PARTITIONS = 8;

/** Settings with names of their own on this broker: tests on one broker don't meet each other. */
export function kafkaTestSettings(
  brokers: string,
  over: Partial<KafkaSettings & TopicSettings> = {},
): KafkaSettings & TopicSettings {
  return {
    kafkaBrokers: brokers.split(','),
    kafkaTls: false,
    kafkaSaslMechanism: 'none',
    kafkaPrefix: `test-${randomUUID().slice(0, 8)}.`,
    kafkaSessionMs: 6_000,
    kafkaPartitions: KAFKA_TEST_PARTITIONS,
    kafkaReplication: 1,
    kafkaRetentionDaysCommands: 7,
    kafkaRetentionDaysReplies: 7,
    kafkaRetentionDaysEvents: 7,
    kafkaRetentionDaysCallbacks: 7,
    ...over,
  };
}
