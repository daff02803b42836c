import { execFile } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import kafkajs from 'kafkajs';
import { TOPICS } from '#messaging/topics';
import { brokerPackages, findJava } from './broker-packages.js';
import { KafkaWorld } from './kafka-world.js';
import { temporaryFolder } from '../temporary-folder.js';
import { startOwnKafka } from './start-kafka.js';

/**
 * How quick the bus is beside kafkajs by itself and beside Kafka's own Java client, on one broker of this machine:
 * `node dist/test/support/kafka/measure.js [messages]`. The figures of docs/adr/0016-kafka-client.md are from it.
 */
const MESSAGES = Number(process.argv[2] ?? 50_000);
const BYTES = 1_024;
const CALLERS = 64;
const KEYS = 1_000;
const value = new Uint8Array(BYTES).fill(65);

const kafka = await startOwnKafka();
try {
  await busAlone();
  await kafkajsAlone();
  await java();
  await kcat();
} finally {
  await kafka.stop();
}

async function busAlone(): Promise<void> {
  const world = await KafkaWorld.withTopics(kafka.brokers);
  const bus = await world.bus();
  await bus.publish(TOPICS.commands, [{ key: 'warm', headers: {}, value }]);
  const took: number[] = [];
  let sent = 0;
  const publish = async (): Promise<void> => {
    while (sent < MESSAGES) {
      const key = `key-${(sent += 1) % KEYS}`;
      const began = performance.now();
      await bus.publish(TOPICS.commands, [{ key, headers: { traceparent: '00-1' }, value }]);
      took.push(performance.now() - began);
    }
  };
  const began = performance.now();
  await Promise.all(Array.from({ length: CALLERS }, publish));
  say(`bus, publish, ${CALLERS} callers, one message each`, MESSAGES, performance.now() - began, took);
  let handled = 0;
  const all = Promise.withResolvers<undefined>();
  const from = performance.now();
  const consumer = await bus.consume({
    group: 'g',
    topic: TOPICS.commands,
    from: 'earliest',
    concurrency: CALLERS,
    handler: async () => {
      if ((handled += 1) > MESSAGES) all.resolve(undefined);
      return { kind: 'done' };
    },
  });
  await all.promise;
  say('bus, consume, from the first message, joining included', MESSAGES, performance.now() - from);
  await consumer.stop();
  await roundTrip(world);
  await world.close();
}

/** One message at a time: from `publish` to the handler. */
async function roundTrip(world: KafkaWorld): Promise<void> {
  const bus = await world.bus();
  const took: number[] = [];
  let arrived: () => void = () => undefined;
  await bus.consume({
    group: 'latency',
    topic: TOPICS.events,
    from: 'earliest',
    concurrency: 4,
    handler: async () => {
      arrived();
      return { kind: 'done' };
    },
  });
  const times = 500;
  for (let n = 0; n < times; n += 1) {
    const began = performance.now();
    const here = new Promise<void>((resolve) => (arrived = resolve));
    await bus.publish(TOPICS.events, [{ key: `key-${n}`, headers: {}, value }]);
    await here;
    if (n > 50) took.push(performance.now() - began);
  }
  say(
    'bus, publish to handler, one at a time',
    took.length,
    took.reduce((a, b) => a + b, 0),
    took,
  );
}

async function kafkajsAlone(): Promise<void> {
  const world = await KafkaWorld.withTopics(kafka.brokers);
  const topic = world.name(TOPICS.commands);
  const producer = world.kafka.producer({
    idempotent: true,
    maxInFlightRequests: 1,
    createPartitioner: kafkajs.Partitioners.DefaultPartitioner,
  });
  await producer.connect();
  const batch = 256;
  const began = performance.now();
  for (let sent = 0; sent < MESSAGES; sent += batch) {
    const messages = Array.from({ length: Math.min(batch, MESSAGES - sent) }, (_, n) => ({
      key: `key-${(sent + n) % KEYS}`,
      value: Buffer.from(value),
    }));
    await producer.send({ topic, acks: -1, messages });
  }
  say(
    `kafkajs alone, publish, batches of ${batch}, acks=all, idempotent`,
    MESSAGES,
    performance.now() - began,
  );
  await producer.disconnect();
  const consumer = world.kafka.consumer({ groupId: `${topic}.raw` });
  await consumer.connect();
  await consumer.subscribe({ topic, fromBeginning: true });
  let seen = 0;
  const all = Promise.withResolvers<undefined>();
  const from = performance.now();
  await consumer.run({
    eachBatch: async ({ batch: { messages } }) => {
      if ((seen += messages.length) >= MESSAGES) all.resolve(undefined);
    },
  });
  await all.promise;
  say('kafkajs alone, consume in batches, joining included', MESSAGES, performance.now() - from);
  await consumer.disconnect();
}

async function java(): Promise<void> {
  const found = findJava();
  if (!('program' in found)) return;
  const world = await KafkaWorld.withTopics(kafka.brokers);
  const topic = world.name(TOPICS.commands);
  const classes = ['-cp', `${await brokerPackages()}/*`];
  const { stdout } = await promisify(execFile)(found.program, [
    ...classes,
    'org.apache.kafka.tools.ProducerPerformance',
    ...[
      '--topic',
      topic,
      '--num-records',
      String(MESSAGES),
      '--record-size',
      String(BYTES),
      '--throughput',
      '-1',
    ],
    ...['--producer-props', `bootstrap.servers=${kafka.brokers}`, 'acks=all', 'enable.idempotence=true'],
  ]);
  process.stdout.write(`Java ProducerPerformance: ${stdout.trim().split('\n').at(-1) ?? ''}\n`);
}

/** librdkafka without any JavaScript: what a binding of it can reach at most. */
async function kcat(): Promise<void> {
  const world = await KafkaWorld.withTopics(kafka.brokers);
  const topic = world.name(TOPICS.commands);
  const folder = temporaryFolder();
  const file = join(folder.path, 'messages');
  const text = 'A'.repeat(BYTES);
  writeFileSync(file, Array.from({ length: MESSAGES }, (_, n) => `key-${n % KEYS}:${text}\n`).join(''));
  const run = promisify(execFile);
  const settings = [
    '-X',
    'acks=all',
    '-X',
    'enable.idempotence=true',
    '-X',
    'topic.partitioner=murmur2_random',
  ];
  try {
    const began = performance.now();
    await run('kcat', ['-P', '-b', kafka.brokers, '-t', topic, '-K', ':', '-l', ...settings, file]);
    say('librdkafka (kcat), publish, acks=all, idempotent', MESSAGES, performance.now() - began);
    const from = performance.now();
    const consume = ['-C', '-e', '-q', '-b', kafka.brokers, '-t', topic, '-f', '.'];
    const { stdout } = await run('kcat', consume, { maxBuffer: 2 * MESSAGES });
    if (stdout.length !== MESSAGES) throw new Error(`kcat read ${stdout.length} of ${MESSAGES} messages`);
    say('librdkafka (kcat), consume without a group', MESSAGES, performance.now() - from);
  } finally {
    folder.remove();
  }
}

function say(what: string, messages: number, ms: number, took: readonly number[] = []): void {
  const sorted = took.toSorted((a, b) => a - b);
  const at = (share: number): string => (sorted[Math.floor(sorted.length * share)] ?? NaN).toFixed(1);
  const tail = sorted.length === 0 ? '' : `, p50 ${at(0.5)} ms, p99 ${at(0.99)} ms`;
  process.stdout.write(`${what}: ${Math.round((messages / ms) * 1_000)}/s${tail}\n`);
}
