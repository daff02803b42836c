import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { HeldLease } from '#coordination/lease-keeper';
import { LeaseTerm } from '#coordination/lease-term';
import { ManualClock } from '#test/support/manual-clock';
import { SendPermit } from './send-permit.js';
import type { SendingGate } from './sending-gate.js';

function permitWith({ isOpen, lease }: { isOpen: boolean; lease?: HeldLease }): SendPermit {
  const permit = new SendPermit({ isOpen } as unknown as SendingGate);
  if (lease !== undefined) permit.hold(lease);
  return permit;
}

describe('the permit to send', () => {
  const clock = new ManualClock();
  const term = (): LeaseTerm =>
    new LeaseTerm('payout-process', 1n, { clock, ttlMs: 6_000, askedAt: clock.monotonicMs() });

  it('is refused to a copy that was never given the lease', () => {
    assert.equal(permitWith({ isOpen: true }).refusal(), 'another-copy-sends');
  });

  it('is given to the holder', () => {
    assert.equal(permitWith({ isOpen: true, lease: term() }).refusal(), undefined);
  });

  it('is refused while sending is paused, or nobody knows', () => {
    assert.equal(permitWith({ isOpen: false, lease: term() }).refusal(), 'sending-paused');
  });

  it('is refused to a copy that was stopped for longer than its lease, before any of its timers fires', () => {
    // Timers of this clock never fire: the process has only just been woken.
    let now = 0;
    const frozen = { monotonicMs: () => now, after: () => () => undefined } as unknown as ManualClock;
    const lease = new LeaseTerm('payout-process', 1n, { clock: frozen, ttlMs: 6_000, askedAt: 0 });
    const permit = permitWith({ isOpen: true, lease });
    now = 5_999;
    assert.equal(permit.refusal(), undefined);
    now = 6_000;
    assert.equal(permit.refusal(), 'another-copy-sends');
  });
});
