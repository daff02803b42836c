import kafkajs, { type Admin } from 'kafkajs';
import type { Clock } from '#platform/time/clock';
import { MAX_MESSAGE_BYTES } from '../message-bus.js';
import { TOPICS, type Topic } from '../topics.js';
import { KafkaClients } from './kafka-client.js';
import { KafkaNames } from './kafka-names.js';
import { errorType, problemOf, rootOf } from './problem-of.js';
import type { KafkaSettings } from './settings.js';

const { ConfigResourceTypes, ConfigSource } = kafkajs;

const DAY_MS = 24 * 60 * 60 * 1_000;
const FOR_EVER = '-1';
const LEADER_ATTEMPTS = 200;
const LEADER_PAUSE_MS = 50;

/** What `KAFKA_TOPIC_SETTINGS` reads. */
export interface TopicSettings {
  readonly kafkaPartitions: number;
  readonly kafkaReplication: number;
  readonly kafkaRetentionDaysCommands: number;
  readonly kafkaRetentionDaysReplies: number;
  readonly kafkaRetentionDaysEvents: number;
  readonly kafkaRetentionDaysCallbacks: number;
}

export interface SetUpTopicsOptions {
  readonly settings: KafkaSettings & TopicSettings;
  readonly clock: Clock;
  readonly clientId: string;
  /** Is told, line by line, what was done or found. */
  readonly say: (line: string) => void;
}

/** Topics that aren't as they should be, in a way that can't be changed here, or must not be. */
export class TopicsDifferError extends Error {
  override readonly name = 'TopicsDifferError';

  constructor(readonly differences: readonly string[]) {
    super(`the topics are not as configured:\n${differences.map((line) => `  ${line}`).join('\n')}`);
  }
}

/**
 * Makes the topics that are missing and brings the settings of the others up to date; settings that aren't ours are
 * left alone. Partitions are added, never taken away. May be run while programs run, and by several at once. Rejects
 * with `TopicsDifferError`, or with an `Error` that says what is wrong with Kafka and what to do.
 */
export async function setUpTopics({ settings, clock, clientId, say }: SetUpTopicsOptions): Promise<void> {
  const admin = new KafkaClients(settings, clientId).make().kafka.admin();
  const names = new KafkaNames(settings.kafkaPrefix);
  try {
    await admin.connect();
    const differences: string[] = [];
    for (const topic of Object.values(TOPICS)) {
      const name = names.topic(topic);
      const wanted = topicConfig(topic, settings);
      if (await create(admin, name, wanted, settings)) {
        await leaders(admin, name, clock);
        const { kafkaPartitions: partitions, kafkaReplication: replication } = settings;
        say(`${name}: made, ${partitions} partitions, ${replication} copies, ${kept(wanted)}`);
        continue;
      }
      const done = [
        ...(await checkPartitions(admin, name, settings, differences)),
        ...(await alterConfig(admin, name, wanted)),
      ];
      say(`${name}: ${done.length === 0 ? `is there, ${kept(wanted)}` : done.join('; ')}`);
    }
    if (differences.length > 0) throw new TopicsDifferError(differences);
  } catch (error) {
    if (error instanceof TopicsDifferError) throw error;
    throw new Error(setupProblem(error, settings), { cause: error });
  } finally {
    await admin.disconnect().catch(() => undefined);
  }
}

/** What a topic is set to. */
export function topicConfig(topic: Topic, settings: TopicSettings): Readonly<Record<string, string>> {
  const parked = topic === TOPICS.parked;
  return {
    'cleanup.policy': 'delete',
    'retention.ms': retention(topic, settings),
    'retention.bytes': FOR_EVER,
    // Our own limit and what a batch adds. A parked message is a little more than what it was; nothing may be too large to be parked.
    'max.message.bytes': String((parked ? 16 : 2) * MAX_MESSAGE_BYTES),
    // A producer may be an hour off.
    'message.timestamp.type': 'LogAppendTime',
    // Whatever a producer compresses with, every consumer can read it.
    'compression.type': 'uncompressed',
    'min.insync.replicas': settings.kafkaReplication >= 3 ? '2' : '1',
    'unclean.leader.election.enable': 'false',
  };
}

function retention(topic: Topic, settings: TopicSettings): string {
  switch (topic) {
    case TOPICS.commands:
      return String(settings.kafkaRetentionDaysCommands * DAY_MS);
    case TOPICS.replies:
      return String(settings.kafkaRetentionDaysReplies * DAY_MS);
    case TOPICS.events:
      return String(settings.kafkaRetentionDaysEvents * DAY_MS);
    case TOPICS.callbacks:
      return String(settings.kafkaRetentionDaysCallbacks * DAY_MS);
    case TOPICS.parked:
      return FOR_EVER;
  }
}

