import assert from 'node:assert/strict';
import { after, describe, it } from 'node:test';
import kafkajs from 'kafkajs';
import { TopicsDifferError } from '#messaging/kafka/topic-setup';
import { TOPICS } from '#messaging/topics';
import { KafkaWorld } from '#test/support/kafka/kafka-world';
import { startKafka } from '#test/support/kafka/start-kafka';

const { ConfigResourceTypes, ConfigSource } = kafkajs;
const kafka = await startKafka();
after(() => kafka.stop());

async function configOf(world: KafkaWorld, topic: string): Promise<ReadonlyMap<string, string>> {
  const { resources } = await world.admin((admin) =>
    admin.describeConfigs({
      includeSynonyms: false,
      resources: [{ type: ConfigResourceTypes.TOPIC, name: world.name(topic) }],
    }),
  );
  const entries = resources[0]?.configEntries ?? [];
  const own = entries.filter(({ configSource }) => configSource === ConfigSource.TOPIC_CONFIG);
  return new Map(own.map(({ configName, configValue }) => [configName, configValue]));
}

async function setUp(world: KafkaWorld): Promise<readonly string[]> {
  const lines: string[] = [];
  await world.makeTopics((line) => lines.push(line.replace(world.settings.kafkaPrefix, '')));
  return lines;
}

function again(world: KafkaWorld, over: Partial<KafkaWorld['settings']>): KafkaWorld {
  return new KafkaWorld(kafka.brokers, { ...world.settings, ...over });
}

describe(`kafka: setting up topics (${kafka.kind})`, () => {
  it('makes them as configured, tells it, and then has nothing to do', async () => {
    const world = new KafkaWorld(kafka.brokers, { kafkaPartitions: 3 });
    assert.deepEqual(await setUp(world), [
      'payout.commands.v1: made, 3 partitions, 1 copies, kept for 7 days',
      'payout.replies.v1: made, 3 partitions, 1 copies, kept for 7 days',
      'payout.events.v1: made, 3 partitions, 1 copies, kept for 7 days',
      'provider.callbacks.v1: made, 3 partitions, 1 copies, kept for 7 days',
      'payout.parked.v1: made, 3 partitions, 1 copies, kept for ever',
    ]);
    assert.deepEqual(await setUp(world), [
      'payout.commands.v1: is there, kept for 7 days',
      'payout.replies.v1: is there, kept for 7 days',
      'payout.events.v1: is there, kept for 7 days',
      'provider.callbacks.v1: is there, kept for 7 days',
      'payout.parked.v1: is there, kept for ever',
    ]);
    const parked = await configOf(world, TOPICS.parked);
    assert.deepEqual([parked.get('retention.ms'), parked.get('retention.bytes')], ['-1', '-1']);
  });

  it('changes what is ours, leaves alone what is not, and adds partitions', async () => {
    const world = await KafkaWorld.withTopics(kafka.brokers, { kafkaPartitions: 2 });
    const name = world.name(TOPICS.events);
    await world.admin((admin) =>
      admin.alterConfigs({
        validateOnly: false,
        resources: [
          {
            type: ConfigResourceTypes.TOPIC,
            name,
            configEntries: [
              { name: 'segment.ms', value: '3600000' },
              { name: 'retention.ms', value: '1000' },
            ],
          },
        ],
      }),
    );
    const larger = again(world, { kafkaPartitions: 4, kafkaRetentionDaysEvents: 9 });
    const lines = await setUp(larger);
    const told = lines.find((line) => line.startsWith(TOPICS.events)) ?? '';
    assert.match(told, /2 partitions became 4: keys have moved/);
    assert.match(told, /retention\.ms was 1000, is now 777600000/);
    const config = await configOf(world, TOPICS.events);
    assert.deepEqual([config.get('segment.ms'), config.get('retention.ms')], ['3600000', '777600000']);
    const { topics } = await world.admin((admin) => admin.fetchTopicMetadata({ topics: [name] }));
    assert.equal(topics[0]?.partitions.length, 4);
  });

  it('refuses to take partitions away or to change the copies, and names each difference', async () => {
    const world = await KafkaWorld.withTopics(kafka.brokers, { kafkaPartitions: 3 });
    await assert.rejects(setUp(again(world, { kafkaPartitions: 2, kafkaReplication: 3 })), (error) => {
      assert.ok(error instanceof TopicsDifferError);
      assert.equal(error.differences.length, 10);
      assert.match(error.message, /commands\.v1 has 3 partitions, not 2: .*set KAFKA_PARTITIONS=3/);
      assert.match(error.message, /commands\.v1 has 1 copies of each message, not 3: set KAFKA_REPLICATION/);
      return true;
    });
  });

  it('says what is wrong with Kafka: too few brokers, nobody there', async () => {
    await assert.rejects(
      setUp(new KafkaWorld(kafka.brokers, { kafkaReplication: 9 })),
      /fewer than 9 brokers: start more, or set KAFKA_REPLICATION/,
    );
    await assert.rejects(
      setUp(new KafkaWorld('127.0.0.1:1')),
      /can't be reached at 127\.0\.0\.1:1 .*KAFKA_BROKERS/,
    );
  });

  it('may be run by several at once', async () => {
    const world = new KafkaWorld(kafka.brokers, { kafkaPartitions: 2 });
    await Promise.all([setUp(world), setUp(world), setUp(world)]);
    assert.equal((await configOf(world, TOPICS.commands)).get('compression.type'), 'uncompressed');
  });
});
