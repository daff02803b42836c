import assert from 'node:assert/strict';
import { createHook } from 'node:async_hooks';
import { readdirSync } from 'node:fs';
import { after, afterEach, describe, it } from 'node:test';
import kafkajs, { type IHeaders } from 'kafkajs';
import type { HandlerDecision, OutgoingMessage, ReceivedMessage } from '#messaging/message-bus';
import { TOPICS } from '#messaging/topics';
import { TestProcess } from '#test/support/child-process';
import { eventually as eventuallyWithin } from '#test/support/eventually';
import { KafkaWorld } from '#test/support/kafka/kafka-world';
import { startOwnKafka } from '#test/support/kafka/start-kafka';
import { temporaryFolder } from '#test/support/temporary-folder';

const { CompressionTypes, ConfigResourceTypes } = kafkajs;
const DONE: HandlerDecision = { kind: 'done' };
const text = (bytes: Uint8Array): string => Buffer.from(bytes).toString('utf8');
const numbers = (count: number): number[] => Array.from({ length: count }, (_, n) => n);
const eventually = (condition: () => boolean | Promise<boolean>): Promise<void> =>
  eventuallyWithin(condition, 60_000);

function message(key: string, value: string): OutgoingMessage {
  return { key, headers: {}, value: Buffer.from(value) };
}

const warnings: string[] = [];
process.on('warning', ({ name }) => warnings.push(name));

// Its broker is killed and stopped: it has one of its own.
const kafka = await startOwnKafka();
after(() => kafka.stop());