function kept(config: Readonly<Record<string, string>>): string {
  const ms = config['retention.ms'] ?? FOR_EVER;
  return ms === FOR_EVER ? 'kept for ever' : `kept for ${Number(ms) / DAY_MS} days`;
}

/** False when it exists already. */
async function create(
  admin: Admin,
  topic: string,
  config: Readonly<Record<string, string>>,
  settings: TopicSettings,
): Promise<boolean> {
  if ((await admin.listTopics()).includes(topic)) return false;
  return admin.createTopics({
    // kafkajs asks for them before a KRaft broker has heard of the topic, and gives up: see `leaders`.
    waitForLeaders: false,
    topics: [
      {
        topic,
        numPartitions: settings.kafkaPartitions,
        replicationFactor: settings.kafkaReplication,
        configEntries: Object.entries(config).map(([name, value]) => ({ name, value })),
      },
    ],
  });
}

/** Waits until every partition of a new topic has a leader that answers for it. */
async function leaders(admin: Admin, topic: string, clock: Clock): Promise<void> {
  for (let attempts = LEADER_ATTEMPTS; ; attempts -= 1) {
    try {
      await admin.fetchTopicOffsets(topic);
      return;
    } catch (error) {
      if (attempts === 0) throw error;
    }
    await clock.sleep(LEADER_PAUSE_MS);
  }
}

async function checkPartitions(
  admin: Admin,
  topic: string,
  settings: TopicSettings,
  differences: string[],
): Promise<readonly string[]> {
  const { kafkaPartitions: wanted, kafkaReplication: copies } = settings;
  const { topics } = await admin.fetchTopicMetadata({ topics: [topic] });
  const partitions = topics[0]?.partitions ?? [];
  const least = Math.min(...partitions.map(({ replicas }) => replicas.length));
  if (least !== copies) {
    differences.push(
      `${topic} has ${least} copies of each message, not ${copies}: ` +
        'set KAFKA_REPLICATION, or move it with kafka-reassign-partitions',
    );
  }
  if (partitions.length > wanted) {
    differences.push(
      `${topic} has ${partitions.length} partitions, not ${wanted}: they can't become fewer, ` +
        `set KAFKA_PARTITIONS=${partitions.length}`,
    );
  }
  if (partitions.length >= wanted) return [];
  await admin.createPartitions({ topicPartitions: [{ topic, count: wanted }] });
  return [`${partitions.length} partitions became ${wanted}: keys have moved`];
}

/** kafkajs can only replace all of a topic's own settings, so those that aren't ours are given back as they are. */
async function alterConfig(
  admin: Admin,
  topic: string,
  wanted: Readonly<Record<string, string>>,
): Promise<readonly string[]> {
  const { resources } = await admin.describeConfigs({
    includeSynonyms: false,
    resources: [{ type: ConfigResourceTypes.TOPIC, name: topic }],
  });
  const entries = resources[0]?.configEntries ?? [];
  const now = new Map(entries.map((entry) => [entry.configName, entry.configValue]));
  const changed = Object.entries(wanted).filter(([name, value]) => now.get(name) !== value);
  if (changed.length === 0) return [];
  const own = entries.filter(({ configSource }) => configSource === ConfigSource.TOPIC_CONFIG);
  const all = { ...Object.fromEntries(own.map((entry) => [entry.configName, entry.configValue])), ...wanted };
  await admin.alterConfigs({
    validateOnly: false,
    resources: [
      {
        type: ConfigResourceTypes.TOPIC,
        name: topic,
        configEntries: Object.entries(all).map(([name, value]) => ({ name, value })),
      },
    ],
  });
  return changed.map(([name, value]) => `${name} was ${now.get(name) ?? 'not set'}, is now ${value}`);
}

function setupProblem(error: unknown, settings: KafkaSettings & TopicSettings): string {
  const inner = rootOf(error) as { readonly errors?: readonly unknown[] };
  const cause = inner.errors?.[0] ?? error;
  if (errorType(cause) === 'INVALID_REPLICATION_FACTOR') {
    return `Kafka has fewer than ${settings.kafkaReplication} brokers: start more, or set KAFKA_REPLICATION`;
  }
  return problemOf(cause, settings);
}
