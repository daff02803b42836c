import assert from 'node:assert/strict';
import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, it } from 'node:test';
import { SqliteFile } from '#platform/sqlite/sqlite-file';
import { eventually } from '#test/support/eventually';
import { ManualClock } from '#test/support/manual-clock';
import { scramblingSealer } from '#test/support/scrambling-sealer';
import type { OutgoingMessage } from '../message-bus.js';
import { TOPICS } from '../topics.js';
import { MESSAGING_WRITER, SqliteMessageBus } from './sqlite-message-bus.js';
import { SqliteTopicReader } from './sqlite-topic-reader.js';

const CANARY = 'canary-000123456789';

function message(key: string, text = 'x'): OutgoingMessage {
  return { key, headers: {}, value: new TextEncoder().encode(text) };
}

describe('SQLite message bus', () => {
  let folder: string;
  let clock: ManualClock;
  let file: SqliteFile;
  let bus: SqliteMessageBus;
  let reader: SqliteTopicReader;

  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'sqlite-message-bus-'));
    clock = new ManualClock();
    file = await SqliteFile.open({ path: join(folder, 'messages.db'), modules: [MESSAGING_WRITER] });
    bus = await SqliteMessageBus.open({ file, clock, sealer: scramblingSealer });
    reader = new SqliteTopicReader(file, scramblingSealer);
  });

  afterEach(async () => {
    await bus.close();
    await file.close();
    await rm(folder, { recursive: true });
  });

  async function textsOf(topic: string): Promise<string[]> {
    const { messages } = await reader.readTopic(topic, undefined, 10_000);
    return messages.map(({ value }) => new TextDecoder().decode(value));
  }

  it('leaves no plain header or value in its files, parked ones included', async () => {
    const headers = { 'x-header': `${CANARY}-header` };
    const value = new TextEncoder().encode(`${CANARY}-value`);
    await bus.publish(TOPICS.callbacks, [{ key: 'visible-key', headers, value }]);
    await bus.consume({
      ...{ group: 'g', topic: TOPICS.callbacks, from: 'earliest', concurrency: 1 },
      handler: async () => ({ kind: 'park', reason: `${CANARY}-reason` }),
    });
    await eventually(async () => (await textsOf(TOPICS.parked)).length === 1);
    const names = await readdir(folder);
    const bytes = Buffer.concat(await Promise.all(names.map((name) => readFile(join(folder, name)))));
    assert.ok(bytes.includes('visible-key'), 'the files were looked at');
    assert.ok(!bytes.includes(CANARY));
    assert.deepEqual(await textsOf(TOPICS.parked), [`${CANARY}-value`]);
  });

  it('refuses a file that was filled with another number of partitions, and names the remedy', async () => {
    await assert.rejects(
      SqliteMessageBus.open({ file, clock, sealer: scramblingSealer, partitions: 16 }),
      /have 8 partitions per topic, not 16: set 8/,
    );
    for (const partitions of [0, 1.5, 1_025]) {
      await assert.rejects(
        SqliteMessageBus.open({ file, clock, sealer: scramblingSealer, partitions }),
        RangeError,
      );
    }
  });

  it('rings for what another bus on the same file publishes', async () => {
    const got: string[] = [];
    await bus.consume({
      ...{ group: 'g', topic: TOPICS.events, from: 'latest', concurrency: 1 },
      handler: async ({ key }) => {
        got.push(key);
        return { kind: 'done' };
      },
    });
    const other = await SqliteMessageBus.open({ file, clock, sealer: scramblingSealer });
    await other.publish(TOPICS.events, [message('from the other')]);
    await eventually(() => got.length === 1);
    await other.close();
    assert.deepEqual(got, ['from the other']);
  });

  it('makes no second parked message of one origin when the writer is asked twice', async () => {
    const parked = {
      topic: TOPICS.parked,
      publishedAt: 1,
      messages: [
        { partition: 0, key: 'k', sealed: scramblingSealer.seal(Uint8Array.of(0, 0, 0, 2, 123, 125)) },
      ],
    };
    const job = { group: 'g', topic: TOPICS.commands, partition: 3, offset: 7, parked };
    await Promise.all([file.run('messaging', 'park', job), file.run('messaging', 'park', job)]);
    await file.run('messaging', 'park', { ...job, offset: 8 });
    assert.equal((await textsOf(TOPICS.parked)).length, 2);
  });

  describe('prune', () => {
    it('deletes what is older and passed by every group, and never uses an offset again', async () => {
      const keys = Array.from({ length: 1_200 }, (_, n) => `key-${n}`);
      await bus.publish(
        TOPICS.commands,
        keys.map((key) => message(key, 'old')),
      );
      const seen: string[] = [];
      const quick = await bus.consume({
        ...{ group: 'quick', topic: TOPICS.commands, from: 'earliest', concurrency: 8 },
        handler: async ({ key }) => {
          seen.push(key);
          return { kind: 'done' };
        },
      });
      await eventually(() => seen.length === 1_200);
      await quick.stop();
      const slow = await bus.consume({
        ...{ group: 'slow', topic: TOPICS.commands, from: 'earliest', concurrency: 1 },
        handler: async () => ({ kind: 'retry', reason: 'not yet' }),
      });
      await slow.stop();
      clock.advance(1_000);
      assert.equal(await bus.prune(TOPICS.commands, clock.now()), 0, 'one group has not passed them');

      let passed = 0;
      const late = await bus.consume({
        ...{ group: 'slow', topic: TOPICS.commands, from: 'earliest', concurrency: 8 },
        handler: async () => {
          passed += 1;
          return { kind: 'done' };
        },
      });
      await eventually(() => passed === 1_200);
      await late.stop();
      assert.equal(await bus.prune(TOPICS.commands, clock.now() - 1_000), 0, 'none is older than itself');
      await bus.publish(TOPICS.commands, [message('key-1', 'young')]);
      const before = await reader.readTopic(TOPICS.commands, undefined, 10_000);
      assert.equal(await bus.prune(TOPICS.commands, clock.now()), 1_200);
      assert.deepEqual(await textsOf(TOPICS.commands), ['young']);

      clock.advance(1);
      const last = before.messages.at(-1);
      await bus.publish(TOPICS.commands, [message('key-1', 'next')]);
      const after = await reader.readTopic(TOPICS.commands, before.cursor, 10);
      assert.deepEqual(
        after.messages.map(({ offset, partition }) => [offset, partition]),
        [[(last?.offset ?? -1n) + 1n, last?.partition]],
      );
    });

    it('keeps a message that a group has not passed, and everything after it in its partition', async () => {
      const never = await bus.consume({
        ...{ group: 'g', topic: TOPICS.commands, from: 'earliest', concurrency: 1 },
        handler: async ({ value }) =>
          value[0] === 50 ? { kind: 'retry', reason: '2 is stuck' } : { kind: 'done' },
      });
      await bus.publish(
        TOPICS.commands,
        ['1', '2', '3'].map((text) => message('k', text)),
      );
      await eventually(() => clock.untilNext !== undefined);
      await never.stop();
      clock.advance(1_000);
      assert.equal(await bus.prune(TOPICS.commands, clock.now()), 1);
      assert.deepEqual(await textsOf(TOPICS.commands), ['2', '3']);
    });

    it('deletes by age alone on a topic without groups, and never a parked message', async () => {
      await bus.publish(TOPICS.replies, [message('k', 'reply')]);
      await bus.publish(TOPICS.parked, [message('k', 'parked')]);
      clock.advance(1);
      assert.equal(await bus.prune(TOPICS.replies, clock.now()), 1);
      assert.equal(await bus.prune(TOPICS.parked, clock.now()), 0);
      assert.deepEqual([await textsOf(TOPICS.replies), await textsOf(TOPICS.parked)], [[], ['parked']]);
    });
  });
});
