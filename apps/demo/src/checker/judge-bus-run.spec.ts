import assert from 'node:assert/strict';
import { beforeEach, describe, it } from 'node:test';
import type { BusMessage } from './bus-message.js';
import type { SentCommand } from './check-replies.js';
import type { BusClaim } from './findings.js';
import { judgeBusRun, type BusRunReport } from './judge-bus-run.js';
import type { StoredEvent } from './stored-event.js';
import { ACCOUNT, FabricatedRun } from './testing/fabricated-run.js';

type Data = Record<string, unknown>;
interface Message extends BusMessage {
  readonly envelope: { id: string; type: string; data: Data };
}

/** The messages of a topic as they would lie in one partition. */
function topic(envelopes: readonly (Message['envelope'] & { readonly correlationId?: string })[]): Message[] {
  return envelopes.map(({ correlationId, ...envelope }, at) => ({
    partition: 3,
    offset: BigInt(at),
    key: ACCOUNT,
    headers: correlationId === undefined ? {} : { 'correlation-id': correlationId },
    envelope,
    value: Buffer.alloc(0),
  }));
}

/** As the broker gives them. */
function stored(messages: readonly Message[]): readonly BusMessage[] {
  return messages.map(({ envelope, ...message }) => ({
    ...message,
    value: Buffer.from(JSON.stringify({ specversion: '1.0', source: 'payout-ledger', ...envelope })),
  }));
}

