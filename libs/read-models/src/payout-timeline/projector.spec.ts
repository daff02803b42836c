import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { History, LIVES, payoutEvents, payoutNumber, usd } from '#test/support/read-models/history';
import { concernsTimeline, projectTimeline, TIMELINE_TYPES } from './projector.js';
import type { TimelineRow } from './row.js';

function timelineOf(steps: readonly (keyof ReturnType<typeof payoutEvents>)[]): readonly TimelineRow[] {
  const history = new History();
  history.open('acc-1');
  history.instruct('acc-1', 1, { kind: 'deposit', amount: usd('1000.00') });
  for (const step of steps) history.happen(payoutEvents(1)[step]);
  return history.events.flatMap((logged) =>
    concernsTimeline(logged.event) ? [projectTimeline(logged, logged.event)] : [],
  );
}

describe('the timeline of a payout', () => {
  it('has the events of the payout and of its money, in order', () => {
    const rows = timelineOf(['requested', 'started', 'submitted', 'succeeded', 'turnedToFailed']);
    assert.deepEqual(
      rows.map((row): unknown[] => [row.type, JSON.parse(row.summary)]),
      [
        [
          'PayoutRequested',
          {
            accountId: 'acc-1',
            provider: 'goldenpay',
            payeeId: 'payee-1',
            beneficiaryKind: 'bank-account',
            amount: '12.50',
            reserve: '13.00',
            currency: 'USD',
          },
        ],
        ['FundsReserved', { amount: '13.00', currency: 'USD' }],
        [
          'PayoutSubmissionStarted',
          { attempt: 1, provider: 'goldenpay', reference: rows[2] && referenceIn(rows[2]) },
        ],
        [
          'PayoutSubmitted',
          { attempt: 1, orderId: 'ORDER 1', rawStatus: 'PENDING', recognised: true, source: 'answer' },
        ],
        [
          'PayoutStatusChanged',
          {
            attempt: 1,
            from: 'submitted',
            to: 'succeeded',
            rawStatus: 'RAW',
            source: 'answer',
            paid: '12.50',
            fee: '0.25',
            currency: 'USD',
          },
        ],
        [
          'FundsSettled',
          {
            reserved: '13.00',
            paid: '12.50',
            fee: '0.25',
            released: '0.25',
            difference: '0.00',
            currency: 'USD',
          },
        ],
        [
          'PayoutReversed',
          {
            attempt: 1,
            from: 'succeeded',
            to: 'failed',
            rawStatus: 'RAW',
            source: 'answer',
            reason: 'returned',
            paid: '12.50',
            fee: '0.25',
            currency: 'USD',
          },
        ],
        ['FundsReturned', { paid: '12.50', fee: '0.25', currency: 'USD' }],
      ],
    );
    assert.ok(rows.every((row) => row.payout_id === payoutNumber(1)));
    assert.deepEqual(
      rows.map((row) => row.position_key),
      rows.map((row) => row.position_key).toSorted(),
    );
    assert.deepEqual([rows[0]?.at, rows[0]?.position], ['2026-01-01T00:00:04.000Z', '40']);
  });

  it('says something of every event of every life, and nothing sealed or hashed', () => {
    const seen = new Set<string>();
    for (const steps of Object.values(LIVES)) {
      for (const row of timelineOf(steps)) {
        seen.add(row.type);
        assert.notEqual(row.summary, '{}', row.type);
        assert.doesNotMatch(row.summary, /SEALED|sealed|f{64}/, row.type);
      }
    }
    const unseen = [...TIMELINE_TYPES].filter((type) => !seen.has(type));
    assert.deepEqual(
      unseen,
      ['FundsReservationRefused', 'FundsFeeAdjusted'].filter((type) => !seen.has(type)),
    );
  });
});

function referenceIn(row: TimelineRow): string {
  return /"reference":"([^"]+)"/.exec(row.summary)?.[1] ?? 'none';
}
