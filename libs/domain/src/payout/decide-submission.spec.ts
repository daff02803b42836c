import { describe, it } from 'node:test';
import assert from 'node:assert/strict';
import { givenPayout } from '#test/support/given';
import {
  concluded,
  deferred,
  held,
  HISTORIES,
  outcome,
  parked,
  REFUSAL,
  report,
  requested,
  resend,
  resent,
  SECOND_ATTEMPT,
  start,
  started,
  T0,
  unknownOutcome,
  attemptFailed,
  type HistoryName,
} from '#test/support/payout-fixtures';

const ALL = Object.keys(HISTORIES) as readonly HistoryName[];
const statusOf = (name: HistoryName): string => name.split(',')[0] ?? name;

describe('StartSubmission', () => {
  it('writes the intent, with the reservation it rests on', () => {
    givenPayout([requested()]).when(start()).then([started()]);
  });

  it('writes a second attempt after the first was proved dead', () => {
    givenPayout(HISTORIES['requested, attempt dead'])
      .when(start({ attempt: 2 }))
      .then([started({ attempt: 2 })]);
  });

  it('never starts the same attempt twice, nor skips one', () => {
    for (const attempt of [2, 3]) {
      givenPayout([requested()]).when(start({ attempt })).then({ ignored: 'attempt is not the next one' });
    }
    givenPayout(HISTORIES['requested, attempt dead'])
      .when(start())
      .then({ ignored: 'attempt is not the next one' });
  });

  it('waits while a person looks', () => {
    givenPayout([requested(), parked()]).when(start()).then({ ignored: 'payout is parked' });
  });

  for (const status of ALL.filter((name) => statusOf(name) !== 'requested')) {
    it(`is ignored when the payout is ${status}`, () => {
      givenPayout(HISTORIES[status])
        .when(start())
        .then({ ignored: `payout is ${statusOf(status)}` });
    });
  }
});

describe('StartResend', () => {
  it('writes the intent of one more send under the same reference', () => {
    const { state } = givenPayout(HISTORIES.unknown).when(resend()).then([resent()]);
    assert.ok(state.status === 'submitting');
    assert.equal(state.current.reference, started().data.reference);
    assert.equal(state.current.sends, 2);
    assert.equal(state.current.firstSendAt, T0);
  });

  it('counts on', () => {
    givenPayout([...HISTORIES.unknown, resent(), unknownOutcome()])
      .when(resend())
      .then([resent({ send: 3 })]);
  });

  it('follows a send of which it is proved that nothing left', () => {
    givenPayout(HISTORIES['submitting, deferred'])
      .when(resend({ rule: 'nothing-was-sent' }))
      .then([resent({ rule: 'nothing-was-sent' })]);
  });

  for (const status of ALL.filter((name) => name !== 'unknown' && name !== 'submitting, deferred')) {
    it(`is ignored when the payout is ${status}`, () => {
      givenPayout(HISTORIES[status])
        .when(resend())
        .then({ ignored: `payout is ${statusOf(status)}` });
    });
  }

  it('waits while a person looks', () => {
    givenPayout([...HISTORIES.unknown, parked()])
      .when(resend())
      .then({ ignored: 'payout is parked' });
  });

  it('is not made while the provider spoke of an order: that is asked for first', () => {
    givenPayout([...HISTORIES.unknown, held()])
      .when(resend())
      .then({ ignored: 'a claim waits for its confirmation' });
  });

  it('of another attempt is ignored', () => {
    givenPayout(HISTORIES.unknown)
      .when(resend({ attempt: 2 }))
      .then({ ignored: 'attempt is not the current one' });
  });
});

describe('not sent, and may have left', () => {
  const answer = (said: keyof typeof outcome) => report(outcome[said](), 'answer', { at: T0 });

  it('a send that did not leave is deferred, and the funds stay reserved', () => {
    givenPayout(HISTORIES.submitting).when(answer('notSent')).then([deferred()]);
  });

  it('a resend that did not leave is unknown, since an earlier send may have', () => {
    givenPayout([...HISTORIES.unknown, resent()])
      .when(answer('notSent'))
      .then([
        unknownOutcome({ reason: 'this send did not leave (connection refused), an earlier one may have' }),
      ]);
  });

  it('a resend that did not leave, after sends that did not either, is deferred again', () => {
    givenPayout([...HISTORIES['submitting, deferred'], resent({ rule: 'nothing-was-sent' })])
      .when(answer('notSent'))
      .then([deferred()]);
  });

  it('a refusal proves the attempt dead when no send before it can have left', () => {
    const dead = [
      unknownOutcome({ reason: 'refused', refused: REFUSAL }),
      attemptFailed({ proof: 'refused' }),
    ];
    givenPayout(HISTORIES.submitting).when(answer('refused')).then(dead);
    givenPayout([...HISTORIES['submitting, deferred'], resent({ rule: 'nothing-was-sent' })])
      .when(answer('refused'))
      .then(dead);
  });

  it('a refused resend says nothing about the sends before it', () => {
    givenPayout([...HISTORIES.unknown, resent()])
      .when(answer('refused'))
      .then([unknownOutcome({ reason: 'refused: DENIED' })]);
  });

  it('a refusal that is no proof is kept until a look-up finds nothing', () => {
    const noProof = { refusalIsProof: false, notFoundIsFinalAfter: 60_000 };
    const { state, events } = givenPayout(HISTORIES.submitting)
      .when(report(outcome.refused(), 'answer', { at: T0, rules: noProof }))
      .then([unknownOutcome({ reason: 'refused: DENIED', refused: REFUSAL })]);
    assert.equal(state.status, 'unknown');
    const refused = [...HISTORIES.submitting, ...events];
    givenPayout(refused)
      .when(report(outcome.refused(), 'answer', { rules: noProof }))
      .then({ ignored: 'refused again, to be confirmed by a look-up' });
    givenPayout(refused)
      .when(report(outcome.notFound(), 'query', { at: T0 + 59_999, rules: noProof }))
      .then({ ignored: 'not found yet' });
    givenPayout(refused)
      .when(report(outcome.notFound(), 'query', { at: T0 + 60_000, rules: noProof }))
      .then([attemptFailed({ proof: 'refused-and-not-found' })]);
    givenPayout(refused)
      .when(report(outcome.notFound(), 'query', { rules: { ...noProof, notFoundIsFinalAfter: null } }))
      .then({ ignored: 'not found yet' });
  });

  it('"not found" alone proves nothing, however late', () => {
    givenPayout(HISTORIES.unknown)
      .when(report(outcome.notFound(), 'query', { at: T0 + 10 * 365 * 86_400_000 }))
      .then({ ignored: 'not found, never refused' });
  });
});

