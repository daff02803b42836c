import assert from 'node:assert/strict';
import { afterEach, beforeEach, describe, it } from 'node:test';
import {
  MAX_MESSAGE_BYTES,
  MessageBusClosedError,
  MessageRefusedError,
  PARKED_HEADERS,
  type Consumer,
  type ConsumerOptions,
  type HandlerDecision,
  type MessageBus,
  type OutgoingMessage,
  type ReceivedMessage,
} from '#messaging/message-bus';
import type { TopicReader } from '#messaging/topic-reader';
import { TOPICS } from '#messaging/topics';
import { eventually as eventuallyWithin } from '#test/support/eventually';

/** One store of messages, and the bus that is open on it. */
export interface MessageBusSubject {
  readonly partitions: number;
  /** How long anything may take; absent: 10 seconds. */
  readonly patienceMs?: number;
  /** False where a topic is only in order within each key, not from its first message to its last. */
  readonly oneOrder?: boolean;
  /** Earliest and latest time that the bus may give a message that is published now. */
  now(): number;
  open(): Promise<{ readonly bus: MessageBus; readonly reader: TopicReader }>;
  /** Ends the bus as a crash would: nothing is stopped, nothing committed, handlers never come back. */
  crash(bus: MessageBus): Promise<void>;
  dispose(): Promise<void>;
}

const DONE: HandlerDecision = { kind: 'done' };
const encoder = new TextEncoder();
const decoder = new TextDecoder();

function message(key: string, text: string, headers: Record<string, string> = {}): OutgoingMessage {
  return { key, headers, value: encoder.encode(text) };
}

function textOf(received: ReceivedMessage): string {
  return decoder.decode(received.value);
}

function numbers(count: number): number[] {
  return Array.from({ length: count }, (_, index) => index);
}

