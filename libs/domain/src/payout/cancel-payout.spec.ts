import { describe, it } from 'node:test';
import assert from 'node:assert/strict';
import { givenPayout } from '#test/support/given';
import {
  aRequest,
  cancel,
  cancelled,
  commandIdOf,
  contentOf,
  HISTORIES,
  parked,
  refusedCommand,
  requested,
  start,
  type HistoryName,
} from '#test/support/payout-fixtures';
import type { RefusalReason } from './rejections.js';

describe('CancelPayout', () => {
  it('cancels before the first send', () => {
    givenPayout([requested()])
      .when(cancel({ reason: 'wrong payee' }))
      .then({ events: [cancelled({ reason: 'wrong payee' })], answer: { outcome: 'accepted' } });
  });

  it('ends the payout: a send that was about to start is not started', () => {
    const { state } = givenPayout([requested()]).when(cancel());
    assert.equal(state.status, 'cancelled');
    givenPayout(HISTORIES.cancelled).when(start()).then({ ignored: 'payout is cancelled' });
  });

  it('asks nobody to look at a payout that was parked before it was cancelled', () => {
    const { state } = givenPayout([requested(), parked({ reason: 'beneficiary-unreadable' })]).when(cancel());
    assert.ok(state.status === 'cancelled');
    assert.equal(state.parked, undefined);
  });

  const REFUSED: readonly (readonly [HistoryName, RefusalReason])[] = [
    ['rejected', 'already-rejected'],
    ['cancelled', 'already-cancelled'],
    ['requested, attempt dead', 'already-submitted'],
    ['submitting', 'already-submitted'],
    ['submitting, deferred', 'already-submitted'],
    ['submitted', 'already-submitted'],
    ['unknown', 'already-submitted'],
    ['succeeded', 'already-final'],
    ['failed', 'already-final'],
  ];
  for (const [status, reason] of REFUSED) {
    it(`is refused as ${reason} when the payout is ${status}, and the refusal is recorded`, () => {
      const command = cancel({ commandId: commandIdOf('cancel-2') });
      givenPayout(HISTORIES[status])
        .when(command)
        .then({
          events: [refusedCommand({ commandId: commandIdOf('cancel-2'), reason })],
          answer: { outcome: 'refused', reason },
        });
    });
  }

  it('of a payout that nobody requested is refused and leaves no stream behind', () => {
    givenPayout([])
      .when(cancel())
      .then({ answer: { outcome: 'refused', reason: 'unknown-payout' } });
  });
});

describe('CancelPayout again', () => {
  it('is answered as before, although the payout is cancelled by now', () => {
    givenPayout(HISTORIES.cancelled)
      .when(cancel())
      .then({ answer: { outcome: 'accepted' } });
  });

  it('gives a recorded refusal again, and records it once', () => {
    givenPayout([...HISTORIES.submitted, refusedCommand()])
      .when(cancel())
      .then({ answer: { outcome: 'refused', reason: 'already-submitted' } });
  });

  it('gives a recorded refusal of a rejected payout again', () => {
    givenPayout([...HISTORIES.rejected, refusedCommand({ reason: 'already-rejected' })])
      .when(cancel())
      .then({ answer: { outcome: 'refused', reason: 'already-rejected' } });
  });

  it('with other content is refused before anything else is looked at', () => {
    const other = cancel({ fingerprint: contentOf('another reason') });
    for (const history of [HISTORIES.cancelled, [...HISTORIES.submitted, refusedCommand()]]) {
      givenPayout(history)
        .when(other)
        .then({ answer: { outcome: 'refused', reason: 'command-id-reused' } });
    }
  });

  it("under the request's own command id is refused as reused", () => {
    givenPayout([requested()])
      .when(cancel({ commandId: aRequest().commandId }))
      .then({ answer: { outcome: 'refused', reason: 'command-id-reused' } });
  });
});
