import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { Health } from './health.js';

describe('health', () => {
  it('is not ready before anything is registered', () => {
    assert.deepEqual(new Health().ready().waitsFor, ['start']);
    assert.equal(new Health().live().live, true);
  });

  it('is ready when all are, and says what it waits for', () => {
    const health = new Health();
    let caughtUp = false;
    health.register('store', () => ({ ready: true, detail: 'open' }));
    health.register('ledger', () => ({ ready: caughtUp, detail: 'at 12 of 40' }));
    assert.deepEqual(health.ready(), {
      ready: false,
      checks: [
        { name: 'store', ready: true, detail: 'open' },
        { name: 'ledger', ready: false, detail: 'at 12 of 40' },
      ],
      waitsFor: ['ledger'],
    });
    caughtUp = true;
    assert.deepEqual([health.ready().ready, health.ready().waitsFor], [true, []]);
  });

  it('counts a check that throws as not ready', () => {
    const health = new Health();
    health.register('a', () => {
      throw new RangeError('CANARY');
    });
    assert.deepEqual(health.ready().checks, [
      { name: 'a', ready: false, detail: 'the check itself failed: RangeError' },
    ]);
  });

  it('takes each name once, until it is taken away', () => {
    const health = new Health();
    const remove = health.register('a', () => ({ ready: true, detail: '' }));
    assert.throws(() => health.register('a', () => ({ ready: true, detail: '' })), RangeError);
    remove();
    health.register('a', () => ({ ready: false, detail: '' }));
    remove();
    assert.deepEqual(health.ready().waitsFor, ['a']);
  });

  it('neither lives nor is ready after a failure that only a restart mends', () => {
    const health = new Health();
    health.register('a', () => ({ ready: true, detail: '' }));
    health.fail('the disk failed');
    health.fail('later');
    assert.deepEqual(health.live(), { live: false, detail: 'the disk failed' });
    assert.deepEqual(health.ready().waitsFor, ['process']);
  });
});
