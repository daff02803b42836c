import assert from 'node:assert/strict';
import { afterEach, beforeEach, describe, it } from 'node:test';
import { logPosition, type LogPosition } from '#domain/log-position';
import { SystemIds } from '#platform/ids/system-ids';
import { Clock } from '#platform/time/clock';
import type { NewEvent, NonEmpty, RecordedEvent } from './event-store.js';
import { InMemoryEventStore } from './in-memory/in-memory-event-store.js';
import { Subscription, type SubscriptionFailure, type SubscriptionOptions } from './run-subscription.js';

const ids = new SystemIds();

/** Pauses end at once, and are written down. */
class ImpatientClock extends Clock {
  readonly pauses: number[] = [];
  now(): number {
    return 0;
  }
  monotonicMs(): number {
    return 0;
  }
  async sleep(ms: number): Promise<void> {
    this.pauses.push(ms);
  }
  after(): () => void {
    throw new Error('not used');
  }
}

describe('a subscription of a consumer', () => {
  let store: InMemoryEventStore;
  let clock: ImpatientClock;
  let failures: SubscriptionFailure[];
  let batches: string[][];
  let checkpoint: LogPosition | undefined;
  let running: Subscription | undefined;

  beforeEach(() => {
    store = new InMemoryEventStore();
    clock = new ImpatientClock();
    failures = [];
    batches = [];
    checkpoint = undefined;
    running = undefined;
  });
  afterEach(async () => {
    await running?.stop();
    await store.close();
  });

  const write = async (count: number): Promise<LogPosition> => {
    const events = Array.from({ length: count }, (): NewEvent => ({
      id: ids.uuid(),
      type: 'Probe',
      data: {},
      metadata: {},
    }));
    const result = await store.append(ids.uuid(), 'no-stream', events as unknown as NonEmpty<NewEvent>);
    assert.ok(result.outcome === 'appended');
    return result.position;
  };
  /** Writes down the positions of the batch, and moves the checkpoint. */
  const record = async (batch: NonEmpty<RecordedEvent>): Promise<void> => {
    batches.push(batch.map(({ position }) => position));
    checkpoint = batch.at(-1)?.position;
  };
  const start = (options: Partial<SubscriptionOptions>): Subscription => {
    running = Subscription.start({
      store,
      clock,
      checkpoint: async () => checkpoint,
      handle: record,
      onError: (failure) => failures.push(failure),
      ...options,
    });
    return running;
  };
  const span = (first: number, last: number): string[] =>
    Array.from({ length: last - first + 1 }, (_, index) => String(first + index));

  it('hands over what there is in batches of the given size, then what comes', async () => {
    await write(7);
    const subscription = start({ batchSize: 3 });
    assert.equal(subscription.caughtUp, false);
    await subscription.whenCaughtUp();
    assert.deepEqual(batches, [span(1, 3), span(4, 6), span(7, 7)]);
    assert.equal(subscription.position, '7');
    await subscription.whenReached(await write(2));
    assert.deepEqual(batches.slice(3), [span(8, 9)]);
    assert.deepEqual([subscription.position, subscription.lastError, failures], ['9', undefined, []]);
  });

  it('goes on after the checkpoint', async () => {
    await write(5);
    checkpoint = logPosition('3');
    await start({}).whenCaughtUp();
    assert.deepEqual(batches, [span(4, 5)]);
  });

  it('hands over the same batch again until it is handled, with growing pauses, and skips none', async () => {
    await write(6);
    let tries = 0;
    const subscription = start({
      batchSize: 4,
      firstPauseMs: 100,
      longestPauseMs: 300,
      handle: async (batch) => {
        tries += 1;
        batches.push(batch.map(({ position }) => position));
        // More events have come by the next try: the batch is the same all the same.
        if (tries <= 4) {
          await write(1);
          throw new RangeError(`try ${tries}`);
        }
        checkpoint = batch.at(-1)?.position;
      },
    });
    await subscription.whenReached(logPosition('10'));
    assert.deepEqual(batches, [...Array.from({ length: 5 }, () => span(1, 4)), span(5, 8), span(9, 10)]);
    assert.deepEqual(clock.pauses, [100, 200, 300, 300]);
    assert.deepEqual(
      failures.map(({ error, failures: count, pauseMs, range }) => [error.message, count, pauseMs, range]),
      [100, 200, 300, 300].map((pause, index) => [
        `try ${index + 1}`,
        index + 1,
        pause,
        { first: '1', last: '4' },
      ]),
    );
    assert.equal(subscription.lastError, undefined);
  });

  it('makes a short batch up in the same way again', async () => {
    await write(2);
    let failed = false;
    const subscription = start({
      handle: async (batch) => {
        if (!failed) {
          failed = true;
          batches.push(batch.map(({ position }) => position));
          await write(3);
          throw new Error('once');
        }
        await record(batch);
      },
    });
    await subscription.whenReached(logPosition('5'));
    assert.deepEqual(batches, [span(1, 2), span(1, 2), span(3, 5)]);
  });

  it('leaves out what the checkpoint has passed when a batch failed in its middle', async () => {
    await write(4);
    let failed = false;
    const subscription = start({
      handle: async (batch) => {
        await record(batch);
        if (failed) return;
        failed = true;
        checkpoint = logPosition('2');
        throw new Error('after the second');
      },
    });
    await subscription.whenReached(logPosition('4'));
    assert.deepEqual(batches, [span(1, 4), span(3, 4)]);
  });

  it('says for health why it is at a halt', async () => {
    await write(1);
    const { promise: halted, resolve: halt } = Promise.withResolvers<undefined>();
    let healed = false;
    const subscription = start({
      handle: async (batch) => {
        if (!healed) throw new Error('the disk is gone');
        await record(batch);
      },
      onError: () => {
        assert.equal(subscription.lastError?.message, 'the disk is gone');
        assert.deepEqual([subscription.caughtUp, subscription.position], [false, undefined]);
        healed = true;
        halt(undefined);
      },
    });
    await halted;
    await subscription.whenCaughtUp();
    assert.equal(subscription.lastError, undefined);
  });

  it('handles nothing from a log that is shorter than its checkpoint', async () => {
    await write(2);
    checkpoint = logPosition('5');
    const { promise: refused, resolve: refuse } = Promise.withResolvers<SubscriptionFailure>();
    let asked = 0;
    const subscription = start({
      checkpoint: async () => {
        asked += 1;
        // The operator sets it back.
        return asked === 1 ? checkpoint : logPosition('1');
      },
      onError: refuse,
    });
    const { error, range } = await refused;
    assert.equal(error.name, 'LogShorterThanCheckpointError');
    assert.match(error.message, /ends at 2, before the checkpoint 5/);
    assert.equal(range, undefined);
    assert.deepEqual(batches, []);
    await subscription.whenCaughtUp();
    assert.deepEqual(batches, [span(2, 2)]);
  });

  it('finishes the batch in hand when it is stopped, and begins no other', async () => {
    await write(4);
    const { promise: begun, resolve: begin } = Promise.withResolvers<undefined>();
    const { promise: goOn, resolve: letGoOn } = Promise.withResolvers<undefined>();
    const subscription = start({
      batchSize: 2,
      handle: async (batch, signal) => {
        begin(undefined);
        await goOn;
        assert.equal(signal.aborted, true);
        await record(batch);
      },
    });
    const caughtUp = assert.rejects(subscription.whenCaughtUp(), { name: 'SubscriptionStoppedError' });
    await begun;
    const stopped = subscription.stop();
    letGoOn(undefined);
    await stopped;
    await caughtUp;
    assert.deepEqual(batches, [span(1, 2)]);
    assert.equal(subscription.caughtUp, false);
    await assert.rejects(subscription.whenReached(logPosition('4')), { name: 'SubscriptionStoppedError' });
  });

  it('stops while it waits at the end of the log', async () => {
    const subscription = start({});
    await subscription.whenCaughtUp();
    await subscription.stop();
    await write(1);
    assert.deepEqual(batches, []);
  });
});
