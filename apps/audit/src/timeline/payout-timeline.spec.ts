import assert from 'node:assert/strict';
import { before, describe, it } from 'node:test';
import { evidenceHash } from '#domain/ids';
import { encodeEvent } from '#domain/codec/stored-event';
import { encodeMetadata } from '#domain/codec/metadata';
import { evidenceStream, payoutStream } from '#domain/streams';
import { InMemoryEventStore } from '#event-store/in-memory/in-memory-event-store';
import { historyOf } from '#test/support/audit/ledger-folder';
import { payoutNumber, START, type LoggedEvent } from '#test/support/read-models/history';
import { storedForm, writeLog } from '#test/support/read-models/log-writer';
import { PayoutTimeline } from './payout-timeline.js';
import { timelineText } from './timeline-text.js';

const STORED = evidenceHash('a'.repeat(64));
const OTHER_ID = '3f1c7d52-64c0-4a55-9d2c-0f6d0a7b9e31';
const LOST = evidenceHash('b'.repeat(64));

describe('the timeline of a payout', () => {
  const store = new InMemoryEventStore();
  const timeline = new PayoutTimeline(store);
  // Two payouts on one account, so that the events of the other have to be left out.
  const events = historyOf(['parkedThenPaid', 'parked', 'rejectedAtOnce']).map(withEvidence);
  before(async () => {
    await writeLog(store, events);
    const { type, version, data } = encodeEvent({
      type: 'EvidenceStored',
      data: {
        provider: 'goldenpay',
        what: 'exchange',
        sealedFor: { kind: 'intake' },
        sealed: 'SEALED',
        storedAt: START,
      },
    });
    const caller = { subject: 'ledger', issuer: 'test', authenticatedBy: 'process' };
    const metadata = encodeMetadata({
      version,
      causationId: 'x',
      correlationId: 'x',
      caller,
      recordedAt: START,
    });
    await store.append(evidenceStream(STORED), 'no-stream', [{ id: OTHER_ID, type, data, metadata }]);
  });

  it('has its own events and those of the account that name it, in log order', async () => {
    const { events: entries, ...rest } = await timeline.of(payoutNumber(0));
    assert.deepEqual(rest, { payoutId: payoutNumber(0), accountId: 'acc-1', status: 'succeeded' });
    assert.deepEqual(
      entries.map(({ position, stream, revision, type }) => [position, stream, revision, type]),
      events
        .filter(({ event: { data } }) => 'payoutId' in data && data.payoutId === payoutNumber(0))
        .map(({ position, stream, revision, event }) => [position, stream, revision.toString(), event.type]),
    );
    assert.deepEqual(
      entries.map(({ type }) => type),
      [
        'PayoutRequested',
        'FundsReserved',
        'PayoutSubmissionStarted',
        'PayoutSubmissionUnknown',
        'PayoutParked',
        'PayoutStatusChanged',
        'FundsSettled',
      ],
    );
  });

  it('says when, by whom and why each happened', async () => {
    const { events: entries } = await timeline.of(payoutNumber(0));
    const [requested, reserved] = entries;
    assert.ok(requested && reserved);
    const { position, stream, revision } = requested;
    assert.deepEqual(reserved.cause, { position, stream, revision });
    assert.equal(requested.cause, undefined);
    assert.equal(requested.recordedAt, '2026-01-01T00:00:04.000Z');
    assert.deepEqual(
      [requested.causationId, requested.correlationId, requested.caller.subject, requested.version],
      ['test', 'test', 'test', 1],
    );
    assert.deepEqual(requested.data['amount'], { minor: '1250', exponent: 2, currency: 'USD' });
  });

  it('shows which evidence is in the log, and which is missing', async () => {
    const { events: entries } = await timeline.of(payoutNumber(0));
    const byType = new Map(entries.map(({ type, evidence }) => [type, evidence]));
    assert.deepEqual(byType.get('PayoutSubmissionUnknown'), {
      hash: STORED,
      stored: { position: String(events.length + 1), what: 'exchange', storedAt: '2026-01-01T00:00:00.000Z' },
    });
    assert.deepEqual(byType.get('PayoutStatusChanged'), { hash: LOST });
    assert.equal(byType.get('PayoutRequested'), undefined);
  });

  it('tells what a payout is parked for, and the reason of a rejected one', async () => {
    const parked = await timeline.of(payoutNumber(1));
    assert.deepEqual([parked.status, parked.parked], ['unknown', 'not-final-in-time']);
    const rejected = await timeline.of(payoutNumber(2));
    assert.deepEqual([rejected.status, rejected.accountId, rejected.events.length], ['rejected', 'acc-1', 1]);
  });

  it('reads as text without the sealed beneficiary', async () => {
    const text = timelineText(await timeline.of(payoutNumber(0)));
    assert.match(text, /^payout 00000000-0000-5000-8000-000000000000 of account acc-1: succeeded\n/);
    assert.match(text, /PayoutRequested {2}\(payout-.*, revision 0\)\n.*amount 12\.50 USD/);
    assert.match(text, /caused by position 4 \(payout-00000000-0000-5000-8000-000000000000, revision 0\)/);
    assert.match(text, new RegExp(`evidence ${LOST} is NOT in the log`));
    assert.doesNotMatch(text, /SEALED/);
  });

  it('refuses an unknown payout with the remedy', async () => {
    await assert.rejects(timeline.of(payoutNumber(99)), {
      name: 'UnknownPayoutError',
      message:
        /^the log has no payout 00000000-0000-5000-8000-000000000063: check the id .* that this is its ledger$/,
    });
  });

  it('stops at what it cannot read, and names the place', async () => {
    const broken = new InMemoryEventStore();
    const [, , , request] = events;
    assert.ok(request);
    const stored = storedForm(request);
    await broken.append(payoutStream(payoutNumber(0)), 'no-stream', [
      stored,
      { ...stored, id: OTHER_ID, type: 'PayoutTeleported' },
    ]);
    await assert.rejects(new PayoutTimeline(broken).of(payoutNumber(0)), {
      name: 'UnreadableLogError',
      position: '2',
      revision: 1n,
      message: /position 2 .*PayoutTeleported.*unknown event type/,
    });
  });
});

function withEvidence(logged: LoggedEvent): LoggedEvent {
  const { event } = logged;
  if (event.type === 'PayoutSubmissionUnknown')
    return { ...logged, event: { ...event, data: { ...event.data, evidence: STORED } } };
  if (event.type === 'PayoutStatusChanged')
    return { ...logged, event: { ...event, data: { ...event.data, evidence: LOST } } };
  return logged;
}
