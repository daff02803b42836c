import assert from 'node:assert/strict';
import { beforeEach, describe, it } from 'node:test';
import { eventually } from '#test/support/eventually';
import { ManualClock } from '#test/support/manual-clock';
import { InMemoryMessageLog } from '../in-memory/in-memory-message-log.js';
import type {
  Consumer,
  ConsumerOptions,
  HandlerDecision,
  OutgoingMessage,
  ReceivedMessage,
} from '../message-bus.js';
import { TOPICS } from '../topics.js';
import { ConsumerEngine } from './consumer-engine.js';
import type { ConsumerIncident, ConsumerObserver } from './consumer-observer.js';
import type { PartitionLog } from './partition-log.js';

const DONE: HandlerDecision = { kind: 'done' };
const PARTITIONS = 2;

function messages(count: number, key: (n: number) => string): OutgoingMessage[] {
  return Array.from({ length: count }, (_, n) => ({
    key: key(n),
    headers: {},
    value: Uint8Array.of(n % 256),
  }));
}

/** Lets everything run that waits for nothing but promises. */
async function settle(): Promise<void> {
  for (let turn = 0; turn < 50; turn += 1) await Promise.resolve();
}

describe('consumer engine', () => {
  let clock: ManualClock;
  let log: InMemoryMessageLog;
  let incidents: (ConsumerIncident & { failures?: number; pauseMs?: number })[];
  let observer: ConsumerObserver;

  beforeEach(() => {
    clock = new ManualClock();
    log = new InMemoryMessageLog(clock, PARTITIONS);
    incidents = [];
    observer = {
      retrying: (incident) => incidents.push(incident),
      parked: (incident) => incidents.push(incident),
    };
  });

  /** The log with some of its calls replaced. */
  function logWith(over: Partial<PartitionLog>): PartitionLog {
    return {
      partitions: PARTITIONS,
      read: (...args) => log.read(...args),
      join: (...args) => log.join(...args),
      commit: (...args) => log.commit(...args),
      park: (...args) => log.park(...args),
      onMessages: (bell) => log.onMessages(bell),
      ...over,
    };
  }

  function consume(
    handler: ConsumerOptions['handler'],
    over: { readonly log?: PartitionLog; readonly concurrency?: number } = {},
  ): Promise<Consumer> {
    const engine = new ConsumerEngine(over.log ?? log, clock, observer);
    const { concurrency = 4 } = over;
    return engine.consume({ group: 'g', topic: TOPICS.commands, from: 'earliest', concurrency, handler });
  }

  it('pauses 100 ms, then twice as long each time up to 10 s, and anew after a success', async () => {
    let fail = true;
    let tries = 0;
    await consume(async () => {
      tries += 1;
      return fail ? { kind: 'retry', reason: 'busy' } : DONE;
    });
    log.append(
      TOPICS.commands,
      messages(1, () => 'k'),
    );
    for (const pause of [100, 200, 400, 800, 1_600, 3_200, 6_400, 10_000, 10_000]) {
      await settle();
      const before = tries;
      clock.advance(pause - 1);
      await settle();
      assert.equal(tries, before, `not before ${pause} ms`);
      clock.advance(1);
      await settle();
      assert.equal(tries, before + 1, `after ${pause} ms`);
    }
    assert.deepEqual(incidents[1], {
      group: 'g',
      topic: TOPICS.commands,
      partition: incidents[1]?.partition,
      offset: 0n,
      reason: 'busy',
      failures: 2,
      pauseMs: 200,
    });
    fail = false;
    clock.advance(10_000);
    await settle();
    fail = true;
    incidents = [];
    log.append(
      TOPICS.commands,
      messages(1, () => 'k'),
    );
    await settle();
    assert.deepEqual([incidents[0]?.failures, incidents[0]?.pauseMs, incidents[0]?.offset], [1, 100, 1n]);
  });

  it('tells what a handler threw, and what it parked', async () => {
    await consume(async ({ key }) => {
      if (key === 'park') return { kind: 'park', reason: 'unreadable' };
      throw new TypeError('no such thing');
    });
    log.append(
      TOPICS.commands,
      messages(1, () => 'park'),
    );
    log.append(
      TOPICS.commands,
      messages(1, () => 'throw'),
    );
    await settle();
    assert.deepEqual(incidents.map(({ reason }) => reason).sort(), [
      'TypeError: no such thing',
      'unreadable',
    ]);
  });

  it('commits what was finished together by one write, 5 ms later', async () => {
    const commits: ReadonlyMap<number, bigint>[] = [];
    await consume(async () => DONE, {
      log: logWith({
        commit: async (group, topic, next) => {
          commits.push(next);
          await log.commit(group, topic, next);
        },
      }),
    });
    log.append(
      TOPICS.commands,
      messages(40, (n) => `key-${n}`),
    );
    await settle();
    clock.advance(4);
    await settle();
    assert.equal(commits.length, 0);
    clock.advance(1);
    await settle();
    assert.equal(commits.length, 1);
    const total = commits.flatMap((next) => [...next.values()]).reduce((sum, next) => sum + next, 0n);
    assert.equal(total, 40n);
    assert.equal(clock.untilNext, undefined);
  });

  it('reads no further ahead than its window', async () => {
    let asked = 0;
    let given = 0;
    await consume(() => new Promise(() => undefined), {
      concurrency: 3,
      log: logWith({
        read: async (topic, partition, from, limit) => {
          asked += 1;
          const read = await log.read(topic, partition, from, limit);
          given += read.length;
          return read;
        },
      }),
    });
    log.append(
      TOPICS.commands,
      messages(5_000, (n) => `key-${n}`),
    );
    await settle();
    assert.ok(asked > 0);
    assert.ok(given >= 3 && given <= 3 * 4 + PARTITIONS * 4, `${given} messages in memory`);
  });

  it('keeps only offsets of a held key: the bytes are read again when its turn comes', async () => {
    const single: bigint[] = [];
    let held = true;
    const done: number[] = [];
    await consume(
      async ({ value }) => {
        if (held) return { kind: 'retry', reason: 'not yet' };
        done.push(value[0] ?? -1);
        return DONE;
      },
      {
        concurrency: 1,
        log: logWith({
          read: (topic, partition, from, limit) => {
            if (limit === 1) single.push(from);
            return log.read(topic, partition, from, limit);
          },
        }),
      },
    );
    log.append(
      TOPICS.commands,
      messages(30, () => 'k'),
    );
    await settle();
    held = false;
    clock.advance(100);
    await eventually(() => done.length === 30);
    assert.deepEqual(
      done,
      Array.from({ length: 30 }, (_, n) => n),
    );
    assert.deepEqual(single.slice(0, 3), [0n, 1n, 2n]);
  });

  it('makes a failed read or commit again, and goes on', async () => {
    let reads = 0;
    let commits = 0;
    const got: ReceivedMessage[] = [];
    const consumer = await consume(
      async (message) => {
        got.push(message);
        return DONE;
      },
      {
        log: logWith({
          read: (...args) => ((reads += 1) <= 3 ? Promise.reject(new Error('read')) : log.read(...args)),
          commit: (...args) =>
            (commits += 1) <= 3 ? Promise.reject(new Error('commit')) : log.commit(...args),
        }),
      },
    );
    log.append(
      TOPICS.commands,
      messages(2, (n) => `key-${n}`),
    );
    await eventually(() => {
      clock.advance(100);
      return got.length === 2 && commits >= 4;
    });
    await consumer.stop();
    await consumer.ended;
    assert.equal(
      (await log.join('g', TOPICS.commands, 'earliest')).reduce((sum, next) => sum + next),
      2n,
    );
  });

  for (const call of ['read', 'commit'] as const) {
    it(`ends with the cause when ${call} keeps failing, and hands out nothing more`, async () => {
      const cause = new Error('disk on fire');
      let handled = 0;
      const consumer = await consume(
        async () => {
          handled += 1;
          return DONE;
        },
        { log: logWith({ [call]: () => Promise.reject(cause) }) },
      );
      let ended: unknown;
      consumer.ended.catch((error: unknown) => (ended = error));
      log.append(
        TOPICS.commands,
        messages(1, () => 'k'),
      );
      await eventually(() => {
        clock.advance(500);
        return ended !== undefined;
      });
      assert.equal(ended, cause);
      const before = handled;
      log.append(
        TOPICS.commands,
        messages(5, () => 'k'),
      );
      await settle();
      assert.equal(handled, before);
      await consumer.stop();
      assert.deepEqual(await log.join('g', TOPICS.commands, 'earliest'), [0n, 0n]);
    });
  }

  it('tries again when the parked message could not be written, and loses nothing', async () => {
    let parks = 0;
    await consume(async () => ({ kind: 'park', reason: 'bad' }), {
      log: logWith({
        park: (...args) => ((parks += 1) === 1 ? Promise.reject(new Error('full')) : log.park(...args)),
      }),
    });
    log.append(
      TOPICS.commands,
      messages(1, () => 'k'),
    );
    await settle();
    clock.advance(50);
    await settle();
    assert.deepEqual(await log.join('g', TOPICS.commands, 'earliest'), [0n, 0n]);
    assert.deepEqual(log.readInOrder(TOPICS.parked, 0, 10), []);
    clock.advance(50);
    await settle();
    assert.equal(log.readInOrder(TOPICS.parked, 0, 10).length, 1);
    assert.deepEqual(
      incidents.map(({ reason }) => reason),
      ['Error: full', 'bad'],
    );
  });

  it('passes a held key on to the next owner of its partition', async () => {
    const engine = new ConsumerEngine(log, clock, observer);
    const options = { group: 'g', topic: TOPICS.commands, from: 'earliest', concurrency: 4 } as const;
    const first = await engine.consume({
      ...options,
      handler: async () => ({ kind: 'retry', reason: 'never' }),
    });
    log.append(
      TOPICS.commands,
      messages(1, () => 'k'),
    );
    await settle();
    assert.equal(incidents.length, 1);
    await first.stop();
    const got: ReceivedMessage[] = [];
    await engine.consume({
      ...options,
      handler: async (message) => {
        got.push(message);
        return DONE;
      },
    });
    await settle();
    assert.deepEqual(
      got.map(({ key, offset }) => [key, offset]),
      [['k', 0n]],
    );
  });
});
