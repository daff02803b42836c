import assert from 'node:assert/strict';
import { beforeEach, describe, it } from 'node:test';
import type { Claim } from './findings.js';
import { judge } from './judge-run.js';
import type { RunReport } from './run-report.js';
import type { StoredEvent } from './stored-event.js';
import { FabricatedRun, usd } from './testing/fabricated-run.js';

/** One payout of each kind, each with the way in which its order is found in the providers' book. */
function everyKind(): FabricatedRun {
  const run = new FabricatedRun();
  run.sent('by-number', 'dvpay');
  run.submitted('by-number', 'DV-1');
  run.succeeded('by-number');
  run.booked('dvpay', 'DV-1', 'by-number', ['paid']);

  run.sent('by-reference', 'goldenpay', 2_000);
  run.submitted('by-reference');
  run.succeeded('by-reference');
  run.booked('goldenpay', 'GP-1', 'by-reference', ['paid'], { merchantReference: 'REF-by-reference' });

  run.sent('lost', 'revere');
  run.unknown('lost');
  run.parked('lost');
  run.booked('revere', 'RV-1', 'lost', ['paid']);

  run.sent('failed', 'cashy');
  run.submitted('failed');
  run.failed('failed');
  run.booked('cashy', 'CA-1', 'failed', [], { merchantReference: 'ref-failed' });

  run.sent('turned', 'cashy');
  run.submitted('turned');
  run.succeeded('turned');
  run.turned('turned');
  run.booked('cashy', 'CA-2', 'turned', ['paid', 'returned'], { merchantReference: 'ref-turned' });

  run.rejected('rejected', 'chainpay', 10_000_000);
  run.requested('cancelled', 'chainpay');
  run.cancelled('cancelled');
  run.sent('open', 'chainpay');
  return run;
}

