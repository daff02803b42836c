import { describe, it } from 'node:test';
import assert from 'node:assert/strict';
import { givenPayout } from '#test/support/given';
import type { OrderFacts } from '../provider/provider-report.js';
import {
  dismissed,
  failed,
  held,
  HISTORIES,
  ORDER_ID,
  submitted,
  outcome,
  parked,
  REFUSAL,
  report,
  requested,
  started,
  succeeded,
  attemptFailed,
  unknownOutcome,
  turnedToFailure,
  turnedToSuccess,
} from '#test/support/payout-fixtures';

const callback = (said: keyof typeof outcome) => report(outcome[said](), 'callback');
const query = (said: keyof typeof outcome) => report(outcome[said]());
const CONFIRMING = ['query', 'statement', 'operator'] as const;

describe('a callback that would give money back or leave a final state', () => {
  for (const status of ['submitting', 'submitted', 'unknown', 'succeeded'] as const) {
    it(`failed is held when the payout is ${status}`, () => {
      givenPayout(HISTORIES[status]).when(callback('failed')).then([held()]);
    });
  }

  it('succeeded is held when the payout failed', () => {
    givenPayout(HISTORIES.failed)
      .when(callback('succeeded'))
      .then([held({ claim: 'succeeded', rawStatus: 'PAID' })]);
  });

  it('is held once', () => {
    givenPayout([...HISTORIES.submitted, held()])
      .when(callback('failed'))
      .then({ ignored: 'the same claim is held already' });
  });
});

describe('a held claim', () => {
  for (const source of CONFIRMING) {
    it(`that ${source} confirms is taken`, () => {
      const { state } = givenPayout([...HISTORIES.submitted, held()])
        .when(report(outcome.failed(), source))
        .then([failed({ source })]);
      assert.ok(state.status === 'failed' && state.heldClaim === undefined);
    });

    it(`that ${source} confirms turns a final state, with an alarm`, () => {
      givenPayout([...HISTORIES.succeeded, held()])
        .when(report(outcome.failed(), source))
        .then({ events: [turnedToFailure({ source })], alarm: 'a paid payout came back' });
      givenPayout([...HISTORIES.failed, held({ claim: 'succeeded' })])
        .when(report(outcome.succeeded(), source))
        .then({ events: [turnedToSuccess({ source })], alarm: 'a failed payout was paid after all' });
    });

    it(`that ${source} contradicts is dismissed, and can be claimed again`, () => {
      const success = givenPayout([...HISTORIES.succeeded, held()])
        .when(report(outcome.succeeded(), source))
        .then([dismissed({ source })]);
      assert.ok(success.state.status === 'succeeded' && success.state.heldClaim === undefined);
      givenPayout([...HISTORIES.succeeded, held(), dismissed()])
        .when(callback('failed'))
        .then([held()]);
      givenPayout([...HISTORIES.failed, held({ claim: 'succeeded' })])
        .when(report(outcome.failed(), source))
        .then([dismissed({ source, claim: 'succeeded', rawStatus: 'FAILED' })]);
    });
  }

  it('is contradicted by a success while the payout was open', () => {
    const { state } = givenPayout([...HISTORIES.submitted, held()])
      .when(query('succeeded'))
      .then([succeeded()]);
    assert.ok(state.status === 'succeeded' && state.heldClaim === undefined);
  });

  for (const said of ['pending', 'unknown', 'notFound', 'refused', 'notSent'] as const) {
    it(`stays while a look-up says ${said}`, () => {
      for (const history of [
        [...HISTORIES.submitted, held()],
        [...HISTORIES.succeeded, held()],
      ]) {
        const { state } = givenPayout(history).when(query(said));
        assert.ok('heldClaim' in state && state.heldClaim !== undefined);
      }
    });
  }

  it('of a failure outlives the success callback that it overtook: the look-up still has to tell', () => {
    const overtaken = [...HISTORIES.submitted, held()];
    const success = givenPayout(overtaken)
      .when(callback('succeeded'))
      .then([succeeded({ source: 'callback' })]);
    assert.ok(success.state.status === 'succeeded' && success.state.heldClaim?.claim === 'failed');
    givenPayout([...overtaken, ...success.events])
      .when(query('failed'))
      .then({ events: [turnedToFailure()], alarm: 'a paid payout came back' });
  });

  it('is answered when the create answer says the same', () => {
    const { state } = givenPayout([...HISTORIES.submitting, held()])
      .when(report(outcome.failed(), 'answer'))
      .then([failed({ from: 'submitting', source: 'answer' })]);
    assert.ok(state.status === 'failed' && state.heldClaim === undefined);
  });

  it('of an attempt that is proved dead is answered by the proof', () => {
    const { state } = givenPayout([...HISTORIES.submitting, held()]).when(
      report(outcome.refused(), 'answer'),
    );
    assert.ok(state.status === 'requested' && state.heldClaim === undefined);
    assert.deepEqual(
      state,
      givenPayout([
        requested(),
        started(),
        unknownOutcome({ reason: 'refused', refused: REFUSAL }),
        attemptFailed(),
      ]).state,
    );
  });
});

describe('a parked payout', () => {
  it('still takes evidence, which answers the question that a person was asked', () => {
    const history = [...HISTORIES.submitted, held(), parked({ reason: 'claim-unconfirmed' })];
    for (const said of ['succeeded', 'failed'] as const) {
      const { state } = givenPayout(history).when(query(said));
      assert.ok(state.status === said && state.parked === undefined);
    }
  });

  it('for a claim that differs stays with the person, whatever is said later', () => {
    const { state } = givenPayout([...HISTORIES.submitted, parked({ reason: 'claim-mismatch' })]).when(
      query('succeeded'),
    );
    assert.ok(state.status === 'succeeded' && state.parked?.reason === 'claim-mismatch');
  });
});

describe('a late create answer', () => {
  const alone = [requested(), started()] as const;
  const paid = [...alone, succeeded({ from: 'submitting', source: 'callback' })];
  const dead = [...alone, failed({ from: 'submitting' })];
  const late = (said: 'pending' | 'succeeded' | 'failed', order: OrderFacts = { orderId: ORDER_ID }) =>
    report(outcome[said](order), 'answer');
  const number = (rawStatus: string) => submitted({ orderId: ORDER_ID, source: 'answer', rawStatus });

  it('only records the number of the order', () => {
    const { state } = givenPayout(paid)
      .when(late('pending'))
      .then([number('PENDING')]);
    assert.ok(state.status === 'succeeded' && state.current.orderId === ORDER_ID);
    givenPayout(paid)
      .when(late('succeeded'))
      .then([number('PAID')]);
    givenPayout(dead)
      .when(late('failed'))
      .then([number('FAILED')]);
  });

  it('records it once', () => {
    givenPayout([...paid, number('PENDING')])
      .when(late('pending'))
      .then({ ignored: 'payout is succeeded' });
    givenPayout([...paid, number('PENDING')])
      .when(late('succeeded'))
      .then({ ignored: 'already succeeded' });
  });

  it('is no confirmation: it turns no final state, and raises an alarm when it says otherwise', () => {
    const alarm = 'a late answer contradicts the final state';
    const turned = givenPayout(dead)
      .when(late('succeeded'))
      .then({ events: [number('PAID')], alarm });
    assert.equal(turned.state.status, 'failed');
    givenPayout(dead).when(late('succeeded', {})).then({ ignored: alarm, alarm: true });
    givenPayout(paid).when(late('failed', {})).then({ ignored: alarm, alarm: true });
  });
});
