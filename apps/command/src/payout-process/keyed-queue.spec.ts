import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { turn } from '#test/support/command/virtual-time';
import { KeyedQueue } from './keyed-queue.js';

/** A task that ends when the test says so. */
function task(log: string[], name: string) {
  const { promise, resolve, reject } = Promise.withResolvers<string>();
  const run = async (): Promise<string> => {
    log.push(`${name} begins`);
    try {
      return await promise;
    } finally {
      log.push(`${name} ends`);
    }
  };
  return { run, end: () => resolve(name), fail: (error: Error) => reject(error) };
}

describe('the queue by key', () => {
  it('runs the tasks of one key one after another, in their order', async () => {
    const queue = new KeyedQueue<string>();
    const log: string[] = [];
    const [a, b, c] = [task(log, 'a'), task(log, 'b'), task(log, 'c')];
    const all = Promise.all([a, b, c].map(({ run }) => queue.run('key', run)));
    await turn();
    assert.deepEqual(log, ['a begins']);
    // The next one begins when the one before has ended, whatever could end earlier.
    c.end();
    b.end();
    a.end();
    assert.deepEqual(await all, ['a', 'b', 'c']);
    assert.deepEqual(log, ['a begins', 'a ends', 'b begins', 'b ends', 'c begins', 'c ends']);
  });

  it('runs those of different keys side by side', async () => {
    const queue = new KeyedQueue<string>();
    const log: string[] = [];
    const [a, b] = [task(log, 'a'), task(log, 'b')];
    const all = Promise.all([queue.run('one', a.run), queue.run('other', b.run)]);
    await turn();
    assert.deepEqual(log, ['a begins', 'b begins']);
    a.end();
    b.end();
    await all;
  });

  it('goes on after a task that failed; the failure is its own', async () => {
    const queue = new KeyedQueue<string>();
    const log: string[] = [];
    const [a, b] = [task(log, 'a'), task(log, 'b')];
    const first = queue.run('key', a.run);
    const second = queue.run('key', b.run);
    const failed = assert.rejects(first, /broken/);
    a.fail(new Error('broken'));
    await failed;
    b.end();
    assert.equal(await second, 'b');
  });

  it('is idle when nothing is under way, and not before', async () => {
    const queue = new KeyedQueue<string>();
    await queue.idle();
    const log: string[] = [];
    const [a, b] = [task(log, 'a'), task(log, 'b')];
    const running = queue.run('key', a.run);
    let idle = false;
    const waiting = queue.idle().then(() => (idle = true));
    // What is added while somebody waits is waited for as well.
    const later = queue.run('key', b.run);
    a.end();
    await running;
    await turn();
    assert.equal(idle, false);
    b.end();
    await later;
    await waiting;
    assert.equal(idle, true);
  });
});