describe('the judgement of a run', () => {
  let run: FabricatedRun;
  beforeEach(() => {
    run = everyKind();
  });

  const judged = (): RunReport => judge(run.run, run.book, run.beneficiaries);

  /** Exactly these claims are false, and one of the findings reads so. */
  function assertFalse(claims: readonly Claim[], finding: RegExp): void {
    const report = judged();
    const texts = report.findings.map(({ claim, text }) => `${claim}: ${text}`);
    assert.deepEqual(
      {
        booksBalance: report.booksBalance,
        providersAgree: report.providersAgree,
        paidTwice: report.paidTwice > 0,
        replayEqual: report.replayEqual,
      },
      {
        booksBalance: !claims.includes('booksBalance'),
        providersAgree: !claims.includes('providersAgree'),
        paidTwice: claims.includes('paidTwice'),
        replayEqual: !claims.includes('replayEqual'),
      },
      texts.join('\n'),
    );
    assert.ok(
      texts.some((text) => finding.test(text)),
      `none of these is ${finding.source}:\n${texts.join('\n')}`,
    );
  }

  const isOf = (event: StoredEvent, type: string, payoutId: string): boolean =>
    event.type === type && event.data['payoutId'] === payoutId;

  function change(type: string, payoutId: string, data: Record<string, unknown>): void {
    assert.ok(run.events.some((event) => isOf(event, type, payoutId)));
    run.events = run.events.map((event) =>
      isOf(event, type, payoutId) ? { ...event, data: { ...event.data, ...data } } : event,
    );
  }

  /** Takes an event out and closes the gap in its stream, as someone would who wants to hide it. */
  function takeOut(type: string, payoutId: string): void {
    const gone = run.events.find((event) => isOf(event, type, payoutId));
    assert.ok(gone);
    run.events = run.events
      .filter((event) => event !== gone)
      .map((event) =>
        event.stream === gone.stream && event.revision > gone.revision
          ? { ...event, revision: event.revision - 1n }
          : event,
      );
  }

  it('is that everything holds when it does, with the right counts', () => {
    const { byProvider, ...report } = judged();
    assert.deepEqual(report, {
      payouts: 8,
      succeeded: 2,
      failed: 2,
      rejected: 1,
      cancelled: 1,
      parked: 1,
      open: 1,
      reversed: 1,
      booksBalance: true,
      providersAgree: true,
      paidTwice: 0,
      replayEqual: true,
      findings: [],
    });
    assert.deepEqual(Object.keys(byProvider), ['cashy', 'chainpay', 'dvpay', 'goldenpay', 'revere']);
    assert.deepEqual([byProvider['cashy']?.failed, byProvider['cashy']?.reversed], [2, 1]);
  });

  describe('of the books', () => {
    it('is false when a settlement is missing', () => {
      takeOut('FundsSettled', 'by-number');
      assertFalse(
        ['booksBalance', 'replayEqual'],
        /booksBalance: payout by-number .*paid 0 .* 1000 by its events/,
      );
    });

    it('is false when money that came back was never returned', () => {
      takeOut('FundsReturned', 'turned');
      assertFalse(['booksBalance', 'replayEqual'], /payout turned \(failed\): paid 1000 .* 0 by its events/);
    });

    it('is false when a reservation was never released', () => {
      takeOut('FundsReleased', 'cancelled');
      assertFalse(['booksBalance', 'replayEqual'], /account acc-usd: .* are reserved, open payouts hold/);
    });

    it('is false when an event is cut out of a stream', () => {
      run.events = run.events.filter((event) => !isOf(event, 'FundsReservationRefused', 'rejected'));
      assertFalse(['booksBalance'], /account-acc-usd: revision \d+ at position \d+, where/);
    });

    it('is false when the debits of an event are not its credits', () => {
      change('FundsSettled', 'by-number', { fee: usd(21) });
      assertFalse(['booksBalance', 'replayEqual'], /FundsSettled has debits of 1050 and credits of 1051/);
      assertFalse(['booksBalance', 'replayEqual'], /USD: debits of/);
    });

    it('is false when an event is carried out twice', () => {
      const settled = run.events.find((event) => isOf(event, 'FundsReturned', 'turned'));
      assert.ok(settled);
      run.add(settled.stream, settled.type, { ...settled.data });
      assertFalse(['booksBalance', 'replayEqual'], /FundsReturned carries out position \d+ a second time/);
    });

    it('is false when an account was overdrawn, unless a reclaim did it and says so', () => {
      run.payout('open', 'PayoutDuplicatePaid', { paid: usd(0), fee: usd(0) });
      run.account('FundsReclaimed', { payoutId: 'open', paid: usd(99_999), fee: usd(0), overdraws: false });
      assertFalse(['booksBalance', 'replayEqual'], /FundsReclaimed leaves -\d+ available and says otherwise/);
      change('FundsReclaimed', 'open', { overdraws: true });
      assert.ok(!judged().findings.some(({ text }) => text.includes('says otherwise')));
      run.account('FundsReserved', { payoutId: 'open', amount: usd(1) });
      assertFalse(['booksBalance', 'replayEqual'], /FundsReserved overdraws the account/);
    });

    it('is false when a deposit was not carried out, or with another amount', () => {
      run.add('instruction-i2', 'AccountInstructionGiven', {
        accountId: 'acc-usd',
        instructionId: 'i2',
        instruction: { kind: 'deposit', amount: usd(500) },
      });
      assertFalse(['booksBalance'], /instruction i2 was neither carried out nor refused/);
      run.account('FundsDeposited', { instructionId: 'i2', amount: usd(501) });
      assertFalse(['booksBalance', 'replayEqual'], /instruction i2 is over 500 minor units, 501 were moved/);
    });

    it('is false when a history is impossible', () => {
      run.payout('by-number', 'PayoutSubmissionStarted', { provider: 'dvpay', reference: 'ref-again' });
      assertFalse(
        ['booksBalance', 'providersAgree', 'replayEqual'].filter(
          (claim) => claim !== 'providersAgree',
        ) as Claim[],
        /PayoutSubmissionStarted while it is succeeded/,
      );
    });

    it('is false when an event is of no known kind', () => {
      run.payout('open', 'PayoutTeleported');
      assertFalse(['booksBalance'], /PayoutTeleported is not an event of a payout/);
    });
  });

  describe('of the providers', () => {
    it('is false when a success was never paid', () => {
      run.movements.splice(0, 1);
      assertFalse(['providersAgree'], /payout by-number succeeded; the provider paid it 0 times/);
    });

    it('is false when a failed payout was paid', () => {
      run.booked('cashy', 'CA-9', 'failed', ['paid'], { merchantReference: 'ref-failed' });
      assertFalse(['providersAgree'], /payout failed is failed; the provider paid it: cashy CA-9/);
    });

    it('is false when a cancelled or rejected payout was paid', () => {
      run.booked('chainpay', 'CP-1', 'cancelled', ['paid']);
      assertFalse(['providersAgree'], /payout cancelled is cancelled; the provider paid it/);
    });

    it('is false when a return was not noticed', () => {
      run.movements.push({ ...run.movements[0], kind: 'returned' });
      assertFalse(['providersAgree'], /payout by-number succeeded; the provider paid it 0 times/);
    });

    it('is false when the provider paid another amount or currency', () => {
      run.movements[0] = { ...run.movements[0], amount: '10.01' };
      assertFalse(['providersAgree'], /we have 10\.00 USD as paid, the provider 10\.01/);
      run.movements[0] = { ...run.movements[0], amount: '10', currency: 'KHR' };
      assertFalse(['providersAgree'], /payout by-number was paid in KHR, not in USD/);
    });

    it('takes the same amount with other decimals for the same', () => {
      run.movements[0] = { ...run.movements[0], amount: '10' };
      assert.equal(judged().providersAgree, true);
    });

    it('is false when money moved that belongs to no payout', () => {
      run.booked('dvpay', 'DV-9', 'stranger', ['paid']);
      assertFalse(['providersAgree'], /dvpay's order DV-9 moved money and is none of our payouts/);
    });

    it('is false when money moved for an order that is not there', () => {
      run.orders.splice(0, 1);
      assertFalse(['providersAgree'], /money moved for an order that isn't in the book: dvpay DV-1/);
    });

    it('is false when a payment went to the beneficiary of another payout', () => {
      run.booked('goldenpay', 'GP-7', 'by-reference', [], {});
      run.sent('neighbour', 'goldenpay');
      run.orders[1] = { ...run.orders[1], beneficiary: 'to-neighbour' };
      assertFalse(
        ['providersAgree'],
        /is payout by-reference's by its number, and went to the beneficiary of neighbour/,
      );
    });
  });

  describe('of double payments', () => {
    it('counts a second payment under our reference', () => {
      run.booked('goldenpay', 'GP-2', 'by-reference', ['paid'], { merchantReference: 'ref-by-reference' });
      assertFalse(['providersAgree', 'paidTwice'], /paidTwice: payout by-reference was paid 2 times/);
      assert.equal(judged().paidTwice, 1);
    });

    it('counts it without knowing any beneficiary', () => {
      run.booked('goldenpay', 'GP-2', 'by-reference', ['paid'], { merchantReference: 'ref-by-reference' });
      run.beneficiaries.clear();
      assert.equal(judged().paidTwice, 1);
    });

    it("counts a beneficiary's second payment that goes by another payout's number", () => {
      run.sent('neighbour', 'dvpay');
      run.submitted('neighbour', 'DV-5');
      run.booked('dvpay', 'DV-5', 'by-number', ['paid']);
      assertFalse(['providersAgree', 'paidTwice'], /paidTwice: payout by-number was paid 2 times/);
    });

    it('counts a second payment that only the beneficiary tells', () => {
      run.booked('dvpay', 'DV-2', 'by-number', ['paid']);
      assertFalse(['providersAgree', 'paidTwice'], /payout by-number was paid 2 times/);
    });

    it('counts a lost payout that was paid twice', () => {
      run.booked('revere', 'RV-2', 'lost', ['paid']);
      assertFalse(['providersAgree', 'paidTwice'], /payout lost was paid 2 times/);
    });

    it('counts nothing that was returned', () => {
      run.booked('revere', 'RV-2', 'lost', ['paid', 'returned']);
      assert.deepEqual([judged().paidTwice, judged().providersAgree], [0, true]);
    });

    it('guesses nothing where several payouts go to one beneficiary', () => {
      run.sent('same-place', 'dvpay');
      run.beneficiaries.set('same-place', 'to-by-number');
      run.beneficiaries.set('by-number', 'to-by-number');
      assert.deepEqual([judged().paidTwice, judged().providersAgree], [0, true]);
      run.booked('dvpay', 'DV-8', 'by-number', ['paid']);
      assertFalse(['providersAgree'], /dvpay's order DV-8 moved money and is none of our payouts/);
    });
  });

  describe('of the read models', () => {
    it('is false when a status differs', () => {
      run.row('failed')['status'] = 'succeeded';
      assertFalse(['replayEqual'], /table payouts, failed: status is succeeded, the log says failed/);
    });

    it('is false when a paid amount or a balance differs', () => {
      run.row('by-number')['paid_minor'] = '999';
      assertFalse(['replayEqual'], /by-number: paid_minor is 999, the log says 1000/);
      run.row('by-number')['paid_minor'] = '1000';
      run.balances['available'] = 1;
      assertFalse(['replayEqual'], /account_balances, acc-usd available: amount_minor is 1, the log says/);
    });

    it('is false when a row is missing or made up', () => {
      const [first, ...others] = run.payoutRows;
      run.payoutRows.splice(0, run.payoutRows.length, ...others);
      assertFalse(['replayEqual'], /table payouts has no row of by-number/);
      run.payoutRows.push({ ...first }, { ...first, payout_id: 'made-up' });
      assertFalse(['replayEqual'], /table payouts has a row of made-up, which the log doesn't know/);
    });
  });

  it('refuses a book that is none', () => {
    assert.throws(() => judge(run.run, { orders: [] }, run.beneficiaries), { name: 'UnreadableBookError' });
    assert.throws(() => judge(run.run, { orders: [{ vendor: 1 }], movements: [] }, run.beneficiaries), {
      message: 'orders[0].vendor is not text',
    });
  });

  it('stops at stored JSON that has not the documented shape', () => {
    change('FundsSettled', 'by-number', { paid: 10 });
    assert.throws(judged, {
      name: 'MalformedEventError',
      message: /FundsSettled at position .*: paid is not money/,
    });
  });
});
