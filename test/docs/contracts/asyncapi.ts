import { CONTRACTS, type MessageContract, type TopicContract } from '#messaging/contracts/catalogue';
import { CLOUD_EVENT_CONTENT_TYPE, HEADERS } from '#messaging/contracts/headers';
import type { JsonSchema } from '#messaging/contracts/json-schema';
import { TOPICS, type Topic } from '#messaging/topics';
import { exampleOf } from './examples.js';

const KAFKA_BINDINGS = '0.5.0';
const PARKED_MESSAGE = 'ParkedMessage';

const NAMES: Readonly<Record<Topic, string>> = Object.fromEntries(
  Object.entries(TOPICS).map(([name, topic]) => [topic, name]),
) as Record<Topic, string>;

const ref = (...path: readonly string[]) => ({ $ref: `#/${path.join('/')}` });

/** The AsyncAPI 3 document of everything on the bus: whole in itself, so that any tool can open the one file. */
export function asyncApi(): object {
  const messages = CONTRACTS.flatMap((contract) =>
    contract.messages.length === 0
      ? [[PARKED_MESSAGE, parkedMessage(contract)]]
      : contract.messages.map((message) => [message.type, asyncMessage(contract, message)]),
  );
  const schemas = [
    ...CONTRACTS.flatMap((contract) => contract.messages.map(({ type, schema }) => [type, schema])),
    ...CONTRACTS.map((contract) => [headersName(contract), contract.headers]),
  ];
  return {
    asyncapi: '3.0.0',
    info: {
      title: 'Payout ledger',
      version: '1.0.0',
      description:
        'Commands to the ledger, its replies, and the events that it publishes. Every message is a CloudEvent 1.0 in ' +
        'JSON (structured mode). How to use it, and what may change: docs/contracts/README.md.',
      license: { name: 'Apache-2.0', url: 'https://www.apache.org/licenses/LICENSE-2.0' },
    },
    defaultContentType: CLOUD_EVENT_CONTENT_TYPE,
    servers: {
      kafka: {
        host: '{broker}',
        protocol: 'kafka',
        description:
          'Producers must choose partitions as Java does (murmur2 over the key), or the order of an account is lost.',
        variables: { broker: { default: '127.0.0.1:9092', description: 'One of KAFKA_BROKERS.' } },
      },
    },
    channels: Object.fromEntries(CONTRACTS.map((contract) => [NAMES[contract.topic], channel(contract)])),
    operations: operations(),
    components: {
      messages: Object.fromEntries(messages) as object,
      schemas: Object.fromEntries(schemas) as object,
    },
  };
}

function messageNames({ messages }: TopicContract): readonly string[] {
  return messages.length === 0 ? [PARKED_MESSAGE] : messages.map(({ type }) => type);
}

function headersName({ topic }: TopicContract): string {
  return `${topic}.headers`;
}

function channel(contract: TopicContract): object {
  return {
    address: contract.topic,
    description: contract.description,
    messages: Object.fromEntries(
      messageNames(contract).map((name) => [name, ref('components', 'messages', name)]),
    ) as object,
    bindings: {
      kafka: {
        topic: contract.topic,
        // Partitions, replicas and retention are settings: `npm run topics` makes the topics.
        topicConfiguration: { 'cleanup.policy': ['delete'] },
        bindingVersion: KAFKA_BINDINGS,
      },
    },
  };
}

function asyncMessage(contract: TopicContract, { type, name, summary }: MessageContract): object {
  const { headers, value } = exampleOf(type);
  const correlated = contract.topic === TOPICS.commands || contract.topic === TOPICS.replies;
  return {
    name: type,
    title: name,
    summary,
    contentType: CLOUD_EVENT_CONTENT_TYPE,
    headers: ref('components', 'schemas', headersName(contract)),
    payload: ref('components', 'schemas', type),
    ...(correlated ? { correlationId: { location: `$message.header#/${HEADERS.correlationId}` } } : {}),
    bindings: keyBinding(contract),
    examples: [{ name, headers, payload: JSON.parse(new TextDecoder().decode(value)) as unknown }],
  };
}

function parkedMessage(contract: TopicContract): object {
  return {
    name: PARKED_MESSAGE,
    title: 'A parked message',
    summary: 'Any message of another topic: its bytes are unchanged.',
    contentType: 'application/octet-stream',
    headers: ref('components', 'schemas', headersName(contract)),
    payload: { description: 'The original, byte for byte. Whether it can be read at all is not known.' },
    bindings: keyBinding(contract),
  };
}

function keyBinding({ key }: TopicContract): {
  readonly kafka: { readonly key: JsonSchema; bindingVersion: string };
} {
  return { kafka: { key, bindingVersion: KAFKA_BINDINGS } };
}

function operations(): object {
  const of = (topic: Topic): TopicContract => {
    const contract = CONTRACTS.find((candidate) => candidate.topic === topic);
    if (contract === undefined) throw new Error(`${topic} has no contract`);
    return contract;
  };
  const on = (topic: Topic) => ({
    channel: ref('channels', NAMES[topic]),
    messages: messageNames(of(topic)).map((name) => ref('channels', NAMES[topic], 'messages', name)),
  });
  return {
    takeCommand: {
      action: 'receive',
      summary: 'The ledger takes a command and answers it.',
      ...on(TOPICS.commands),
      reply: {
        address: {
          location: `$message.header#/${HEADERS.replyTo}`,
          description: `${TOPICS.replies} if absent.`,
        },
        ...on(TOPICS.replies),
      },
    },
    publishEvent: {
      action: 'send',
      summary: 'The ledger tells what happened.',
      ...on(TOPICS.events),
    },
    passOnCallback: {
      action: 'send',
      summary: 'The app that takes callbacks makes them durable.',
      ...on(TOPICS.callbacks),
    },
    takeCallback: {
      action: 'receive',
      summary: 'The ledger takes callbacks as evidence.',
      ...on(TOPICS.callbacks),
    },
    park: {
      action: 'send',
      summary: 'The ledger puts aside what nobody can handle.',
      ...on(TOPICS.parked),
    },
  };
}