/** What every bus must do. `makeSubject` makes an empty store. */
export function describeMessageBusContract(
  name: string,
  makeSubject: () => Promise<MessageBusSubject>,
): void {
  describe(`message bus contract: ${name}`, () => {
    let subject: MessageBusSubject;
    let bus: MessageBus;
    let reader: TopicReader;
    let consumers: Consumer[];

    const eventually = (condition: () => boolean | Promise<boolean>): Promise<void> =>
      eventuallyWithin(condition, subject.patienceMs);

    beforeEach(async () => {
      subject = await makeSubject();
      consumers = [];
      ({ bus, reader } = await subject.open());
    });

    afterEach(async () => {
      await bus.close();
      await subject.dispose();
    });

    async function consume(
      options: Partial<ConsumerOptions> & Pick<ConsumerOptions, 'handler'>,
    ): Promise<Consumer> {
      const defaults = { group: 'g', topic: TOPICS.commands, from: 'earliest', concurrency: 8 } as const;
      const consumer = await bus.consume({ ...defaults, ...options });
      consumers.push(consumer);
      return consumer;
    }

    async function crashAndReopen(): Promise<void> {
      // A consumer whose log went away says so; here that is no surprise.
      for (const consumer of consumers) consumer.ended.catch(() => undefined);
      await subject.crash(bus);
      ({ bus, reader } = await subject.open());
    }

    /** Consumes into a list; every message is done at once. */
    async function collect(options: Partial<ConsumerOptions> = {}): Promise<ReceivedMessage[]> {
      const got: ReceivedMessage[] = [];
      await consume({
        ...options,
        handler: async (received) => {
          got.push(received);
          return DONE;
        },
      });
      return got;
    }

    describe('publishing', () => {
      it('delivers every field of a message, bytes unchanged', async () => {
        const got = await collect();
        const value = Uint8Array.from(numbers(256));
        const headers = { 'correlation-id': 'c-1', 'x-text': 'ភាសា – "quoted"', empty: '' };
        const before = subject.now();
        await bus.publish(TOPICS.commands, [{ key: 'account-1', headers, value }]);
        await eventually(() => got.length === 1);
        const [received] = got;
        assert.ok(received);
        assert.ok(received.partition >= 0 && received.partition < subject.partitions);
        assert.ok(received.publishedAt >= before && received.publishedAt <= subject.now());
        assert.deepEqual(received, {
          topic: TOPICS.commands,
          partition: received.partition,
          offset: 0n,
          publishedAt: received.publishedAt,
          key: 'account-1',
          headers,
          value: Uint8Array.from(numbers(256)),
        });
        assert.equal(Object.getPrototypeOf(received.value), Uint8Array.prototype);
      });

      it('takes an empty value and an empty key', async () => {
        const got = await collect();
        await bus.publish(TOPICS.commands, [{ key: '', headers: {}, value: new Uint8Array() }]);
        await eventually(() => got.length === 1);
        assert.deepEqual([got[0]?.key, got[0]?.headers, got[0]?.value], ['', {}, new Uint8Array()]);
      });

      it('is not touched by what the caller does to its bytes afterwards', async () => {
        const value = encoder.encode('before');
        await bus.publish(TOPICS.commands, [{ key: 'k', headers: {}, value }]);
        value.fill(0);
        const got = await collect();
        await eventually(() => got.length === 1);
        assert.deepEqual(got.map(textOf), ['before']);
      });

      it('keeps the order of one call and numbers each partition from 0 without gaps', async () => {
        const got = await collect({ concurrency: 1 });
        const sent = numbers(60).map((n) => message(`key-${n % 7}`, String(n)));
        await bus.publish(TOPICS.commands, sent.slice(0, 40));
        await bus.publish(TOPICS.commands, sent.slice(40));
        await eventually(() => got.length === 60);
        for (const k of numbers(7)) {
          const texts = got.filter(({ key }) => key === `key-${k}`).map(textOf);
          assert.deepEqual(
            texts,
            numbers(60)
              .filter((n) => n % 7 === k)
              .map(String),
          );
        }
        for (const partition of new Set(got.map((received) => received.partition))) {
          const offsets = got
            .filter((received) => received.partition === partition)
            .map(({ offset }) => offset);
          assert.deepEqual(
            offsets,
            offsets.map((_, index) => BigInt(index)),
          );
        }
      });

      it('puts a key into the same partition each time, also after it is opened again', async () => {
        const first = await collect();
        await bus.publish(
          TOPICS.commands,
          numbers(20).map((n) => message(`key-${n}`, 'a')),
        );
        await eventually(() => first.length === 20);
        await bus.close();
        ({ bus, reader } = await subject.open());
        const second = await collect({ group: 'h' });
        await bus.publish(
          TOPICS.commands,
          numbers(20).map((n) => message(`key-${n}`, 'b')),
        );
        await eventually(() => second.length === 40);
        for (const n of numbers(20)) {
          const partitions = second.filter(({ key }) => key === `key-${n}`).map(({ partition }) => partition);
          assert.equal(partitions.length, 2);
          assert.equal(partitions[0], partitions[1]);
        }
        assert.ok(new Set(second.map(({ partition }) => partition)).size > 1, 'the keys are spread');
      });

      it('takes a message of exactly 1 MiB and refuses the whole call for one byte more', async () => {
        const room = MAX_MESSAGE_BYTES - 'key'.length - 'name'.length - 'text'.length;
        const largest = new Uint8Array(room).fill(7);
        await bus.publish(TOPICS.commands, [{ key: 'key', headers: { name: 'text' }, value: largest }]);
        const over = { key: 'key', headers: { name: 'text' }, value: new Uint8Array(room + 1) };
        await assert.rejects(bus.publish(TOPICS.commands, [message('key', 'small'), over]), (error) => {
          assert.ok(error instanceof MessageRefusedError);
          assert.match(error.message, /1048577 bytes is over the limit of 1048576/);
          return true;
        });
        const { messages } = await reader.readTopic(TOPICS.commands, undefined, 10);
        assert.equal(messages.length, 1);
        assert.deepEqual(messages[0]?.value, largest);
      });

      it('refuses an unknown topic, by name and with the known ones', async () => {
        const refused = (error: unknown): boolean =>
          error instanceof MessageRefusedError &&
          /"payout\.commands".*payout\.commands\.v1/.test(error.message);
        await assert.rejects(bus.publish('payout.commands', [message('k', 'v')]), refused);
        await assert.rejects(consume({ topic: 'payout.commands', handler: async () => DONE }), refused);
        await assert.rejects(reader.readTopic('payout.commands', undefined, 1), refused);
      });

      it('takes a call without messages', async () => {
        await bus.publish(TOPICS.commands, []);
        assert.deepEqual(await reader.readTopic(TOPICS.commands, undefined, 1), {
          messages: [],
          cursor: undefined,
        });
      });
    });

    describe('order and concurrency', () => {
      it('hands out one message of a key at a time and different keys side by side, up to the concurrency', async () => {
        const running = new Map<string, number>();
        const seen = new Map<string, string[]>();
        let now = 0;
        let most = 0;
        let together: (() => void)[] = [];
        const consumer = await consume({
          concurrency: 4,
          handler: async (received) => {
            const { key } = received;
            assert.equal(running.get(key) ?? 0, 0, `two messages of ${key} at once`);
            running.set(key, 1);
            now += 1;
            most = Math.max(most, now);
            await new Promise<void>((resolve) => together.push(resolve));
            seen.set(key, [...(seen.get(key) ?? []), textOf(received)]);
            running.set(key, 0);
            now -= 1;
            return DONE;
          },
        });
        await bus.publish(
          TOPICS.commands,
          numbers(60).map((n) => message(`key-${n % 6}`, String(n))),
        );
        await eventually(() => together.length === 4);
        await eventually(() => {
          const waiting = together;
          together = [];
          for (const go of waiting.reverse()) go();
          return [...seen.values()].flat().length === 60;
        });
        assert.equal(most, 4);
        for (const k of numbers(6)) {
          const expected = numbers(60).filter((n) => n % 6 === k);
          assert.deepEqual(seen.get(`key-${k}`), expected.map(String));
        }
        await consumer.stop();
      });

      it('refuses a concurrency below 1 and a group without a name', async () => {
        await assert.rejects(consume({ concurrency: 0, handler: async () => DONE }), RangeError);
        await assert.rejects(consume({ group: '', handler: async () => DONE }), RangeError);
      });
    });

    describe('groups', () => {
      it('gives every message to each group', async () => {
        const [first, second] = [await collect({ group: 'one' }), await collect({ group: 'two' })];
        await bus.publish(
          TOPICS.commands,
          numbers(30).map((n) => message(`key-${n}`, String(n))),
        );
        await eventually(() => first.length === 30 && second.length === 30);
        const all = numbers(30).map(String).sort();
        assert.deepEqual(first.map(textOf).sort(), all);
        assert.deepEqual(second.map(textOf).sort(), all);
      });

      it('shares the partitions among the consumers of one group, and gives them back when one stops', async () => {
        const got: { by: string; partition: number; text: string }[] = [];
        const member = (by: string): Promise<Consumer> =>
          consume({
            handler: async (received) => {
              got.push({ by, partition: received.partition, text: textOf(received) });
              return DONE;
            },
          });
        const a = await member('a');
        const b = await member('b');
        await eventually(async () => {
          // Until both have their share; each message is handled once all the same.
          await bus.publish(
            TOPICS.commands,
            numbers(20).map((n) => message(`key-${n}`, String(got.length))),
          );
          return new Set(got.map(({ by }) => by)).size === 2;
        });
        const sharedFrom = got.length;
        await bus.publish(
          TOPICS.commands,
          numbers(200).map((n) => message(`key-${n}`, `shared-${n}`)),
        );
        const shared = (): typeof got =>
          got.slice(sharedFrom).filter(({ text }) => text.startsWith('shared-'));
        await eventually(() => shared().length >= 200);
        assert.deepEqual(
          shared()
            .map(({ text }) => text)
            .sort(),
          numbers(200)
            .map((n) => `shared-${n}`)
            .sort(),
        );
        const partitionsOf = (by: string): Set<number> =>
          new Set(shared().flatMap((one) => (one.by === by ? [one.partition] : [])));
        assert.equal(partitionsOf('a').size, subject.partitions / 2);
        assert.equal(partitionsOf('b').size, subject.partitions / 2);
        assert.equal(
          [...partitionsOf('a')].filter((partition) => partitionsOf('b').has(partition)).length,
          0,
        );

        await a.stop();
        await bus.publish(
          TOPICS.commands,
          numbers(40).map((n) => message(`key-${n}`, `alone-${n}`)),
        );
        const alone = (): typeof got => got.filter(({ text }) => text.startsWith('alone-'));
        await eventually(() => alone().length >= 40);
        assert.equal(alone().length, 40);
        assert.ok(alone().every(({ by }) => by === 'b'));
        await b.stop();
      });

      it('hands a partition over only when its owner has finished with it', async () => {
        const started: string[] = [];
        const release: (() => void)[] = [];
        await consume({
          handler: async (received) => {
            started.push(`a:${textOf(received)}`);
            await new Promise<void>((resolve) => release.push(resolve));
            return DONE;
          },
        });
        await bus.publish(
          TOPICS.commands,
          numbers(subject.partitions * 4).map((n) => message(`key-${n}`, String(n))),
        );
        await eventually(() => release.length === 8);
        const byB: ReceivedMessage[] = [];
        const before = new Set(started.map((text) => text.slice(2)));
        await collectInto(byB);
        // The first consumer holds what it has; the second gets the rest of its partitions only once that is done.
        assert.ok(byB.every((received) => !before.has(textOf(received))));
        let sent = subject.partitions * 4;
        await eventually(async () => {
          for (const go of release.splice(0)) go();
          if (started.length + byB.length < sent) return false;
          if (byB.length > 0) return true;
          // On a real bus it takes a moment until the second consumer has its share: so there is always more.
          const more = numbers(subject.partitions * 4).map((n) => message(`key-${n}`, String(sent + n)));
          sent += more.length;
          await bus.publish(TOPICS.commands, more);
          return false;
        });
        const all = [...started.map((text) => text.slice(2)), ...byB.map(textOf)];
        assert.equal(all.length, sent);
        assert.equal(new Set(all).size, sent);
      });

      async function collectInto(list: ReceivedMessage[]): Promise<void> {
        await consume({
          handler: async (received) => {
            list.push(received);
            return DONE;
          },
        });
      }

      it('starts a new group at the first message or at the next one, as it asked', async () => {
        await bus.publish(TOPICS.commands, [message('a', 'old'), message('b', 'old')]);
        const earliest = await collect({ group: 'earliest', from: 'earliest' });
        const latest = await collect({ group: 'latest', from: 'latest' });
        await bus.publish(TOPICS.commands, [message('a', 'new'), message('b', 'new')]);
        await eventually(() => earliest.length === 4 && latest.length === 2);
        assert.deepEqual(latest.map(textOf), ['new', 'new']);
        assert.deepEqual(earliest.map(textOf).sort(), ['new', 'new', 'old', 'old']);
      });

      it('remembers where a latest group began, though it never handled a message', async () => {
        const consumer = await consume({ from: 'latest', handler: async () => DONE });
        await consumer.stop();
        await bus.publish(TOPICS.commands, [message('a', 'while away')]);
        const got = await collect({ from: 'latest' });
        await eventually(() => got.length === 1);
        assert.deepEqual(got.map(textOf), ['while away']);
      });

      it('keeps topics apart', async () => {
        const commands = await collect({ topic: TOPICS.commands });
        const events = await collect({ topic: TOPICS.events });
        await bus.publish(TOPICS.events, [message('k', 'event')]);
        await bus.publish(TOPICS.commands, [message('k', 'command')]);
        await eventually(() => commands.length === 1 && events.length === 1);
        assert.deepEqual([commands.map(textOf), events.map(textOf)], [['command'], ['event']]);
        assert.deepEqual([commands[0]?.topic, events[0]?.topic], [TOPICS.commands, TOPICS.events]);
      });
    });

    describe('offsets', () => {
      it('goes on after what was done, in the next life', async () => {
        const first = await collect();
        await bus.publish(
          TOPICS.commands,
          numbers(25).map((n) => message(`key-${n}`, `first-${n}`)),
        );
        await eventually(() => first.length === 25);
        await bus.close();
        ({ bus, reader } = await subject.open());
        const second = await collect();
        await bus.publish(TOPICS.commands, [message('key-1', 'second')]);
        await eventually(() => second.length > 0);
        assert.deepEqual(second.map(textOf), ['second']);
      });

      it('redelivers after a crash from the first message that was not done, and nothing before it', async () => {
        const done: string[] = [];
        let stuck = 0;
        await consume({
          concurrency: 1,
          handler: (received) => {
            if (textOf(received) === '5') {
              stuck += 1;
              return new Promise(() => undefined);
            }
            done.push(textOf(received));
            return Promise.resolve(DONE);
          },
        });
        await bus.publish(
          TOPICS.commands,
          numbers(10).map((n) => message('one-key', String(n))),
        );
        await eventually(() => stuck === 1);
        assert.deepEqual(done, ['0', '1', '2', '3', '4']);
        await crashAndReopen();
        const got = await collect();
        await eventually(() => got.at(-1)?.offset === 9n);
        const texts = got.map(textOf);
        // Commits are batched: a crash may take back what was done a moment ago, never what wasn't done.
        assert.deepEqual(texts, numbers(10).slice(Number(texts[0])).map(String));
        assert.ok(Number(texts[0]) <= 5);
      });

      it('commits no further than the first unfinished message, whatever was finished after it', async () => {
        const keys = await keysOfOnePartition(3);
        const [slow = '', quick = '', other = ''] = keys;
        const done: string[] = [];
        await consume({
          handler: (received) => {
            if (received.key === slow) return new Promise(() => undefined);
            done.push(textOf(received));
            return Promise.resolve(DONE);
          },
        });
        await bus.publish(TOPICS.commands, [
          message(slow, 'slow'),
          message(quick, 'quick'),
          message(other, 'other'),
        ]);
        await eventually(() => done.length === 2);
        await crashAndReopen();
        const got = await collect();
        await eventually(() => got.length === 3);
        assert.deepEqual(got.map(textOf), ['slow', 'quick', 'other']);
      });

      /** Keys that fall into the same partition, found by publishing to a topic that nobody consumes. */
      async function keysOfOnePartition(count: number): Promise<string[]> {
        await bus.publish(
          TOPICS.replies,
          numbers(200).map((n) => message(`key-${n}`, '')),
        );
        const { messages } = await reader.readTopic(TOPICS.replies, undefined, 200);
        const inFirst = messages.filter(({ partition }) => partition === messages[0]?.partition);
        assert.ok(inFirst.length >= count);
        return inFirst.slice(0, count).map(({ key }) => key);
      }

      it('stop finishes what is in the handler, commits it, hands out nothing more and tells the handler', async () => {
        const started: string[] = [];
        let release: () => void = () => undefined;
        let aborted = false;
        const consumer = await consume({
          concurrency: 1,
          handler: async (received, signal) => {
            started.push(textOf(received));
            await new Promise<void>((resolve) => {
              release = resolve;
              signal.addEventListener('abort', () => (aborted = true));
            });
            return DONE;
          },
        });
        await bus.publish(TOPICS.commands, [message('k', 'first'), message('k', 'second')]);
        await eventually(() => started.length === 1);
        let stopped = false;
        const stopping = consumer.stop().then(() => (stopped = true));
        await eventually(() => aborted);
        assert.equal(stopped, false);
        release();
        await stopping;
        await consumer.ended;
        await consumer.stop();
        assert.deepEqual(started, ['first']);
        const got = await collect();
        await eventually(() => got.length === 1);
        assert.deepEqual(got.map(textOf), ['second']);
      });

      it('close stops the consumers and refuses what comes after', async () => {
        let ended = false;
        const consumer = await consume({ handler: async () => DONE });
        void consumer.ended.then(() => (ended = true));
        await bus.close();
        assert.equal(ended, true);
        await assert.rejects(bus.publish(TOPICS.commands, [message('k', 'v')]), MessageBusClosedError);
        await assert.rejects(consume({ handler: async () => DONE }), MessageBusClosedError);
      });
    });

    describe('retry', () => {
      for (const [how, fail] of [
        ['retry', (): HandlerDecision => ({ kind: 'retry', reason: 'not now' })],
        [
          'a throw',
          (): HandlerDecision => {
            throw new Error('broken');
          },
        ],
      ] as const) {
        it(`brings the same message again after ${how}, before the later ones of its key, and holds no other key`, async () => {
          const seen: ReceivedMessage[] = [];
          let failures = 0;
          await consume({
            concurrency: 2,
            handler: async (received) => {
              seen.push(received);
              if (textOf(received) === 'bad' && failures < 2) {
                failures += 1;
                return fail();
              }
              return DONE;
            },
          });
          await bus.publish(TOPICS.commands, [
            message('held', 'bad', { h: '1' }),
            message('held', 'after'),
            ...numbers(50).map((n) => message(`key-${n}`, 'other')),
          ]);
          await eventually(() => seen.length === 54);
          const ofKey = seen.filter(({ key }) => key === 'held');
          assert.deepEqual(ofKey.map(textOf), ['bad', 'bad', 'bad', 'after']);
          assert.deepEqual(ofKey[1], ofKey[0]);
          assert.deepEqual(ofKey[2], ofKey[0]);
          const lastOther = seen.findLastIndex(({ key }) => key !== 'held');
          const secondTry = seen.indexOf(ofKey[1] as ReceivedMessage);
          assert.ok(lastOther < secondTry, 'the others did not wait for the pause');
        });
      }

      it('holds no other key even when the held key has more messages than the window', async () => {
        let held = true;
        const others: string[] = [];
        const ofHeld: string[] = [];
        await consume({
          concurrency: 1,
          handler: async (received) => {
            if (received.key === 'held') {
              if (held) return { kind: 'retry', reason: 'still' };
              ofHeld.push(textOf(received));
            } else {
              others.push(textOf(received));
            }
            return DONE;
          },
        });
        await bus.publish(
          TOPICS.commands,
          numbers(300).map((n) => message('held', String(n))),
        );
        await bus.publish(
          TOPICS.commands,
          numbers(100).map((n) => message(`key-${n}`, String(n))),
        );
        await eventually(() => others.length === 100);
        assert.deepEqual(ofHeld, []);
        held = false;
        await eventually(() => ofHeld.length === 300);
        assert.deepEqual(ofHeld, numbers(300).map(String));
      });
    });

    describe('park', () => {
      it('puts the original bytes, origin and reason on the parked topic and goes on', async () => {
        const got: ReceivedMessage[] = [];
        await consume({
          group: 'parker',
          handler: async (received) => {
            got.push(received);
            return textOf(received) === 'good' ? DONE : { kind: 'park', reason: 'nobody can read it' };
          },
        });
        const bytes = Uint8Array.from([0xff, 0x00, 0x7b, 0xfe]);
        const headers = { traceparent: '00-1', [PARKED_HEADERS.reason]: 'forged' };
        await bus.publish(TOPICS.commands, [
          { key: 'account-7', headers, value: bytes },
          message('account-7', 'good'),
        ]);
        await eventually(() => got.length === 2);
        const [original] = got;
        assert.ok(original);
        const { messages } = await reader.readTopic(TOPICS.parked, undefined, 10);
        assert.equal(messages.length, 1);
        const [parked] = messages;
        assert.ok(parked);
        assert.deepEqual(parked, {
          topic: TOPICS.parked,
          partition: parked.partition,
          offset: 0n,
          publishedAt: parked.publishedAt,
          key: 'account-7',
          headers: {
            'original-traceparent': '00-1',
            'original-parked-reason': 'forged',
            'parked-reason': 'nobody can read it',
            'parked-by-group': 'parker',
            'parked-from-topic': TOPICS.commands,
            'parked-from-partition': String(original.partition),
            'parked-from-offset': '0',
          },
          value: bytes,
        });
        assert.ok(parked.publishedAt >= original.publishedAt);
      });

      it('parks a message of the largest size', async () => {
        await consume({ handler: async () => ({ kind: 'park', reason: 'too much' }) });
        const value = new Uint8Array(MAX_MESSAGE_BYTES - 1).fill(9);
        await bus.publish(TOPICS.commands, [{ key: 'k', headers: {}, value }]);
        await eventually(
          async () => (await reader.readTopic(TOPICS.parked, undefined, 1)).messages.length === 1,
        );
        const { messages } = await reader.readTopic(TOPICS.parked, undefined, 1);
        assert.deepEqual(messages[0]?.value, value);
      });

      it('is committed: a parked message does not come again, and a second group may park it too', async () => {
        for (const group of ['one', 'two']) {
          const consumer = await consume({ group, handler: async () => ({ kind: 'park', reason: group }) });
          if (group === 'one') await bus.publish(TOPICS.commands, [message('k', 'bad')]);
          await eventually(async () => {
            const { messages } = await reader.readTopic(TOPICS.parked, undefined, 10);
            return messages.some((parked) => parked.headers[PARKED_HEADERS.group] === group);
          });
          await consumer.stop();
        }
        await bus.close();
        ({ bus, reader } = await subject.open());
        const again = await collect({ group: 'one' });
        await bus.publish(TOPICS.commands, [message('k', 'next')]);
        await eventually(() => again.length > 0);
        assert.deepEqual(again.map(textOf), ['next']);
        const { messages } = await reader.readTopic(TOPICS.parked, undefined, 10);
        assert.deepEqual(
          messages.map((parked) => parked.headers[PARKED_HEADERS.reason]),
          ['one', 'two'],
        );
      });

      it('parks once, also when a crash lies between the parking and the commit', async () => {
        const slow = 'slow';
        // One partition's first message never finishes, so the offset behind it can't move past the parked one.
        let parked = 0;
        const handler = (received: ReceivedMessage): Promise<HandlerDecision> => {
          if (received.key === slow) return new Promise(() => undefined);
          parked += 1;
          return Promise.resolve({ kind: 'park', reason: 'bad' });
        };
        const sameAs = async (): Promise<string> => {
          await bus.publish(TOPICS.replies, [
            message(slow, ''),
            ...numbers(200).map((n) => message(`key-${n}`, '')),
          ]);
          const { messages } = await reader.readTopic(TOPICS.replies, undefined, 300);
          const partition = messages.find(({ key }) => key === slow)?.partition;
          return messages.find((one) => one.key !== slow && one.partition === partition)?.key ?? '';
        };
        const badKey = await sameAs();
        await consume({ handler });
        await bus.publish(TOPICS.commands, [message(slow, 'slow'), message(badKey, 'bad')]);
        await eventually(
          async () => (await reader.readTopic(TOPICS.parked, undefined, 10)).messages.length === 1,
        );
        await crashAndReopen();
        const consumer = await consume({
          handler: async (received) => (received.key === slow ? DONE : { kind: 'park', reason: 'bad' }),
        });
        await bus.publish(TOPICS.commands, [message(badKey, 'bad too')]);
        await eventually(
          async () => (await reader.readTopic(TOPICS.parked, undefined, 10)).messages.length === 2,
        );
        await consumer.stop();
        assert.equal(parked, 1);
        const { messages } = await reader.readTopic(TOPICS.parked, undefined, 10);
        assert.deepEqual(messages.map(textOf), ['bad', 'bad too']);
      });
    });

    describe('pause and resume', () => {
      it('hands out nothing while paused, finishes what is in the handler, and goes on after resume', async () => {
        const started: string[] = [];
        let release: () => void = () => undefined;
        const consumer = await consume({
          concurrency: 1,
          handler: async (received) => {
            started.push(textOf(received));
            if (textOf(received) === 'first') await new Promise<void>((resolve) => (release = resolve));
            return DONE;
          },
        });
        await bus.publish(TOPICS.commands, [message('k', 'first'), message('k', 'second')]);
        await eventually(() => started.length === 1);
        consumer.pause();
        release();
        const other = await collect({ group: 'other' });
        await bus.publish(TOPICS.commands, [message('k', 'third')]);
        await eventually(() => other.length === 3);
        assert.deepEqual(started, ['first']);
        consumer.resume();
        await eventually(() => started.length === 3);
        assert.deepEqual(started, ['first', 'second', 'third']);
      });

      it('stops while it is paused', async () => {
        const consumer = await consume({ handler: async () => DONE });
        consumer.pause();
        await bus.publish(TOPICS.commands, [message('k', 'kept')]);
        await consumer.stop();
        const got = await collect();
        await eventually(() => got.length === 1);
        assert.deepEqual(got.map(textOf), ['kept']);
      });
    });

    describe('reading a topic', () => {
      it('gives pages in the order of each key, and where there is one of the topic, a cursor to read on, which survives a new life', async () => {
        const sent = numbers(25).map((n) => message(`key-${n % 5}`, String(n), { n: String(n) }));
        await bus.publish(TOPICS.events, sent);
        const first = await reader.readTopic(TOPICS.events, undefined, 10);
        assert.equal(first.messages.length, 10);
        if (subject.oneOrder !== false) assert.deepEqual(first.messages.map(textOf), numbers(10).map(String));
        assert.ok(first.cursor !== undefined);
        await bus.close();
        ({ bus, reader } = await subject.open());
        const second = await reader.readTopic(TOPICS.events, first.cursor, 100);
        assert.equal(second.messages.length, 15);
        const all = [...first.messages, ...second.messages];
        if (subject.oneOrder !== false) assert.deepEqual(all.map(textOf), numbers(25).map(String));
        for (const k of numbers(5)) {
          const ofKey = all.filter(({ key }) => key === `key-${k}`).map(textOf);
          assert.deepEqual(
            ofKey,
            numbers(25)
              .filter((n) => n % 5 === k)
              .map(String),
          );
        }
        assert.deepEqual(second.messages[0]?.headers, { n: second.messages.map(textOf)[0] });
        assert.deepEqual(await reader.readTopic(TOPICS.events, second.cursor, 100), {
          messages: [],
          cursor: second.cursor,
        });
        await bus.publish(TOPICS.commands, [message('k', 'elsewhere')]);
        await bus.publish(TOPICS.events, [message('k', 'new')]);
        const third = await reader.readTopic(TOPICS.events, second.cursor, 100);
        assert.deepEqual(third.messages.map(textOf), ['new']);
      });

      it('refuses a cursor that is not its own', async () => {
        for (const cursor of ['', 'x', '-1', '1.5', '1e3', "1' OR 1=1"]) {
          await assert.rejects(reader.readTopic(TOPICS.events, cursor, 1), RangeError);
        }
      });
    });
  });
}
