import { describe, it } from 'node:test';
import assert from 'node:assert/strict';
import * as events from '#test/support/payout-fixtures';
import { HISTORIES, SECOND_ATTEMPT, type HistoryName } from '#test/support/payout-fixtures';
import type { PayoutEvent } from './events.js';
import { foldPayout, ImpossibleHistoryError } from './evolve.js';
import { ABSENT } from './state.js';

/** One event of each type, of the first attempt; where `from` matters, as it would be in a `submitted` payout. */
const EVENTS: readonly PayoutEvent[] = [
  events.requested(),
  events.rejectedByAccount(),
  events.cancelled(),
  events.started(),
  events.resent(),
  events.deferred(),
  events.submitted(),
  events.unknownOutcome(),
  events.attemptFailed(),
  events.succeeded(),
  events.turnedToFailure(),
  events.feeChanged(),
  events.duplicatePaid(),
  events.held(),
  events.dismissed(),
  events.parked(),
  events.resolved(),
  events.refusedCommand(),
];

/** The only event types that may follow; a status change has the `from` of the status. */
const OVER_ANY = [
  'PayoutReportHeld',
  'PayoutReportDismissed',
  'PayoutParked',
  'PayoutResolved',
  'CommandRefused',
];
const MAY_FOLLOW: Readonly<Record<HistoryName, readonly string[]>> = {
  absent: ['PayoutRequested'],
  rejected: ['CommandRefused'],
  cancelled: OVER_ANY,
  requested: ['PayoutRejected', 'PayoutCancelled', 'PayoutSubmissionStarted', ...OVER_ANY],
  'requested, attempt dead': ['PayoutStatusChanged', ...OVER_ANY],
  submitting: [
    'PayoutSubmissionDeferred',
    'PayoutSubmitted',
    'PayoutSubmissionUnknown',
    'PayoutAttemptFailed',
    'PayoutStatusChanged',
    ...OVER_ANY,
  ],
  'submitting, deferred': [
    'PayoutResendStarted',
    'PayoutSubmissionDeferred',
    'PayoutSubmitted',
    'PayoutSubmissionUnknown',
    'PayoutAttemptFailed',
    'PayoutStatusChanged',
    ...OVER_ANY,
  ],
  submitted: ['PayoutSubmitted', 'PayoutAttemptFailed', 'PayoutStatusChanged', ...OVER_ANY],
  unknown: [
    'PayoutResendStarted',
    'PayoutSubmitted',
    'PayoutSubmissionUnknown',
    'PayoutAttemptFailed',
    'PayoutStatusChanged',
    ...OVER_ANY,
  ],
  succeeded: ['PayoutSubmitted', 'PayoutReversed', 'PayoutFeeChanged', 'PayoutDuplicatePaid', ...OVER_ANY],
  failed: ['PayoutSubmitted', 'PayoutReversed', ...OVER_ANY],
};

/** The event as it would be in this status: a change says where it comes from. */
function asFrom(event: PayoutEvent, name: HistoryName): PayoutEvent {
  const from = name.split(',')[0];
  if (event.type === 'PayoutStatusChanged') {
    return { ...event, data: { ...event.data, from: from as typeof event.data.from } };
  }
  if (event.type !== 'PayoutReversed' || (from !== 'succeeded' && from !== 'failed')) return event;
  return { ...event, data: { ...event.data, from, to: from === 'failed' ? 'succeeded' : 'failed' } };
}

describe('evolvePayout', () => {
  for (const name of Object.keys(HISTORIES) as HistoryName[]) {
    it(`stops at what can't follow when the payout is ${name}`, () => {
      const followed = EVENTS.filter((event) => {
        try {
          foldPayout([...HISTORIES[name], asFrom(event, name)]);
          return true;
        } catch (error) {
          assert.ok(error instanceof ImpossibleHistoryError);
          assert.match(error.message, new RegExp(`^${event.type} can't follow`));
          return false;
        }
      });
      assert.deepEqual(followed.map(({ type }) => type).sort(), [...MAY_FOLLOW[name]].sort());
    });
  }

  const IMPOSSIBLE: readonly (readonly [string, readonly PayoutEvent[]])[] = [
    ['a status change from another status', [...HISTORIES.submitted, events.succeeded({ from: 'unknown' })]],
    ['a status change of a final state', [...HISTORIES.succeeded, events.failed({ from: 'succeeded' })]],
    ['a reversal of an open payout', [...HISTORIES.submitted, events.turnedToFailure()]],
    ['a reversal to the same state', [...HISTORIES.succeeded, events.turnedToFailure({ to: 'succeeded' })]],
    ['a reversal from the other state', [...HISTORIES.failed, events.turnedToFailure()]],
    ['a success of an attempt that nobody made', [...HISTORIES.submitted, events.succeeded({ attempt: 2 })]],
    ['an answer to a dead attempt', [...SECOND_ATTEMPT, events.submitted({ attempt: 1 })]],
    ['the death of a dead attempt', [...SECOND_ATTEMPT, events.attemptFailed({ attempt: 1 })]],
    ['a first attempt with the number 2', [events.requested(), events.started({ attempt: 2 })]],
    ['a resend that skips a number', [...HISTORIES.unknown, events.resent({ send: 3 })]],
    ['a resend of another attempt', [...HISTORIES.unknown, events.resent({ attempt: 2 })]],
    ['a cancellation after an attempt', [...HISTORIES['requested, attempt dead'], events.cancelled()]],
    ['a rejection without its request at the start', [events.rejectedByAccount()]],
  ];
  for (const [what, history] of IMPOSSIBLE) {
    it(`stops at ${what}`, () => {
      assert.throws(() => foldPayout(history), ImpossibleHistoryError);
    });
  }

  it('begins with nothing', () => {
    assert.deepEqual(foldPayout([]), ABSENT);
  });

  it('goes on from a snapshot as from the start', () => {
    const whole = [...HISTORIES.succeeded, events.held(), events.turnedToFailure()];
    for (let cut = 0; cut <= whole.length; cut += 1) {
      assert.deepEqual(foldPayout(whole.slice(cut), foldPayout(whole.slice(0, cut))), foldPayout(whole));
    }
  });

  it('remembers the attempt: reference, first and last send, and that it may have left', () => {
    const state = foldPayout([...HISTORIES.unknown, events.resent()]);
    assert.ok(state.status === 'submitting');
    const { reference, funds } = events.started().data;
    assert.deepEqual(state.current, {
      attempt: 1,
      provider: 'goldenpay',
      reference,
      funds,
      firstSendAt: events.T0,
      lastSendAt: events.T0 + events.HOUR,
      sends: 2,
      mayHaveLeft: true,
    });
    assert.equal(state.deferred, false);
  });
});
