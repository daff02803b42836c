import { describe, it } from 'node:test';
import assert from 'node:assert/strict';
import { givenPayout } from '#test/support/given';
import {
  duplicatePaid,
  feeChanged,
  HISTORIES,
  ORDER_ID,
  outcome,
  parked,
  report,
  requested,
  SECOND_ATTEMPT,
  started,
  submitted,
  succeeded,
  turnedToFailure,
  usd,
} from '#test/support/payout-fixtures';
import { providerOrderId } from '../ids.js';
import { currencyCode } from '../money/currency.js';
import { parseMoney } from '../money/money.js';
import { referenceOf } from '../provider/reference.js';
import type { OrderFacts, ReportSource } from '../provider/provider-report.js';

const euros = parseMoney('1.00', currencyCode('EUR'));

describe('a claim that differs from the intent', () => {
  const DIFFERING: readonly (readonly [string, OrderFacts])[] = [
    ['amount', { ordered: usd('100.01') }],
    ['amount', { ordered: parseMoney('100.00', currencyCode('EUR')) }],
    ['reference', { reference: referenceOf({ payoutId: requested().data.payoutId, attempt: 2 }) }],
    ['reference', { reference: 'somebody-elses' }],
    ['order number', { orderId: providerOrderId('ORD-2') }],
    ['currency', { paid: euros }],
    ['currency', { fee: euros }],
  ];
  for (const [what, order] of DIFFERING) {
    for (const said of ['pending', 'succeeded', 'failed'] as const) {
      it(`in ${what} is parked with an alarm, and nothing else is taken from it (${said})`, () => {
        for (const source of ['query', 'callback', 'answer'] satisfies ReportSource[]) {
          const detail = `a ${source} differs from the intent in: ${what}`;
          const { state } = givenPayout(HISTORIES.submitted)
            .when(report(outcome[said](order), source))
            .then({
              events: [
                parked({ reason: 'claim-mismatch', detail, evidence: report(outcome.pending()).evidence }),
              ],
              alarm: detail,
            });
          assert.equal(state.status, 'submitted');
        }
      });
    }
  }

  it('names everything that differs', () => {
    const { alarm } = givenPayout(HISTORIES.submitted).when(
      report(
        outcome.succeeded({ ordered: euros, reference: 'x', orderId: providerOrderId('y'), paid: euros }),
      ),
    ).decided;
    assert.equal(alarm, 'a query differs from the intent in: amount, reference, order number, currency');
  });

  it('parks once, and takes over from another reason to look', () => {
    const wrong = report(outcome.succeeded({ ordered: usd('1.00') }));
    givenPayout([...HISTORIES.submitted, parked({ reason: 'claim-mismatch' })])
      .when(wrong)
      .then({ ignored: 'claim differs from the intent, parked already', alarm: true });
    const { state } = givenPayout([...HISTORIES.submitted, parked({ reason: 'not-final-in-time' })]).when(
      wrong,
    );
    assert.ok(state.status === 'submitted' && state.parked?.reason === 'claim-mismatch');
  });

  it('accepts the same reference in another case, and an order number that nobody knew', () => {
    const same = { reference: started().data.reference.toUpperCase(), ordered: usd('100.00') };
    givenPayout(HISTORIES.submitted)
      .when(report(outcome.succeeded(same)))
      .then([succeeded()]);
    givenPayout(HISTORIES.unknown)
      .when(report(outcome.pending({ orderId: ORDER_ID })))
      .then([submitted({ orderId: ORDER_ID })]);
  });
});

describe('what was paid', () => {
  it('is what the provider says, with the fee; with an alarm when it differs from the order', () => {
    for (const paid of ['90.00', '110.00']) {
      givenPayout(HISTORIES.submitted)
        .when(report(outcome.succeeded({ paid: usd(paid), fee: usd('1.50') })))
        .then({
          events: [succeeded({ paid: usd(paid), fee: usd('1.50') })],
          alarm: 'paid amount differs from the ordered one',
        });
    }
  });

  it('is settled once: another amount later raises an alarm and moves nothing', () => {
    givenPayout(HISTORIES.succeeded)
      .when(report(outcome.succeeded({ paid: usd('90.00') })))
      .then({ ignored: 'another amount was settled', alarm: true });
  });

  it('comes back as it was settled', () => {
    const history = [...HISTORIES.submitted, succeeded({ paid: usd('98.00'), fee: usd('2.00') })];
    givenPayout(history)
      .when(report(outcome.failed()))
      .then({
        events: [turnedToFailure({ paid: usd('98.00'), fee: usd('2.00') })],
        alarm: 'a paid payout came back',
      });
  });
});

