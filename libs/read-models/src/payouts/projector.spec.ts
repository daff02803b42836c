import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { isPayoutEvent } from '#domain/codec/stored-event';
import { foldPayout } from '#domain/payout/evolve';
import type { PayoutState } from '#domain/payout/state';
import { UnprojectableEventError } from '#read-models/read-model';
import {
  History,
  LIVES,
  payoutEvents,
  payoutNumber,
  usd,
  type Step,
} from '#test/support/read-models/history';
import { concernsPayoutRow, projectPayout } from './projector.js';
import type { PayoutRow } from './row.js';

function live(steps: readonly Step[], deposit = '1000.00'): { row: PayoutRow; state: PayoutState } {
  const history = new History();
  history.open('acc-1');
  history.instruct('acc-1', 1, { kind: 'deposit', amount: usd(deposit) });
  for (const step of steps) history.happen(payoutEvents(1)[step]);
  let row: PayoutRow | undefined;
  for (const logged of history.events) {
    if (concernsPayoutRow(logged.event)) row = projectPayout(row, logged, logged.event);
  }
  assert.ok(row);
  return { row, state: foldPayout(history.events.map(({ event }) => event).filter(isPayoutEvent)) };
}

describe('the row of a payout', () => {
  it('begins with everything that was asked for', () => {
    assert.deepEqual(live(['requested'], '0.01').row, {
      payout_id: payoutNumber(1),
      account_id: 'acc-1',
      provider: 'goldenpay',
      currency: 'USD',
      amount: '12.50',
      amount_minor: '1250',
      payee_id: 'payee-1',
      beneficiary_kind: 'bank-account',
      caller: 'shop',
      command_id: 'pay-1',
      status: 'requested',
      parked_reason: null,
      parked_detail: null,
      reversed_count: 0,
      reason: null,
      detail: null,
      raw_status: null,
      attempt: null,
      reference: null,
      order_id: null,
      paid: null,
      paid_minor: null,
      fee: null,
      fee_minor: null,
      requested_at: '2026-01-01T00:00:01.000Z',
      updated_at: '2026-01-01T00:00:04.000Z',
      opened_key: '00000000000000000040-00000000000000000040',
      position: '40',
      revision: '0',
    } satisfies PayoutRow);
  });

  it('follows it to the end', () => {
    const { row } = live(['requested', 'started', 'submitted', 'succeeded']);
    assert.deepEqual(
      [
        row.status,
        row.attempt,
        row.order_id,
        row.raw_status,
        row.paid,
        row.paid_minor,
        row.fee,
        row.fee_minor,
      ],
      ['succeeded', 1, 'ORDER 1', 'RAW', '12.50', '1250', '0.25', '25'],
    );
    assert.deepEqual([row.position, row.revision, row.updated_at], ['80', '3', '2026-01-01T00:00:08.000Z']);
  });

  const expected: Readonly<Record<string, Partial<PayoutRow>>> = {
    requested: { status: 'reserved', revision: '0' },
    rejectedAtOnce: { status: 'rejected', reason: 'unknown-account', detail: 'no such account' },
    rejectedByAccount: { status: 'rejected', reason: 'insufficient-funds' },
    cancelled: { status: 'cancelled', reason: 'changed my mind', revision: '2' },
    succeeded: { status: 'succeeded' },
    succeededUnheard: { status: 'succeeded', order_id: 'ORDER 1', fee: '0.30', raw_status: 'RAW' },
    failed: { status: 'failed', reason: 'closed account', paid: null, fee: null },
    deferred: { status: 'submitted', raw_status: 'PENDING' },
    resent: { status: 'unknown', reason: 'timeout after 10000 ms' },
    anotherAttempt: { status: 'reserved', reason: 'bad account', raw_status: 'REFUSED' },
    turned: { status: 'succeeded', reversed_count: 2, paid: '12.50', fee: '0.00' },
    turnedBack: { status: 'succeeded', reversed_count: 1, reason: null },
    parked: { status: 'unknown', parked_reason: 'not-final-in-time', parked_detail: 'no answer for 3 days' },
    resolved: { status: 'submitted', parked_reason: null, parked_detail: null },
    parkedThenPaid: { status: 'succeeded', parked_reason: null },
    mismatchThenPaid: { status: 'succeeded', parked_reason: 'claim-mismatch' },
  };

  for (const [name, steps] of Object.entries(LIVES)) {
    it(`${name}: ${steps.join(', ')}`, () => {
      const { row, state } = live(steps);
      const wanted = expected[name];
      assert.ok(wanted, `no expectation for ${name}`);
      for (const [column, value] of Object.entries(wanted)) {
        assert.equal(row[column as keyof PayoutRow], value, column);
      }
      // What the writer decides on and what readers see is the same.
      assert.equal(row.status === 'reserved' ? 'requested' : row.status, state.status);
      if (state.status !== 'absent' && state.status !== 'rejected') {
        assert.equal(row.parked_reason, state.parked?.reason ?? null);
      }
      if (state.status === 'succeeded') {
        assert.equal(row.paid_minor, state.settled.paid.minor.toString());
        assert.equal(row.fee_minor, state.settled.fee.minor.toString());
      } else {
        assert.equal(row.paid, null);
      }
    });
  }

  it('stays cancelled when the reservation comes after the cancellation', () => {
    const history = new History();
    history.open('acc-1');
    const { requested, cancelled } = payoutEvents(1);
    const asked = history.append(requested);
    const taken = history.append(cancelled);
    const late = history.append({
      type: 'FundsReserved',
      data: {
        accountId: requested.data.accountId,
        payoutId: requested.data.payoutId,
        amount: requested.data.reserve,
        cause: { epoch: 1, position: asked.position, stream: 's', revision: '0' },
      },
    });
    let row: PayoutRow | undefined;
    for (const logged of [asked, taken, late]) {
      if (concernsPayoutRow(logged.event)) row = projectPayout(row, logged, logged.event);
    }
    assert.deepEqual([row?.status, row?.position], ['cancelled', taken.position]);
  });

  it('stops at an event that cannot follow', () => {
    const history = new History();
    const { requested, submitted } = payoutEvents(1);
    const first = history.append(submitted);
    assert.throws(() => projectPayout(undefined, first, submitted), UnprojectableEventError);
    const begun = history.append(requested);
    const row = projectPayout(undefined, begun, requested);
    assert.throws(() => projectPayout(row, history.append(requested), requested), {
      name: 'UnprojectableEventError',
      message: /PayoutRequested at 30 can't be projected: its payout has a row already; rebuild/,
    });
  });
});
