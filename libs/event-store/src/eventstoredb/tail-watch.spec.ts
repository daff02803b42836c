import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { logPosition } from '#domain/log-position';
import { nextTurn } from '#platform/sqlite/system-turn';
import { ManualClock } from '#test/support/manual-clock';
import { Bell } from '../bell.js';
import { TailWatch, type TailListener } from './tail-watch.js';

function aWatch() {
  const clock = new ManualClock();
  const bell = new Bell();
  const stop = new AbortController();
  const tail = { newest: 1, looks: 0, down: false, listeners: [] as TailListener[], stopped: 0 };
  const failures: unknown[] = [];
  const watch = new TailWatch({
    clock,
    bell,
    tail: {
      newest: async () => {
        tail.looks += 1;
        if (tail.down) throw new Error('down');
        return logPosition(String(tail.newest));
      },
      listen: (listener) => {
        tail.listeners.push(listener);
        return { stop: () => (tail.stopped += 1) };
      },
    },
    succeeded: () => undefined,
    failed: (error) => failures.push(error),
  });
  const running = watch.run(stop.signal);
  return {
    bell,
    tail,
    failures,
    watch,
    /** Lets time pass, step by step, so that what waits goes on in between. */
    pass: async (ms: number): Promise<void> => {
      await nextTurn();
      for (let passed = 0; passed < ms; passed += 10) {
        clock.advance(10);
        await nextTurn();
      }
    },
    end: async (): Promise<void> => {
      stop.abort();
      await running;
    },
    latest: (): TailListener => tail.listeners.at(-1) ?? assert.fail('it does not listen'),
  };
}

describe('the watch at the end of the log', () => {
  it('looks now and then while nobody follows, and listens to nothing', async () => {
    const { tail, pass, end } = aWatch();
    await pass(5_000);
    assert.ok(tail.looks <= 7, `${tail.looks} looks`);
    assert.equal(tail.listeners.length, 0);
    await end();
  });

  it('rings when the log has grown, soon, and not when it has not', async () => {
    const { bell, tail, watch, pass, end } = aWatch();
    watch.join();
    await pass(100);
    const rings = bell.rings;
    await pass(100);
    assert.equal(bell.rings, rings);
    tail.newest = 2;
    await pass(40);
    assert.equal(bell.rings, rings + 1);
    await end();
  });

  it('listens while the log is quiet, and looks seldom then', async () => {
    const { bell, tail, watch, pass, end, latest } = aWatch();
    watch.join();
    await pass(1_000);
    assert.equal(tail.listeners.length, 1);
    latest().onLive();
    await pass(50);
    const looks = tail.looks;
    await pass(3_000);
    assert.ok(tail.looks - looks <= 4, `${tail.looks - looks} looks`);
    const rings = bell.rings;
    latest().onEvent(logPosition('9'));
    assert.equal(bell.rings, rings + 1);
    await end();
    assert.equal(tail.stopped, 1);
  });

  it('finds what a silent subscription does not tell', async () => {
    const { bell, tail, watch, pass, end, latest } = aWatch();
    watch.join();
    await pass(1_000);
    latest().onLive();
    await pass(50);
    const rings = bell.rings;
    tail.newest = 7;
    await pass(1_100);
    assert.equal(bell.rings, rings + 1);
    await end();
  });

  it('looks often again at once when the subscription is dropped, and listens anew when it is quiet', async () => {
    const { tail, watch, pass, end, latest } = aWatch();
    watch.join();
    await pass(1_000);
    latest().onLive();
    await pass(50);
    const looks = tail.looks;
    latest().onEnd();
    tail.newest = 8;
    await pass(200);
    assert.ok(tail.looks - looks >= 5, `${tail.looks - looks} looks`);
    await pass(1_000);
    assert.equal(tail.listeners.length, 2);
    await end();
  });

  it('stops listening while the log is busy: each event would come twice', async () => {
    const { tail, watch, pass, end, latest } = aWatch();
    watch.join();
    await pass(1_000);
    const listener = latest();
    listener.onLive();
    for (let event = 10; event < 300; event += 1) listener.onEvent(logPosition(String(event)));
    assert.equal(tail.stopped, 1);
    await end();
  });

  it('waits longer from failure to failure, and goes on', async () => {
    const { tail, watch, failures, pass, end } = aWatch();
    watch.join();
    tail.down = true;
    await pass(5_000);
    assert.ok(failures.length >= 5 && failures.length < 15, `${failures.length} tries`);
    tail.down = false;
    const looks = tail.looks;
    await pass(1_500);
    assert.ok(tail.looks > looks + 5);
    await end();
  });
});