describe('MarkOutcomeUnknown', () => {
  const markUnknown = { type: 'MarkOutcomeUnknown', attempt: 1, reason: 'the sender is gone' } as const;

  it('says that nobody knows how a send ended', () => {
    const { state } = givenPayout(HISTORIES.submitting)
      .when(markUnknown)
      .then([unknownOutcome({ reason: 'the sender is gone', evidence: undefined })]);
    assert.ok(state.status === 'unknown' && state.current.mayHaveLeft);
  });

  for (const status of ALL.filter((name) => name !== 'submitting')) {
    it(`is ignored when the payout is ${status}`, () => {
      givenPayout(HISTORIES[status])
        .when(markUnknown)
        .then({ ignored: `payout is ${statusOf(status)}` });
    });
  }

  it('of another attempt is ignored', () => {
    givenPayout(HISTORIES.submitting)
      .when({ ...markUnknown, attempt: 2 })
      .then({ ignored: 'attempt is not the current one' });
  });
});

describe('ConcludeFailure', () => {
  const conclude = { type: 'ConcludeFailure' } as const;

  it('ends a payout whose attempt was proved dead, in the words of the proof', () => {
    givenPayout(HISTORIES['requested, attempt dead']).when(conclude).then([concluded()]);
  });

  it('is ignored while no attempt was made', () => {
    givenPayout([requested()]).when(conclude).then({ ignored: 'no attempt was made' });
  });

  for (const status of ALL.filter((name) => statusOf(name) !== 'requested')) {
    it(`is ignored when the payout is ${status}`, () => {
      givenPayout(HISTORIES[status])
        .when(conclude)
        .then({ ignored: `payout is ${statusOf(status)}` });
    });
  }

  it('is ignored while a second attempt is under way', () => {
    givenPayout(SECOND_ATTEMPT).when(conclude).then({ ignored: 'payout is submitted' });
  });
});

describe('ParkPayout', () => {
  const park = {
    type: 'ParkPayout',
    reason: 'outcome-unknown',
    detail: 'no evidence was found',
  } as const;

  it('lies over the state', () => {
    const { state } = givenPayout(HISTORIES.unknown).when(park).then([parked()]);
    assert.ok(state.status === 'unknown');
    assert.deepEqual(state.parked, { reason: 'outcome-unknown', detail: 'no evidence was found' });
  });

  it('happens once', () => {
    givenPayout([...HISTORIES.unknown, parked()])
      .when(park)
      .then({ ignored: 'payout is parked already' });
  });

  for (const status of ['absent', 'rejected', 'cancelled'] as const) {
    it(`is ignored when the payout is ${status}`, () => {
      givenPayout(HISTORIES[status])
        .when(park)
        .then({ ignored: `payout is ${status}` });
    });
  }
});

describe('what the clock may do', () => {
  it('no command that a timer leads to ever makes a payout fail, or gives money back', () => {
    const byTimer = [
      { type: 'MarkOutcomeUnknown', attempt: 1, reason: 'late' },
      { type: 'ParkPayout', reason: 'not-final-in-time', detail: 'late' },
      resend({ at: T0 + 1000 * 86_400_000 }),
    ] as const;
    for (const history of Object.values(HISTORIES)) {
      const before = givenPayout(history).state.status;
      for (const first of byTimer) {
        const one = givenPayout(history).when(first);
        for (const second of byTimer) {
          const two = givenPayout([...history, ...one.events]).when(second);
          for (const { type } of [...one.events, ...two.events]) {
            assert.ok(!['PayoutAttemptFailed', 'PayoutStatusChanged', 'PayoutReversed'].includes(type), type);
          }
          if (before !== 'failed') assert.notEqual(two.state.status, 'failed');
        }
      }
    }
  });
});