describe('the judgement of a run over a bus', () => {
  let run: FabricatedRun;
  let sent: SentCommand[];
  let replies: Message[];
  let published: Message[];
  beforeEach(() => {
    run = new FabricatedRun();
    run.sent('paid', 'goldenpay');
    run.submitted('paid', 'G-1');
    run.succeeded('paid');
    run.turned('paid');
    run.sent('parks', 'revere');
    run.unknown('parks');
    run.parked('parks');
    run.rejected('poor', 'chainpay', 10_000_000);
    const ids = ['paid', 'parks', 'poor'];
    sent = ids.map((id) => ({ commandId: `ask-${id}`, type: 'RequestPayout', correlationId: `c-${id}` }));
    replies = topic(
      ids.map((id) => ({
        id: `reply-${id}`,
        type: 'payout.reply.v1',
        correlationId: `c-${id}`,
        data: {
          commandId: `ask-${id}`,
          outcome: id === 'poor' ? 'rejected' : 'accepted',
          payoutId: id,
          position: eventOf(id, id === 'poor' ? 'PayoutRejected' : 'PayoutRequested').position.toString(),
        },
      })),
    );
    published = topic([
      tellOf('paid', 'PayoutRequested', 'PayoutRequested', 'requested'),
      tellOf('paid', 'PayoutSubmitted', 'PayoutSubmitted', 'submitted'),
      tellOf('paid', 'PayoutStatusChanged', 'PayoutStatusChanged', 'succeeded'),
      tellOf('parks', 'PayoutRequested', 'PayoutRequested', 'requested'),
      tellOf('paid', 'PayoutReversed', 'PayoutReversed', 'failed'),
      tellOf('parks', 'PayoutParked', 'PayoutStatusChanged', 'parked'),
      tellOf('poor', 'PayoutRequested', 'PayoutRequested', 'requested'),
      tellOf('poor', 'PayoutRejected', 'PayoutStatusChanged', 'rejected'),
    ]);
  });

  function eventOf(id: string, type: string): StoredEvent {
    const found = run.events.find((event) => event.stream === `payout-${id}` && event.type === type);
    assert.ok(found !== undefined, `${id} has no ${type}`);
    return found;
  }

  function tellOf(id: string, type: string, name: string, status: string): Message['envelope'] {
    const { id: eventId, position, revision } = eventOf(id, type);
    const data = {
      payoutId: id,
      accountId: ACCOUNT,
      status,
      position: position.toString(),
      revision: revision.toString(),
    };
    return { id: eventId, type: `payout.event.${name}.v1`, data };
  }

  function judged(): BusRunReport {
    const { book, beneficiaries } = run;
    return judgeBusRun({
      run: run.run,
      book,
      beneficiaries,
      sent,
      replies: stored(replies),
      published: stored(published),
    });
  }

  function assertFalse(claim: BusClaim, finding: RegExp): void {
    const report = judged();
    const { everyCommandAnswered, publishedInOrder } = report;
    assert.deepEqual(
      { everyCommandAnswered, publishedInOrder },
      {
        everyCommandAnswered: claim !== 'everyCommandAnswered',
        publishedInOrder: claim !== 'publishedInOrder',
      },
      JSON.stringify(report.findings, null, 2),
    );
    const texts = report.findings.filter((one) => one.claim === claim).map(({ text }) => text);
    assert.ok(
      texts.some((text) => finding.test(text)),
      texts.join('\n'),
    );
  }

  it('finds nothing where everything was answered and told', () => {
    const { everyCommandAnswered, publishedInOrder, findings } = judged();
    const ofBus = findings.filter(
      ({ claim }) => claim === 'everyCommandAnswered' || claim === 'publishedInOrder',
    );
    assert.deepEqual([everyCommandAnswered, publishedInOrder, ofBus], [true, true, []]);
  });

  it('allows repeats, and an answer that was announced by held', () => {
    const [reply] = replies;
    assert.ok(reply !== undefined);
    const held = {
      ...reply,
      envelope: { ...reply.envelope, data: { ...reply.envelope.data, outcome: 'held' } },
    };
    replies = [held, ...replies, reply];
    published = topic([...published, ...published].map(({ envelope }) => envelope));
    const { everyCommandAnswered, publishedInOrder } = judged();
    assert.deepEqual([everyCommandAnswered, publishedInOrder], [true, true]);
  });

  describe('of the answers', () => {
    const change = (at: number, fields: Data): void => {
      Object.assign(replies[at]?.envelope.data ?? {}, fields);
    };
    it('misses one that never came', () => {
      replies.pop();
      assertFalse('everyCommandAnswered', /RequestPayout ask-poor was never answered/);
    });
    it('misses one that was only announced', () => {
      change(1, { outcome: 'held' });
      assertFalse('everyCommandAnswered', /ask-parks was held, and never answered/);
    });
    it('sees two that contradict each other', () => {
      const [reply] = replies;
      assert.ok(reply !== undefined);
      replies.push({
        ...reply,
        envelope: { ...reply.envelope, data: { ...reply.envelope.data, outcome: 'refused' } },
      });
      assertFalse('everyCommandAnswered', /ask-paid was answered as accepted, and as refused/);
    });
    it('sees one that came under another correlation id', () => {
      replies[0] = { ...(replies[0] as Message), headers: { 'correlation-id': 'another' } };
      assertFalse('everyCommandAnswered', /ask-paid was never answered with its correlation id/);
    });
    it('sees a promise that is not in the log', () => {
      change(0, { position: '4711' });
      assertFalse('everyCommandAnswered', /position 4711 doesn't hold it/);
    });
    it("sees a promise that is another payout's", () => {
      change(0, { position: eventOf('parks', 'PayoutRequested').position.toString() });
      assertFalse('everyCommandAnswered', /ask-paid was answered as accepted, and position/);
    });
    it('sees a payout that nobody asked for', () => {
      sent.pop();
      assertFalse('everyCommandAnswered', /payout-poor answers no command/);
    });
    it('sees what is no reply', () => {
      replies.push(...topic([{ id: 'x', type: 'payout.reply.v1', data: {} }]));
      assertFalse('everyCommandAnswered', /partition 3, offset 0 is none/);
    });
  });

  describe('of what other services were told', () => {
    const again = (): void => {
      published = topic(published.map(({ envelope }) => envelope));
    };
    it('misses an event that was left out', () => {
      published.splice(1, 1);
      assertFalse('publishedInOrder', /payout paid: PayoutSubmitted \(event-\d+\) was never told/);
    });
    it('misses the last one', () => {
      published.pop();
      assertFalse('publishedInOrder', /payout poor: PayoutRejected .* was never told/);
    });
    it('sees two in the wrong order', () => {
      [published[1], published[2]] = [published[2] as Message, published[1] as Message];
      again();
      assertFalse('publishedInOrder', /payout paid was told of in another order/);
    });
    it('sees what is not in the log', () => {
      published.push(
        ...topic([{ ...tellOf('paid', 'PayoutSubmitted', 'PayoutSubmitted', 'submitted'), id: 'invented' }]),
      );
      assertFalse('publishedInOrder', /payout paid: invented was told, and is not to be/);
    });
    it('sees a payout that is not in the log', () => {
      const data = { payoutId: 'ghost' };
      published.push(...topic([{ id: 'x', type: 'payout.event.PayoutRequested.v1', data }]));
      assertFalse('publishedInOrder', /payout ghost was told of/);
    });
    it('sees one payout in two partitions', () => {
      published[2] = { ...(published[2] as Message), partition: 4 };
      assertFalse('publishedInOrder', /payout paid was told of in 2 partitions/);
    });
    for (const [what, fields] of [
      ['another status', { status: 'submitted' }],
      ['another place', { position: '1' }],
      ['another revision', { revision: '7' }],
      ['another account', { accountId: 'acc-other' }],
    ] as const) {
      it(`sees ${what} than the log's`, () => {
        Object.assign(published[2]?.envelope.data ?? {}, fields);
        assertFalse(
          'publishedInOrder',
          /payout-paid: what partition 3, offset 2 tells of PayoutStatusChanged is not so/,
        );
      });
    }
    it('sees another key than the account', () => {
      published[2] = { ...(published[2] as Message), key: 'paid' };
      assertFalse('publishedInOrder', /is not so in the log/);
    });
  });
});
