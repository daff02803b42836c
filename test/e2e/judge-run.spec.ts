import assert from 'node:assert/strict';
import { afterEach, beforeEach, describe, it } from 'node:test';
import { LedgerFolder, historyOf } from '#test/support/audit/ledger-folder';
import { payoutNumber } from '#test/support/read-models/history';
import { referenceOf } from '#domain/provider/reference';
import { LIVES } from '#test/support/read-models/history';
import { judgeRun } from '#demo/checker/judge-run';

const REVERSED_BACK = ['turned', 'turnedBack'];
const SUCCEEDED = ['succeeded', 'succeededUnheard', 'parkedThenPaid', ...REVERSED_BACK];
/** Paid twice by the provider: the domain posts it, the judge has to see it. */
const LIVES_OF_ONE_PAYMENT = Object.keys(LIVES).filter((life) => life !== 'mismatchThenPaid');

/** What the sandbox's book looks like when GoldenPay paid exactly those that succeeded. */
function bookOf(lives: readonly string[]): unknown {
  const paid = lives.flatMap((life, number) => (SUCCEEDED.includes(life) ? [number] : []));
  const vendor = 'goldenpay';
  return {
    orders: paid.map((number) => ({
      vendor,
      orderId: `ORDER ${number}`,
      merchantReference: referenceOf({ payoutId: payoutNumber(number), attempt: 1 }),
      idempotencyKey: null,
      beneficiary: `to ${number}`,
      amount: '12.50',
      currency: 'USD',
      fee: '0.25',
      status: 'success',
    })),
    movements: paid.map((number) => ({
      vendor,
      orderId: `ORDER ${number}`,
      kind: 'paid',
      amount: '12.50',
      fee: '0.25',
      currency: 'USD',
    })),
  };
}

describe('the judgement of what the real adapters wrote', () => {
  let ledger: LedgerFolder;
  beforeEach(() => {
    ledger = new LedgerFolder();
  });
  afterEach(() => ledger.dispose());

  it('agrees with the domain on every life of a payout', async () => {
    await ledger.write(historyOf(LIVES_OF_ONE_PAYMENT));
    const { byProvider, ...report } = judgeRun({
      dataFolder: ledger.path,
      book: bookOf(LIVES_OF_ONE_PAYMENT),
    });
    assert.deepEqual(report.findings, []);
    assert.deepEqual(
      [report.booksBalance, report.providersAgree, report.paidTwice, report.replayEqual],
      [true, true, 0, true],
    );
    assert.deepEqual(
      [
        report.payouts,
        report.succeeded,
        report.failed,
        report.rejected,
        report.cancelled,
        report.parked,
        report.open,
      ],
      [LIVES_OF_ONE_PAYMENT.length, 5, 1, 2, 1, 1, 5],
    );
    assert.equal(report.reversed, REVERSED_BACK.length);
    assert.equal(byProvider['goldenpay']?.payouts, LIVES_OF_ONE_PAYMENT.length);
  });

  it('says that a data folder without a ledger is none', () => {
    assert.throws(() => judgeRun({ dataFolder: ledger.path, book: { orders: [], movements: [] } }), {
      message: /there is no file .*ledger\.db: was the service started with this data folder\?/,
    });
  });
});
