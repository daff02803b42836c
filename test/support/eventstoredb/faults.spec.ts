import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { Faults, type FaultRule } from './faults.js';

const RULE: FaultRule = { call: 'append', answer: 'unavailable' };

const pattern = (faults: Faults, calls: number): string =>
  Array.from({ length: calls }, () => (faults.next('append') === undefined ? '.' : 'x')).join('');

describe('faults of the stand-in for EventStoreDB', () => {
  it('meet the next calls of their kind, so many times, and are counted', () => {
    const faults = new Faults();
    faults.arm({ ...RULE, times: 2 });
    assert.equal(faults.next('read'), undefined);
    assert.equal(pattern(faults, 4), 'xx..');
    assert.equal(faults.list()[0]?.hits, 2);
  });

  it('meet every call until they are disarmed', () => {
    const faults = new Faults();
    const { id } = faults.arm(RULE);
    assert.equal(pattern(faults, 3), 'xxx');
    faults.disarm(id);
    assert.equal(pattern(faults, 3), '...');
  });

  it('meet calls by chance, the same ones for the same seed', () => {
    const run = (seed: number): string => {
      const faults = new Faults();
      faults.arm({ ...RULE, probability: 0.3, seed });
      return pattern(faults, 200);
    };
    assert.equal(run(7), run(7));
    assert.notEqual(run(7), run(8));
    const met = run(7).split('x').length - 1;
    assert.ok(met > 40 && met < 80, `${met} of 200`);
  });

  it('meet streams by the start of their name', () => {
    const faults = new Faults();
    faults.arm({ ...RULE, streamPrefix: 'payout-' });
    assert.equal(faults.next('append', 'account-1'), undefined);
    assert.equal(faults.next('append', 'payout-1')?.answer, 'unavailable');
  });

  it('drop a subscription for slowness only while it is live', () => {
    const faults = new Faults();
    faults.arm({ call: 'subscription', answer: 'too-slow' });
    assert.equal(faults.next('subscription', '', false), undefined);
    assert.equal(faults.next('subscription', '', true)?.answer, 'too-slow');
  });
});
