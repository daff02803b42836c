import { describe, it } from 'node:test';
import assert from 'node:assert/strict';
import { givenPayout } from '#test/support/given';
import {
  cancelled,
  commandIdOf,
  contentOf,
  failed,
  held,
  HISTORIES,
  parked,
  refusedCommand,
  requested,
  resolve,
  resolved,
  succeeded,
  T0,
  turnedToFailure,
  turnedToSuccess,
  usd,
  type HistoryName,
} from '#test/support/payout-fixtures';
import { currencyCode } from '../money/currency.js';
import { parseMoney } from '../money/money.js';
import type { PayoutEvent } from './events.js';
import type { RefusalReason } from './rejections.js';

const REASON = 'seen in the bank statement';
const parkedUnknown = [...HISTORIES.unknown, parked()];

describe('ResolvePayout', () => {
  it('resume hands the payout back to the process', () => {
    const { state } = givenPayout(parkedUnknown)
      .when(resolve())
      .then({ events: [resolved()], answer: { outcome: 'accepted' } });
    assert.ok(state.status === 'unknown');
    assert.equal(state.parked, undefined);
    assert.equal(state.resumedAt, resolve().at);
  });

  it('paid is evidence of a success, with the amount that was ordered unless the operator says otherwise', () => {
    const byOperator = { from: 'unknown', rawStatus: 'paid', source: 'operator', reason: REASON } as const;
    givenPayout(parkedUnknown)
      .when(resolve({ decision: 'paid' }))
      .then([resolved({ decision: 'paid' }), succeeded({ ...byOperator, evidence: undefined })]);
    givenPayout(parkedUnknown)
      .when(resolve({ decision: 'paid', paid: usd('98.00'), fee: usd('2.00') }))
      .then([
        resolved({ decision: 'paid' }),
        succeeded({ ...byOperator, paid: usd('98.00'), fee: usd('2.00'), evidence: undefined }),
      ]);
  });

  it('not-paid is evidence of a failure', () => {
    givenPayout(parkedUnknown)
      .when(resolve({ decision: 'not-paid' }))
      .then([
        resolved({ decision: 'not-paid' }),
        failed({
          from: 'unknown',
          rawStatus: 'not-paid',
          source: 'operator',
          reason: REASON,
          evidence: undefined,
        }),
      ]);
  });

  it('turns a success that came back', () => {
    const history = [
      ...HISTORIES.succeeded,
      held(),
      parked({ reason: 'claim-unconfirmed' }),
    ] satisfies PayoutEvent[];
    const { state } = givenPayout(history)
      .when(resolve({ decision: 'not-paid' }))
      .then([
        resolved({ decision: 'not-paid' }),
        turnedToFailure({ rawStatus: 'not-paid', source: 'operator', reason: REASON, evidence: undefined }),
      ]);
    assert.ok(state.status === 'failed' && state.heldClaim === undefined);
  });

  it('turns a failure that was paid after all', () => {
    const history = [
      ...HISTORIES.failed,
      held({ claim: 'succeeded' }),
      parked({ reason: 'claim-unconfirmed' }),
    ];
    givenPayout(history)
      .when(resolve({ decision: 'paid', paid: usd('99.00'), fee: usd('1.00') }))
      .then([
        resolved({ decision: 'paid' }),
        turnedToSuccess({
          rawStatus: 'paid',
          source: 'operator',
          reason: REASON,
          paid: usd('99.00'),
          fee: usd('1.00'),
          evidence: undefined,
        }),
      ]);
  });

  it('that agrees with the present state answers the held claim: nobody asks about it again', () => {
    const history = [...HISTORIES.succeeded, held(), parked({ reason: 'claim-unconfirmed' })];
    const { state } = givenPayout(history)
      .when(resolve({ decision: 'paid' }))
      .then([resolved({ decision: 'paid' })]);
    assert.ok(state.status === 'succeeded' && state.heldClaim === undefined && state.parked === undefined);
  });

  it('resume keeps the held claim: it is still to be confirmed', () => {
    const { state } = givenPayout([...HISTORIES.submitted, held(), parked()]).when(resolve());
    assert.ok(state.status === 'submitted');
    assert.equal(state.heldClaim?.claim, 'failed');
  });

  it('decides about an attempt that was proved dead as well', () => {
    const history = [...HISTORIES['requested, attempt dead'], parked()];
    const paid = givenPayout(history).when(resolve({ decision: 'paid' }));
    assert.equal(paid.state.status, 'succeeded');
    const notPaid = givenPayout(history).when(resolve({ decision: 'not-paid' }));
    assert.equal(notPaid.state.status, 'failed');
  });

  it('not-paid of a payout that was never sent cancels it', () => {
    givenPayout([requested(), parked({ reason: 'beneficiary-unreadable' })])
      .when(resolve({ decision: 'not-paid' }))
      .then([
        resolved({ decision: 'not-paid' }),
        cancelled({ commandId: resolve().commandId, fingerprint: resolve().fingerprint, reason: REASON }),
      ]);
  });
});

