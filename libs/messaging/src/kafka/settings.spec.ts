import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { readConfig } from '#platform/config/read-config';
import { KafkaClients } from './kafka-client.js';
import { KAFKA_SETTINGS, KAFKA_TOPIC_SETTINGS, type KafkaSettings } from './settings.js';
import { topicConfig } from './topic-setup.js';
import { TOPICS } from '../topics.js';

function settings(env: Readonly<Record<string, string>>): KafkaSettings {
  return readConfig(KAFKA_SETTINGS, { KAFKA_BROKERS: 'kafka:9092', ...env });
}

describe('the settings of Kafka', () => {
  it('need only the brokers', () => {
    const read = settings({ KAFKA_BROKERS: 'a.example:9092, 10.0.0.1:9093,[::1]:9094' });
    assert.deepEqual(read.kafkaBrokers, ['a.example:9092', '10.0.0.1:9093', '[::1]:9094']);
    assert.deepEqual(
      [read.kafkaTls, read.kafkaSaslMechanism, read.kafkaPrefix, read.kafkaSessionMs],
      [false, 'none', '', 10_000],
    );
    new KafkaClients(read, 'test');
  });

  for (const brokers of [
    'kafka',
    'kafka:',
    'kafka:0',
    'kafka:70000',
    'kafka:9092,',
    'http://kafka:9092',
    ',',
  ]) {
    it(`refuse KAFKA_BROKERS=${brokers}`, () => {
      assert.throws(() => settings({ KAFKA_BROKERS: brokers }), /KAFKA_BROKERS: .*host:port/);
    });
  }

  for (const [env, message] of [
    [{ KAFKA_SASL_USERNAME: 'u' }, /set KAFKA_SASL_MECHANISM/],
    [{ KAFKA_SASL_MECHANISM: 'plain' }, /set KAFKA_SASL_USERNAME and KAFKA_SASL_PASSWORD/],
    [{ KAFKA_TLS_CA_FILE: '/ca.pem' }, /set KAFKA_TLS=true/],
    [
      { KAFKA_TLS: 'true', KAFKA_TLS_CA_FILE: '/no/such/ca.pem' },
      /KAFKA_TLS_CA_FILE can't be read \(ENOENT\)/,
    ],
  ] as const) {
    it(`don't fit together: ${JSON.stringify(env)}`, () => {
      assert.throws(() => new KafkaClients(settings(env), 'test'), message);
    });
  }

  it('keep parked messages for ever, and the others as told', () => {
    const topics = readConfig(KAFKA_TOPIC_SETTINGS, { KAFKA_RETENTION_DAYS_EVENTS: '2' });
    const kept = (topic: (typeof TOPICS)[keyof typeof TOPICS]): string | undefined =>
      topicConfig(topic, topics)['retention.ms'];
    assert.deepEqual(
      [kept(TOPICS.parked), kept(TOPICS.commands), kept(TOPICS.events)],
      ['-1', '604800000', '172800000'],
    );
    assert.equal(topicConfig(TOPICS.commands, topics)['min.insync.replicas'], '2');
    assert.equal(
      topicConfig(TOPICS.commands, { ...topics, kafkaReplication: 1 })['min.insync.replicas'],
      '1',
    );
  });
});