describe(`kafka: faults (${kafka.kind})`, () => {
  const worlds: KafkaWorld[] = [];
  afterEach(async () => {
    for (const world of worlds.splice(0)) await world.close();
  });

  async function makeWorld(...args: ConstructorParameters<typeof KafkaWorld> | []): Promise<KafkaWorld> {
    const world = await KafkaWorld.withTopics(args[0] ?? kafka.brokers, args[1]);
    worlds.push(world);
    return world;
  }

  describe('the broker', () => {
    it('may be away at the start: everything is open, says what it waits for, and goes on when it is there', async () => {
      const world = await makeWorld();
      await kafka.kill();
      const bus = await world.bus();
      const got: string[] = [];
      const consumer = await bus.consume({
        group: 'g',
        topic: TOPICS.commands,
        from: 'earliest',
        concurrency: 4,
        handler: async ({ value }) => {
          got.push(text(value));
          return DONE;
        },
      });
      await eventually(() => /can't be reached .*KAFKA_BROKERS/.test(bus.status().detail));
      assert.equal(bus.status().ready, false);
      await kafka.run();
      await eventually(() => bus.status().ready);
      await bus.publish(TOPICS.commands, [message('k', 'after')]);
      await eventually(() => got.length === 1);
      assert.deepEqual(got, ['after']);
      const told = world.logger.entries.map(({ message: line }) => line);
      assert.deepEqual([...new Set(told)], ['Kafka is not ready', 'Kafka is ready']);
      assert.ok(told.length <= 6, `one line per change, not ${told.length}`);
      await consumer.stop();
      await consumer.ended;
    });

    it('may be killed in the middle: nothing is lost, and each key stays in order', async () => {
      const world = await makeWorld();
      const bus = await world.bus();
      const seen = new Map<string, number[]>();
      await bus.consume({
        group: 'g',
        topic: TOPICS.commands,
        from: 'earliest',
        concurrency: 16,
        handler: async ({ key, value }) => {
          seen.set(key, [...(seen.get(key) ?? []), Number(text(value))]);
          return DONE;
        },
      });
      const perKey = 150;
      const publishKey = async (key: string): Promise<void> => {
        for (let n = 0; n < perKey;) {
          try {
            await bus.publish(TOPICS.commands, [message(key, String(n))]);
            n += 1;
          } catch {
            // Unknown whether it was taken: again.
          }
          await new Promise((resolve) => setTimeout(resolve, 10));
        }
      };
      const publishing = Promise.all(numbers(10).map((k) => publishKey(`key-${k}`)));
      await eventually(() => [...seen.values()].flat().length > 300);
      await kafka.restart();
      await publishing;
      await eventually(() => [...seen.values()].every((list) => list.at(-1) === perKey - 1));
      assert.equal(seen.size, 10);
      for (const list of seen.values()) {
        const firsts = list.filter((n, index) => list.indexOf(n) === index);
        assert.deepEqual(firsts, numbers(perKey));
      }
      await eventually(() => bus.status().ready);
    });
  });

  describe('a broker that hangs', () => {
    it('is told from one that is well, holds up no close, and is used again when it answers', async () => {
      const world = await makeWorld();
      const [bus, other] = [await world.bus(), await world.bus()];
      const got: string[] = [];
      for (const [index, one] of [bus, other].entries()) {
        await one.consume({
          group: `g${index}`,
          topic: TOPICS.commands,
          from: 'earliest',
          concurrency: 1,
          handler: async ({ value }) => {
            if (one === bus) got.push(text(value));
            return DONE;
          },
        });
      }
      await bus.publish(TOPICS.commands, [message('k', 'before')]);
      await eventually(() => got.length === 1);
      kafka.freeze();
      const publishing = bus.publish(TOPICS.commands, [message('k', 'meanwhile')]).catch(String);
      const began = performance.now();
      await other.close();
      assert.ok(
        performance.now() - began < 12_000,
        `closed after ${Math.round(performance.now() - began)} ms`,
      );
      await eventually(() => /no answer/.test(bus.status().detail));
      assert.match(String(await publishing), /Error/);
      kafka.thaw();
      await eventually(() => bus.status().ready);
      await bus.publish(TOPICS.commands, [message('k', 'after')]);
      await eventually(() => got.includes('after'));
    });
  });

  describe('a topic that is missing', () => {
    it('is named with its remedy, is not made by use, and is used when it is there', async () => {
      const world = new KafkaWorld(kafka.brokers);
      worlds.push(world);
      const bus = await world.bus();
      const got: string[] = [];
      await bus.consume({
        group: 'g',
        topic: TOPICS.commands,
        from: 'earliest',
        concurrency: 1,
        handler: async ({ value }) => {
          got.push(text(value));
          return DONE;
        },
      });
      await eventually(() => /has no topic .*payout\.commands\.v1.*npm run topics/.test(bus.status().detail));
      await assert.rejects(bus.publish(TOPICS.commands, [message('k', 'v')]));
      const topics = await world.admin((admin) => admin.listTopics());
      assert.deepEqual(
        topics.filter((topic) => topic.startsWith(world.settings.kafkaPrefix)),
        [],
      );
      await world.makeTopics();
      await eventually(() => bus.status().ready);
      await bus.publish(TOPICS.commands, [message('k', 'now')]);
      await eventually(() => got.length === 1);
    });
  });

  describe('a topic that is deleted and made anew', () => {
    it('is read from its beginning', async () => {
      const world = await makeWorld();
      const bus = await world.bus();
      const got: string[] = [];
      await bus.consume({
        group: 'g',
        topic: TOPICS.commands,
        from: 'earliest',
        concurrency: 1,
        handler: async ({ value }) => {
          got.push(text(value));
          return DONE;
        },
      });
      for (const n of numbers(5)) await bus.publish(TOPICS.commands, [message('k', String(n))]);
      await eventually(() => got.length === 5);
      await world.admin((admin) => admin.deleteTopics({ topics: [world.name(TOPICS.commands)] }));
      await eventually(() => /has no topic .*commands/.test(bus.status().detail));
      await world.makeTopics();
      await eventually(() => bus.status().ready);
      await eventually(async () => {
        await bus.publish(TOPICS.commands, [message('k', 'anew')]);
        return got.includes('anew');
      });
      await eventually(() => bus.status().ready);
    });
  });

  describe('credentials', () => {
    it('that are wrong are named, and those that are right work', async () => {
      const world = await makeWorld();
      const sasl = {
        kafkaBrokers: [kafka.saslBrokers],
        kafkaSaslMechanism: 'plain',
        kafkaSaslUsername: 'payout',
      } as const;
      const wrong = await world.bus({ settings: { ...world.settings, ...sasl, kafkaSaslPassword: 'no' } });
      await eventually(() => /refuses the login of payout: correct KAFKA_SASL_/.test(wrong.status().detail));
      await assert.rejects(wrong.publish(TOPICS.events, [message('k', 'v')]));
      const none = await world.bus({ settings: { ...world.settings, kafkaBrokers: [kafka.saslBrokers] } });
      await eventually(() => /KAFKA_SASL_MECHANISM/.test(none.status().detail));
      const right = await world.bus({
        settings: { ...world.settings, ...sasl, kafkaSaslPassword: 'only-for-tests' },
      });
      await eventually(() => right.status().ready);
      await right.publish(TOPICS.events, [message('k', 'v')]);
      assert.equal((await world.read(TOPICS.events)).length, 1);
      const lines = JSON.stringify(world.logger.entries);
      assert.ok(!lines.includes('only-for-tests'));
    });
  });

  describe('TLS', () => {
    it('works with the authority that signed, and says what is missing without it', async () => {
      const secured = await startOwnKafka({ tls: true });
      try {
        const { tls } = secured;
        assert.ok(tls !== undefined, 'the broker has a listener with TLS');
        const world = await makeWorld(secured.brokers);
        const settings = { ...world.settings, kafkaBrokers: [tls.brokers], kafkaTls: true };
        const trusting = await world.bus({ settings: { ...settings, kafkaTlsCaFile: tls.caFile } });
        await eventually(() => trusting.status().ready);
        await trusting.publish(TOPICS.events, [message('k', 'v')]);
        const wary = await world.bus({ settings });
        await eventually(() => /not trusted .*KAFKA_TLS_CA_FILE/.test(wary.status().detail));
        const plain = await world.bus({ settings: { ...settings, kafkaTls: false } });
        await eventually(() => /KAFKA_TLS/.test(plain.status().detail));
        for (const one of [trusting, wary, plain]) await one.close();
      } finally {
        await secured.stop();
      }
    });
  });

  describe('records of others', () => {
    it('that the bus can not express are parked with their bytes, and hold nobody up', async () => {
      const world = await makeWorld();
      await world.admin((admin) =>
        admin.alterConfigs({
          validateOnly: false,
          resources: [
            {
              type: ConfigResourceTypes.TOPIC,
              name: world.name(TOPICS.commands),
              configEntries: [{ name: 'max.message.bytes', value: String(8 * 1024 * 1024) }],
            },
          ],
        }),
      );
      const producer = world.kafka.producer({ createPartitioner: kafkajs.Partitioners.DefaultPartitioner });
      await producer.connect();
      const topic = world.name(TOPICS.commands);
      const huge = Buffer.alloc(5 * 1024 * 1024, 7);
      const binary = Buffer.from([0xff, 0xfe, 0x00]);
      const odd: { key: Buffer | string | null; value: Buffer | null; headers: IHeaders; reason: RegExp }[] =
        [
          { key: 'k', value: huge, headers: {}, reason: /5242881 bytes is over the limit/ },
          { key: 'k', value: null, headers: { a: 'b' }, reason: /no value/ },
          { key: 'k', value: Buffer.from('x'), headers: { bin: binary }, reason: /"bin" is not UTF-8/ },
          {
            key: 'k',
            value: Buffer.from('x'),
            headers: { twice: ['1', '2'] },
            reason: /"twice" more than once/,
          },
          { key: binary, value: Buffer.from('x'), headers: {}, reason: /key is not UTF-8/ },
        ];
      for (const { key, value, headers } of odd) {
        await producer.send({ topic, messages: [{ key, value, headers }] });
      }
      await producer.send({ topic, messages: [{ key: null, value: 'no key' }] });
      await producer.send({
        topic,
        messages: [{ key: 'k', value: 'good', headers: { traceparent: '00-1' } }],
      });
      await producer.send({
        topic,
        compression: CompressionTypes.GZIP,
        messages: [{ key: 'k', value: 'gzip' }],
      });
      await producer.disconnect();
      const bus = await world.bus();
      const got: ReceivedMessage[] = [];
      await bus.consume({
        group: 'g',
        topic: TOPICS.commands,
        from: 'earliest',
        concurrency: 4,
        handler: async (received) => {
          got.push(received);
          return DONE;
        },
      });
      await eventually(() => got.length === 3);
      assert.deepEqual(got.map(({ key, value }) => `${key}:${text(value)}`).sort(), [
        ':no key',
        'k:good',
        'k:gzip',
      ]);
      assert.equal(got.find(({ value }) => text(value) === 'good')?.headers['traceparent'], '00-1');
      await eventually(async () => (await world.parked()).length === odd.length);
      const parked = await world.parked();
      for (const { value, reason } of odd) {
        const one = parked.find(({ headers }) => reason.test(headers['parked-reason'] ?? ''));
        assert.ok(one, `parked with ${reason}`);
        assert.deepEqual(Buffer.from(one.value), value ?? Buffer.alloc(0));
        assert.equal(one.headers['parked-from-topic'], TOPICS.commands);
      }
      // Their headers are there as they were, which only Kafka's own client can show.
      const raw = await rawHeaders(world, TOPICS.parked);
      assert.ok(raw.some(({ 'original-bin': header }) => header instanceof Buffer && binary.equals(header)));
      assert.ok(
        raw.some(
          (headers) =>
            JSON.stringify(headers['original-twice']) ===
            JSON.stringify([Buffer.from('1'), Buffer.from('2')]),
        ),
      );
    });

    it('with very many headers, or with names that every object has, cost no more than others', async () => {
      const world = await makeWorld();
      const producer = world.kafka.producer({ createPartitioner: kafkajs.Partitioners.DefaultPartitioner });
      await producer.connect();
      const topic = world.name(TOPICS.commands);
      const many = Object.fromEntries(numbers(100_000).map((n) => [n.toString(36), 'x']));
      const same = { again: numbers(100_000).map(() => 'x') };
      const named = { toString: '1', constructor: '2', ['__proto__']: '3' };
      for (const headers of [many, same, named]) {
        await producer.send({ topic, messages: [{ key: 'k', value: 'v', headers }] });
      }
      await producer.disconnect();
      const bus = await world.bus();
      const got: ReceivedMessage[] = [];
      const began = performance.now();
      await bus.consume({
        group: 'g',
        topic: TOPICS.commands,
        from: 'earliest',
        concurrency: 4,
        handler: async (received) => {
          got.push(received);
          return DONE;
        },
      });
      await eventually(() => got.length === 2);
      assert.deepEqual(Object.entries(got[0]?.headers ?? {}).length, 100_000);
      assert.deepEqual({ ...got[1]?.headers }, { ...named });
      const [parked] = await world.parked();
      assert.match(parked?.headers['parked-reason'] ?? '', /"again" more than once/);
      assert.ok(performance.now() - began < 20_000, `${Math.round(performance.now() - began)} ms`);
    });

    it('that a transaction took back are not handed out', async () => {
      const world = await makeWorld();
      const producer = world.kafka.producer({
        transactionalId: `t-${world.settings.kafkaPrefix}`,
        maxInFlightRequests: 1,
        idempotent: true,
        createPartitioner: kafkajs.Partitioners.DefaultPartitioner,
      });
      await producer.connect();
      const topic = world.name(TOPICS.commands);
      for (const [value, commit] of [
        ['kept', true],
        ['taken back', false],
        ['kept too', true],
      ] as const) {
        const transaction = await producer.transaction();
        await transaction.send({ topic, messages: [{ key: 'k', value }] });
        await (commit ? transaction.commit() : transaction.abort());
      }
      await producer.disconnect();
      const bus = await world.bus();
      const got: string[] = [];
      await bus.consume({
        group: 'g',
        topic: TOPICS.commands,
        from: 'earliest',
        concurrency: 1,
        handler: async ({ value }) => {
          got.push(text(value));
          return DONE;
        },
      });
      await eventually(() => got.length >= 2);
      await bus.publish(TOPICS.commands, [message('k', 'last')]);
      await eventually(() => got.includes('last'));
      assert.deepEqual(got, ['kept', 'kept too', 'last']);
    });
  });

  describe('offsets', () => {
    it('whose messages were deleted are never jumped over: the partition waits and says so, the others go on', async () => {
      const world = await makeWorld();
      const bus = await world.bus();
      const consumeAll = async (got: string[]): Promise<{ stop(): Promise<void> }> =>
        bus.consume({
          group: 'g',
          topic: TOPICS.commands,
          from: 'earliest',
          concurrency: 4,
          handler: async ({ value }) => {
            got.push(text(value));
            return DONE;
          },
        });
      const first: string[] = [];
      const consumer = await consumeAll(first);
      await bus.publish(
        TOPICS.commands,
        numbers(40).map((n) => message(`key-${n}`, 'first')),
      );
      await eventually(() => first.length === 40);
      await consumer.stop();
      await bus.publish(
        TOPICS.commands,
        numbers(40).map((n) => message(`key-${n}`, 'second')),
      );
      const all = await world.read(TOPICS.commands);
      const partition = all[0]?.partition ?? 0;
      const end = all.filter((one) => one.partition === partition).length;
      await world.admin(async (admin) => {
        // It has to have been asked about the topic before it can do this.
        await admin.fetchTopicOffsets(world.name(TOPICS.commands));
        await admin.deleteTopicRecords({
          topic: world.name(TOPICS.commands),
          partitions: [{ partition, offset: String(end) }],
        });
      });
      const second: string[] = [];
      await consumeAll(second);
      const elsewhere = all.filter(
        (one) => one.partition !== partition && text(one.value) === 'second',
      ).length;
      await eventually(() => second.length === elsewhere);
      await eventually(() => !bus.status().ready);
      assert.match(
        bus.status().detail,
        new RegExp(`offsets \\d+ to ${end - 1} of payout.commands.v1/${partition} were deleted before g had`),
      );
      assert.deepEqual(world.logger.alarms(), ['bus-messages-lost']);
      const lost = all.find((one) => one.partition === partition)?.key ?? '';
      await bus.publish(TOPICS.commands, [message(lost, 'third')]);
      const other = all.find((one) => one.partition !== partition)?.key ?? '';
      await bus.publish(TOPICS.commands, [message(other, 'third')]);
      await eventually(() => second.includes('third'));
      assert.equal(second.filter((value) => value === 'third').length, 1);
    });
  });

  describe('back-pressure', () => {
    it('keeps little in memory while the handlers are slow', async () => {
      const world = await makeWorld();
      const bus = await world.bus();
      const value = new Uint8Array(64 * 1024).fill(1);
      for (const round of numbers(32)) {
        await bus.publish(
          TOPICS.commands,
          numbers(32).map((n) => ({ key: `key-${round}-${n}`, headers: {}, value })),
        );
      }
      const before = process.memoryUsage().arrayBuffers;
      let started = 0;
      let release: () => void = () => undefined;
      const gate = new Promise<void>((resolve) => (release = resolve));
      await bus.consume({
        group: 'g',
        topic: TOPICS.commands,
        from: 'earliest',
        concurrency: 4,
        handler: async () => {
          started += 1;
          await gate;
          return DONE;
        },
      });
      await eventually(() => started === 4);
      await new Promise((resolve) => setTimeout(resolve, 2_000));
      const grown = process.memoryUsage().arrayBuffers - before;
      assert.ok(grown < 24 * 1024 * 1024, `${Math.round(grown / 1024 / 1024)} MiB of 64 are in memory`);
      release();
      await eventually(() => started === 1_024);
    });

    it('costs next to nothing while there is nothing to do', async () => {
      const world = await makeWorld();
      const bus = await world.bus();
      for (const topic of [TOPICS.commands, TOPICS.callbacks]) {
        await bus.consume({ group: 'g', topic, from: 'earliest', concurrency: 4, handler: async () => DONE });
      }
      await bus.publish(TOPICS.events, [message('k', 'v')]);
      await eventually(() => bus.status().ready);
      await new Promise((resolve) => setTimeout(resolve, 1_000));
      let ticks = 0;
      const hook = createHook({ init: (_id, type) => (ticks += type === 'Timeout' ? 1 : 0) }).enable();
      await new Promise((resolve) => setTimeout(resolve, 2_000));
      hook.disable();
      assert.ok(ticks < 400, `${ticks} timers in two seconds`);
      assert.deepEqual(warnings, []);
    });
  });

  describe('a group', () => {
    it('that changes under load handles each message, and no key twice at once', async () => {
      const world = await makeWorld();
      const buses = await Promise.all([world.bus(), world.bus()]);
      const running = new Set<string>();
      const seen = new Map<string, number[]>();
      const handledBy = [0, 0];
      const join = (index: 0 | 1): Promise<{ stop(): Promise<void> }> =>
        buses[index].consume({
          group: 'g',
          topic: TOPICS.commands,
          from: 'earliest',
          concurrency: 8,
          handler: async ({ key, value }) => {
            assert.ok(!running.has(key), `${key} twice at once`);
            running.add(key);
            await new Promise((resolve) => setTimeout(resolve, 1));
            running.delete(key);
            seen.set(key, [...(seen.get(key) ?? []), Number(text(value))]);
            handledBy[index] = (handledBy[index] ?? 0) + 1;
            return DONE;
          },
        });
      const rounds = 200;
      const publishing = (async () => {
        for (const n of numbers(rounds)) {
          await buses[0].publish(
            TOPICS.commands,
            numbers(20).map((k) => message(`key-${k}`, String(n))),
          );
          await new Promise((resolve) => setTimeout(resolve, 20));
        }
      })();
      await join(0);
      await eventually(() => handledBy[0] !== undefined && handledBy[0] > 100);
      for (const round of numbers(2)) {
        const before = handledBy[1] ?? 0;
        const second = await join(1);
        await eventually(() => (handledBy[1] ?? 0) > before + 50);
        await second.stop();
        assert.ok(round >= 0);
      }
      await publishing;
      await eventually(() => [...seen.values()].flat().length >= rounds * 20);
      for (const list of seen.values()) assert.deepEqual(list, numbers(rounds), 'once each and in order');
    });

    it('takes over from a consumer that is stopped for longer than its session; that one commits nothing and has no second effect', async () => {
      const world = await makeWorld();
      const bus = await world.bus();
      const folder = temporaryFolder();
      const program = new URL('../support/kafka/consuming-process.js', import.meta.url);
      const { kafkaPrefix, kafkaSessionMs } = world.settings;
      const args = [kafka.brokers, kafkaPrefix, String(kafkaSessionMs), folder.path, '300'];
      const zombie = TestProcess.start(program, ...args);
      const handled = (one: TestProcess, word: string): string[] =>
        one.lines.filter((line) => line.startsWith(`${word} `)).map((line) => line.slice(word.length + 1));
      let second: TestProcess | undefined;
      try {
        await bus.publish(
          TOPICS.commands,
          numbers(60).map((n) => message(`key-${n}`, String(n))),
        );
        await eventually(() => handled(zombie, 'done').length >= 8);
        process.kill(zombie.pid, 'SIGSTOP');
        const stoppedAt = zombie.lines.length;
        second = TestProcess.start(program, ...args);
        const successor = second;
        await eventually(() => readdirSync(folder.path).length === 60);
        const committed = await committedOf(world);
        assert.equal(committed, 60n);
        process.kill(zombie.pid, 'SIGCONT');
        await eventually(
          () =>
            handled(zombie, 'done').length + handled(zombie, 'refused').length ===
            handled(zombie, 'begin').length,
        );
        // It finishes what it had in its handlers, with no effect, and begins nothing of what it lost.
        const afterwards = zombie.lines.slice(stoppedAt);
        assert.ok(afterwards.filter((line) => line.startsWith('refused')).length >= 1, afterwards.join());
        assert.equal(afterwards.filter((line) => line.startsWith('begin')).length, 0, afterwards.join());
        assert.equal(readdirSync(folder.path).length, 60);
        assert.equal(await committedOf(world), 60n);
        // And it is back in the group: both work on what comes now.
        let sent = 60;
        const [zombieBefore, secondBefore] = [
          handled(zombie, 'begin').length,
          handled(successor, 'begin').length,
        ];
        await eventually(async () => {
          await bus.publish(
            TOPICS.commands,
            numbers(8).map((n) => message(`new-${sent + n}`, '')),
          );
          sent += 8;
          await new Promise((resolve) => setTimeout(resolve, 300));
          return (
            handled(zombie, 'begin').length > zombieBefore &&
            handled(successor, 'begin').length > secondBefore
          );
        });
        await eventually(() => readdirSync(folder.path).length === sent);
        await eventually(async () => (await committedOf(world)) === BigInt(sent));
      } finally {
        process.kill(zombie.pid, 'SIGCONT');
        await zombie.kill();
        await second?.kill();
        folder.remove();
      }
    });
  });
});

async function committedOf(world: KafkaWorld): Promise<bigint> {
  const topics = await world.admin((admin) =>
    admin.fetchOffsets({
      groupId: world.name(`zombies.${TOPICS.commands}`),
      topics: [world.name(TOPICS.commands)],
    }),
  );
  const offsets = topics.flatMap(({ partitions }) => partitions).map(({ offset }) => BigInt(offset));
  return offsets.reduce((sum, offset) => sum + (offset > 0n ? offset : 0n), 0n);
}

async function rawHeaders(world: KafkaWorld, topic: string): Promise<IHeaders[]> {
  const consumer = world.kafka.consumer({ groupId: `${world.settings.kafkaPrefix}raw` });
  const headers: IHeaders[] = [];
  await consumer.connect();
  await consumer.subscribe({ topic: world.name(topic), fromBeginning: true });
  await consumer.run({ eachMessage: async (one) => void headers.push(one.message.headers ?? {}) });
  await eventually(() => headers.length >= 5);
  await consumer.disconnect();
  return headers;
}
