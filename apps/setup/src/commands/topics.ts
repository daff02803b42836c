import { KAFKA_SETTINGS, KAFKA_TOPIC_SETTINGS } from '#messaging/kafka/settings';
import { setUpTopics } from '#messaging/kafka/topic-setup';
import { readConfig } from '#platform/config/read-config';
import type { SetupCommand } from '../setup-command.js';

const SCHEMA = { ...KAFKA_SETTINGS, ...KAFKA_TOPIC_SETTINGS };

export const topics: SetupCommand = {
  purpose: 'makes the topics with their partitions, copies and retention, and tells what differs',
  schema: SCHEMA,
  run: ({ env, clock, out }) =>
    setUpTopics({ settings: readConfig(SCHEMA, env), clock, clientId: 'setup', say: out }),
};
