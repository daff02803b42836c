import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { nextTurn } from '#platform/sqlite/system-turn';
import { InFlight } from './in-flight.js';

describe('calls in flight', () => {
  it('are bounded; the others wait, and go in their order', async () => {
    const inFlight = new InFlight(2);
    const began: number[] = [];
    const calls = [0, 1, 2, 3, 4].map(async (call) => {
      await inFlight.enter();
      began.push(call);
    });
    await nextTurn();
    assert.deepEqual(began, [0, 1]);
    inFlight.leave();
    await nextTurn();
    assert.deepEqual(began, [0, 1, 2]);
    inFlight.leave();
    inFlight.leave();
    await nextTurn();
    assert.deepEqual(began, [0, 1, 2, 3, 4]);
    await Promise.all(calls);
    inFlight.leave();
    inFlight.leave();
    await inFlight.enter();
    await inFlight.enter();
    let third = false;
    void inFlight.enter().then(() => (third = true));
    await nextTurn();
    assert.equal(third, false);
  });

  it('once closed, those who wait are refused and nobody comes in', async () => {
    const inFlight = new InFlight(1);
    await inFlight.enter();
    const waiting = assert.rejects(inFlight.enter(), { name: 'EventStoreClosedError' });
    inFlight.close();
    await waiting;
    inFlight.leave();
    await assert.rejects(inFlight.enter(), { name: 'EventStoreClosedError' });
  });

  it('a bound of none is refused', () => {
    for (const limit of [0, -1, 1.5, Number.NaN]) assert.throws(() => new InFlight(limit), RangeError);
  });
});
