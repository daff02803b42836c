import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { SendingEvent } from './events.js';
import { decideSending, evolveSending, SENDING_ON, type SendingCommand } from './sending.js';

const AT = Date.UTC(2026, 0, 15);
const pause: SendingCommand = {
  type: 'PauseSending',
  cause: 'operator',
  by: 'ada',
  reason: 'restored from a backup',
  at: AT,
};
const resume: SendingCommand = { type: 'ResumeSending', by: 'grace', reason: 'reconciled', at: AT + 1 };
const paused: SendingEvent = {
  type: 'SendingPaused',
  data: { cause: 'operator', by: 'ada', reason: 'restored from a backup', at: AT },
};
const resumed: SendingEvent = {
  type: 'SendingResumed',
  data: { by: 'grace', reason: 'reconciled', at: AT + 1 },
};

const given = (...events: readonly SendingEvent[]) => ({
  when: (command: SendingCommand) => decideSending(events.reduce(evolveSending, SENDING_ON), command),
});

describe('sending', () => {
  it('is paused, with who did it and why', () => {
    assert.deepEqual(given().when(pause), [paused]);
    assert.deepEqual(evolveSending(SENDING_ON, paused), {
      status: 'paused',
      cause: 'operator',
      by: 'ada',
      reason: 'restored from a backup',
      since: AT,
    });
  });

  it('keeps the first reason: pausing again is nothing', () => {
    const again: SendingCommand = { ...pause, cause: 'configured', by: 'command', reason: 'PAYOUT_SENDING' };
    assert.deepEqual(given(paused).when(again), []);
  });

  it('is resumed by somebody who says why', () => {
    assert.deepEqual(given(paused).when(resume), [resumed]);
    assert.deepEqual(evolveSending(evolveSending(SENDING_ON, paused), resumed), SENDING_ON);
  });

  it('is not resumed twice, and not where it was never paused', () => {
    assert.deepEqual(given().when(resume), []);
    assert.deepEqual(given(paused, resumed).when(resume), []);
  });

  it('can be paused anew', () => {
    assert.deepEqual(given(paused, resumed).when(pause), [paused]);
  });
});
