import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { turn } from '#test/support/command/virtual-time';
import { SlotPool } from './slot-pool.js';

describe('the pool of slots', () => {
  it('runs so many at once and no more; the others wait in order', async () => {
    const pool = new SlotPool(2);
    const begun: number[] = [];
    const ends = Array.from({ length: 5 }, () => Promise.withResolvers<undefined>());
    const all = ends.map(({ promise }, index) =>
      pool.run(async () => {
        begun.push(index);
        await promise;
        return index;
      }),
    );
    await turn();
    assert.deepEqual(begun, [0, 1]);
    ends[1]?.resolve(undefined);
    await turn();
    assert.deepEqual(begun, [0, 1, 2]);
    for (const { resolve } of ends) resolve(undefined);
    assert.deepEqual(await Promise.all(all), [0, 1, 2, 3, 4]);
    assert.deepEqual(begun, [0, 1, 2, 3, 4]);
  });

  it('gets the slot of a task that failed back', async () => {
    const pool = new SlotPool(1);
    for (let time = 0; time < 3; time += 1)
      await assert.rejects(
        pool.run(async () => {
          throw new Error('broken');
        }),
        /broken/,
      );
    assert.equal(await pool.run(async () => 'still one'), 'still one');
  });
});