describe('ResolvePayout refused, in the documented order', () => {
  const REFUSED: readonly (readonly [HistoryName, RefusalReason])[] = [
    ['rejected', 'already-rejected'],
    ['cancelled', 'already-cancelled'],
    ['requested', 'not-parked'],
    ['submitted', 'not-parked'],
    ['unknown', 'not-parked'],
    ['succeeded', 'not-parked'],
    ['failed', 'not-parked'],
  ];
  const refusal = (reason: RefusalReason) => ({
    events: [
      refusedCommand({
        commandId: resolve().commandId,
        fingerprint: resolve().fingerprint,
        command: 'ResolvePayout',
        reason,
      }),
    ],
    answer: { outcome: 'refused', reason } as const,
  });
  for (const [status, reason] of REFUSED) {
    it(`${reason} when the payout is ${status} and not parked`, () => {
      givenPayout(HISTORIES[status])
        .when(resolve({ decision: 'paid' }))
        .then(refusal(reason));
    });
  }

  it('unknown-payout leaves no stream behind', () => {
    givenPayout([])
      .when(resolve())
      .then({ answer: { outcome: 'refused', reason: 'unknown-payout' } });
  });

  it('never-submitted: what nobody sent was not paid', () => {
    givenPayout([requested(), parked({ reason: 'beneficiary-unreadable' })])
      .when(resolve({ decision: 'paid' }))
      .then(refusal('never-submitted'));
  });

  for (const part of ['paid', 'fee'] as const) {
    it(`settlement-currency-differs: ${part} in another currency never reaches the books`, () => {
      const euros = parseMoney('100.00', currencyCode('EUR'));
      givenPayout(parkedUnknown)
        .when(resolve({ decision: 'paid', [part]: euros }))
        .then(refusal('settlement-currency-differs'));
    });
  }
});

describe('ResolvePayout again', () => {
  it('is answered as before and decides nothing twice', () => {
    const first = givenPayout(parkedUnknown).when(resolve({ decision: 'paid' }));
    givenPayout([...parkedUnknown, ...first.events])
      .when(resolve({ decision: 'paid' }))
      .then({ answer: { outcome: 'accepted' } });
  });

  it('with other content is refused as reused, even while the payout is parked again', () => {
    givenPayout([...parkedUnknown, resolved(), parked()])
      .when(resolve({ decision: 'paid', fingerprint: contentOf('paid') }))
      .then({ answer: { outcome: 'refused', reason: 'command-id-reused' } });
  });

  it('gives a recorded refusal again', () => {
    const { commandId, fingerprint } = resolve();
    givenPayout([
      ...HISTORIES.unknown,
      refusedCommand({ commandId, fingerprint, command: 'ResolvePayout', reason: 'not-parked' }),
      parked(),
    ])
      .when(resolve())
      .then({ answer: { outcome: 'refused', reason: 'not-parked' } });
  });

  it('under a new id decides anew', () => {
    const again = resolve({
      commandId: commandIdOf('resolve-2'),
      fingerprint: contentOf('resolve-2'),
      at: T0,
    });
    givenPayout([...parkedUnknown, resolved(), parked()])
      .when(again)
      .then([resolved({ commandId: again.commandId, fingerprint: again.fingerprint, resolvedAt: T0 })]);
  });
});
