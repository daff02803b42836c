import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { after, afterEach, before, beforeEach, describe, it } from 'node:test';
import { EventStoreDbEventStore } from '#event-store/eventstoredb/eventstoredb-event-store';
import { SystemClock } from '#platform/time/system-clock';
import { runChild } from '../support/child-run.js';
import { all, anEvent, idsOf, some } from '../support/event-store/append-load.js';
import { eventually } from '../support/eventually.js';
import { startEventStoreDb, type StartedEventStoreDb } from '../support/eventstoredb/start-eventstoredb.js';
import { MemoryLogger } from '../support/memory-logger.js';

const ADMINISTRATOR = new URL(import.meta.resolve('#test/support/event-store/administrator-process'));
const clock = new SystemClock();

type Action = 'max-count' | 'truncate' | 'clear' | 'delete' | 'tombstone';

describe('event store: EventStoreDB, a server that drops events', () => {
  let server: StartedEventStoreDb;
  let store: EventStoreDbEventStore;
  let logger: MemoryLogger;
  let scope: string;
  before(async () => {
    server = await startEventStoreDb();
  });
  after(() => server.stop());
  beforeEach(async () => {
    scope = `test-${randomUUID()}-`;
    await open();
  });
  afterEach(() => store.close());

  const open = async (): Promise<void> => {
    logger = new MemoryLogger();
    store = await EventStoreDbEventStore.open({
      url: server.url,
      clock,
      logger,
      isOurs: (stream) => stream.startsWith(scope),
    });
  };
  const reopen = async (): Promise<void> => {
    await store.close();
    await open();
  };
  /**
   * What somebody with too many rights does, from another process, with the rights of the address. True when the server
   * refuses it, as a prepared server does: then that is what was tested.
   */
  const isRefused = async (action: Action, stream: string): Promise<boolean> => {
    const { code, stdout, stderr } = await runChild(ADMINISTRATOR, [server.url, action, stream]);
    assert.equal(code, 0, stderr);
    assert.match(stdout, /^(done|denied)\n$/);
    if (stdout === 'done\n') return false;
    process.stdout.write(`${action}: the server refuses it to our user, so nothing had to be found\n`);
    return true;
  };
  const aStream = async (): Promise<string> => {
    const stream = scope + randomUUID();
    await store.append(stream, 'no-stream', some(3));
    return stream;
  };

  it('is ready when nothing of ours is set, though others have set what they like', async () => {
    const others = `other-${randomUUID()}`;
    await store.append(others, 'no-stream', some(3));
    if (await isRefused('max-count', others)) return;
    await reopen();
    await eventually(() => store.status().ready);
    assert.deepEqual(logger.alarms(), []);
  });

  const settings: readonly (readonly [Action, RegExp])[] = [
    ['max-count', /it has \$maxCount; set its metadata without that as an administrator/],
    ['truncate', /it has \$tb; set its metadata without that/],
    ['delete', /it has \$tb/],
  ];
  for (const [action, expected] of settings) {
    it(`${action}: the start is refused by name, nothing is written, and it goes on once that is mended`, async () => {
      const stream = await aStream();
      if (await isRefused(action, stream)) return;
      await reopen();
      await eventually(() => expected.test(store.status().detail));
      assert.equal(store.status().ready, false);
      assert.ok(store.status().detail.includes(stream));
      await assert.rejects(store.append(`${scope}new`, 'no-stream', [anEvent()]), {
        name: 'UnsafeStreamSettingsError',
        message: expected,
      });
      assert.deepEqual(logger.alarms(), ['event-store-unsafe-stream']);
      assert.equal(await isRefused('clear', stream), false);
      await eventually(() => store.status().ready);
      assert.equal((await store.append(`${scope}new`, 'no-stream', [anEvent()])).outcome, 'appended');
      assert.equal((await all(store.readStream(stream))).length, 3);
    });
  }

  it('a setting that is made while the log is followed is found when it passes by', async (t) => {
    const stream = await aStream();
    await eventually(() => store.status().ready);
    const stop = new AbortController();
    t.after(() => stop.abort());
    const following = all(store.subscribe({ signal: stop.signal }));
    if (await isRefused('max-count', stream)) return;
    // The follower reads on when the next event comes.
    const refused = async (): Promise<boolean> => {
      await store.append(scope + randomUUID(), 'no-stream', [anEvent()]).catch(() => undefined);
      return !store.status().ready;
    };
    await eventually(refused);
    assert.deepEqual(logger.alarms(), ['event-store-unsafe-stream']);
    stop.abort();
    await following;
  });

  const damages: readonly (readonly [Action, RegExp])[] = [
    ['truncate', /was deleted or cut \(its revision 0 is not there\)/],
    ['max-count', /was deleted or cut \(its revision 0 is not there\)/],
    ['delete', /was deleted or cut \(it has \$tb\)/],
    ['tombstone', /was tombstoned/],
  ];
  for (const [action, expected] of damages) {
    it(`${action}: reading the stream is an error, never "empty"`, async () => {
      const stream = await aStream();
      if (await isRefused(action, stream)) return;
      await assert.rejects(all(store.readStream(stream)), { name: 'StreamDamagedError', message: expected });
      assert.deepEqual(await all(store.readStream(`${scope}missing`)), []);
    });
  }

  it('a deleted stream is not begun anew without a word', async () => {
    const stream = await aStream();
    if (await isRefused('delete', stream)) return;
    await assert.rejects(store.append(stream, 'no-stream', [anEvent()]), {
      name: /StreamDamagedError|UnsafeStreamSettingsError/,
    });
  });

  it('a tombstoned stream takes nothing, is told as an alarm, and stops nothing else', async () => {
    const stream = await aStream();
    if (await isRefused('tombstone', stream)) return;
    await assert.rejects(store.append(stream, 2n, [anEvent()]), {
      name: 'StreamDamagedError',
      message: /was tombstoned/,
    });
    await reopen();
    await eventually(() => store.status().ready);
    assert.deepEqual(logger.alarms(), ['event-store-stream-deleted']);
    const event = anEvent();
    const other = scope + randomUUID();
    await store.append(other, 'no-stream', [event]);
    assert.deepEqual(idsOf(await all(store.readStream(other))), [event.id]);
  });

  it("names that are the server's own are refused: who reads the log would miss what is under them", async () => {
    const refused = { name: 'InvalidAppendError', message: /begin with \$/ };
    await assert.rejects(store.append('$settings', 'no-stream', [anEvent()]), refused);
    await assert.rejects(
      store.append(`${scope}a`, 'no-stream', [{ ...anEvent(), type: '$metadata' }]),
      refused,
    );
  });
});