describe('another fee', () => {
  const charged = (fee: string) => report(outcome.succeeded({ fee: usd(fee) }));

  it('than was settled is a change of the fee', () => {
    givenPayout(HISTORIES.succeeded).when(charged('1.50')).then([feeChanged()]);
  });

  it('is counted from the last one', () => {
    givenPayout([...HISTORIES.succeeded, feeChanged()])
      .when(charged('1.00'))
      .then([feeChanged({ from: usd('1.50'), to: usd('1.00') })]);
  });

  it('changes nothing when it is the same, or isn’t named', () => {
    givenPayout([...HISTORIES.succeeded, feeChanged()])
      .when(charged('1.50'))
      .then({ ignored: 'already succeeded' });
    givenPayout([...HISTORIES.succeeded, feeChanged()])
      .when(report(outcome.succeeded()))
      .then({ ignored: 'already succeeded' });
  });

  it('is part of what comes back', () => {
    const { events } = givenPayout([...HISTORIES.succeeded, feeChanged()]).when(report(outcome.failed()));
    assert.deepEqual(events, [turnedToFailure({ fee: usd('1.50') })]);
  });
});

describe('two attempts of one payout', () => {
  const first = (said: keyof typeof outcome, source: ReportSource = 'query') =>
    report(outcome[said](), source, { attempt: 1 });
  const second = (said: keyof typeof outcome, source: ReportSource = 'query') =>
    report(outcome[said](), source, { attempt: 2 });
  const paidBySecond = [...SECOND_ATTEMPT, succeeded({ attempt: 2 })];
  const paidTwice = [...paidBySecond, duplicatePaid({ attempt: 1 })];

  for (const said of ['failed', 'refused', 'unknown', 'notSent'] as const) {
    it(`what is said about the dead one moves nothing of the other (${said})`, () => {
      const source = said === 'failed' ? 'query' : 'answer';
      givenPayout(SECOND_ATTEMPT).when(first(said, source)).then({ ignored: 'the attempt is dead already' });
    });
  }

  it('a dead one that is not found stays dead, and the other under way', () => {
    givenPayout([...SECOND_ATTEMPT])
      .when(first('notFound'))
      .then({ ignored: 'not found, payout is submitted', alarm: true });
  });

  it('a dead one that the provider has after all raises an alarm', () => {
    givenPayout(SECOND_ATTEMPT).when(first('pending')).then({ ignored: 'the attempt is dead', alarm: true });
  });

  it('a dead one that was paid is a success, with an alarm, and the other is still known', () => {
    const { state } = givenPayout(SECOND_ATTEMPT)
      .when(first('succeeded'))
      .then({ events: [succeeded()], alarm: 'an attempt that was proved dead was paid after all' });
    assert.ok(state.status === 'succeeded');
    assert.equal(state.settled.attempt, 1);
    assert.equal(state.current.attempt, 2);
  });

  it('a second success is a duplicate payment, whichever came first', () => {
    givenPayout(paidBySecond)
      .when(first('succeeded'))
      .then({ events: [duplicatePaid({ attempt: 1 })], alarm: 'paid twice' });
    givenPayout([...SECOND_ATTEMPT, succeeded()])
      .when(second('succeeded'))
      .then({ events: [duplicatePaid({ attempt: 2 })], alarm: 'paid twice' });
  });

  it('is posted once, however often it is reported', () => {
    for (const source of ['query', 'callback', 'answer', 'statement'] as const) {
      givenPayout(paidTwice)
        .when(first('succeeded', source))
        .then({ ignored: 'posted as a duplicate payment already' });
    }
  });

  it('a duplicate that came back is for a person to look at', () => {
    givenPayout(paidTwice).when(first('failed')).then({ ignored: 'another attempt was paid', alarm: true });
  });

  it('after the settled one came back, the posted duplicate is not reclaimed by itself', () => {
    const { state, events } = givenPayout(paidTwice).when(second('failed'));
    assert.equal(state.status, 'failed');
    givenPayout([...paidTwice, ...events])
      .when(first('succeeded'))
      .then({ ignored: 'posted as a duplicate payment already', alarm: true });
  });

  it('a failure of the dead one says nothing about the one that was paid', () => {
    givenPayout(paidBySecond).when(first('failed')).then({ ignored: 'another attempt was paid' });
  });
});
