import { describe, it } from 'node:test';
import assert from 'node:assert/strict';
import { givenPayout } from '#test/support/given';
import {
  aRequest,
  contentOf,
  HISTORIES,
  rejectedAtOnce,
  rejectedByAccount,
  request,
  requested,
  terms,
  usd,
} from '#test/support/payout-fixtures';
import { currencyCode } from '../money/currency.js';
import { parseMoney } from '../money/money.js';
import { RESERVATION_REFUSALS } from '../account/events.js';
import { REJECTION_REASONS, type RejectionReason } from './rejections.js';
import type { RequestPayout } from './commands.js';

const EUR = currencyCode('EUR');

describe('RequestPayout', () => {
  it('is accepted, and reserves the amount with the fee that the provider may put on top', () => {
    givenPayout([])
      .when(request({ terms: terms({ feeReserve: usd('3.50') }) }))
      .then({ events: [requested({ reserve: usd('103.50') })], answer: { outcome: 'accepted' } });
  });

  it('reserves the amount alone where the provider takes no fee on top', () => {
    givenPayout([])
      .when(request({ terms: terms({ feeReserve: usd('0.00') }) }))
      .then([requested({ reserve: usd('100.00') })]);
  });

  for (const edge of ['1.00', '1000.00']) {
    it(`takes ${edge}, the edge of the provider's limits`, () => {
      const decided = givenPayout([]).when(request({ request: aRequest({ amount: usd(edge) }) })).decided;
      assert.deepEqual(decided.answer, { outcome: 'accepted' });
    });
  }

  for (const outside of ['0.99', '1000.01']) {
    it(`rejects ${outside}, which lies outside`, () => {
      givenPayout([])
        .when(request({ request: aRequest({ amount: usd(outside) }) }))
        .then({
          events: [
            rejectedAtOnce({
              reason: 'amount-outside-provider-limits',
              detail: 'goldenpay pays 1.00 to 1000.00 USD at once',
              request: aRequest({ amount: usd(outside) }),
            }),
          ],
          answer: {
            outcome: 'rejected',
            reason: 'amount-outside-provider-limits',
            detail: 'goldenpay pays 1.00 to 1000.00 USD at once',
          },
        });
    });
  }

  it('keeps a rejected request in the event, so that the command is known again', () => {
    const given = givenPayout([]).when(request({ account: 'unknown' }));
    given.then({
      events: [rejectedAtOnce()],
      answer: { outcome: 'rejected', reason: 'unknown-account', detail: 'no account acme-usd was opened' },
    });
    assert.equal(given.state.status, 'rejected');
  });

  it('takes whole units only where the provider pays no decimals', () => {
    const whole = terms({ decimals: 0 });
    const accepted = givenPayout([]).when(request({ terms: whole })).decided;
    assert.equal(accepted.answer?.outcome, 'accepted');
    const { answer } = givenPayout([]).when(
      request({ request: aRequest({ amount: usd('100.50') }), terms: whole }),
    ).decided;
    assert.deepEqual(answer, {
      outcome: 'rejected',
      reason: 'amount-too-precise-for-provider',
      detail: 'goldenpay pays USD with 0 decimals',
    });
  });
});

describe('the documented order of rejections', () => {
  /** Everything is wrong with the first; each later one has one thing less wrong. */
  const worst: RequestPayout = request({
    request: aRequest({ amount: usd('5000.55') }),
    terms: 'provider-not-set-up',
    beneficiaryProblem: 'the bank code is missing',
    account: 'unknown',
  });
  const tooPrecise = { ...worst, terms: terms({ decimals: 0 }) };
  const outside = { ...tooPrecise, request: aRequest({ amount: usd('5000.00') }) };
  const notPayable = { ...outside, request: aRequest() };
  const { beneficiaryProblem: _none, ...unknownAccount } = notPayable;
  const otherCurrency: RequestPayout = { ...unknownAccount, account: { currency: EUR } };

  const STEPS: readonly (readonly [RejectionReason, RequestPayout])[] = [
    ['provider-unavailable', worst],
    ['currency-not-paid-by-provider', { ...worst, terms: 'currency-not-paid' }],
    ['amount-too-precise-for-provider', tooPrecise],
    ['amount-outside-provider-limits', outside],
    ['beneficiary-not-payable', notPayable],
    ['unknown-account', unknownAccount],
    ['account-currency-differs', otherCurrency],
  ];

  it('names the first reason that applies, whatever else is wrong', () => {
    const seen = STEPS.map(([, command]) => {
      const { answer } = givenPayout([]).when(command).decided;
      return answer?.outcome === 'rejected' ? answer.reason : answer?.outcome;
    });
    assert.deepEqual(
      seen,
      STEPS.map(([reason]) => reason),
    );
  });

  it('walks REJECTION_REASONS: first the seven of the request, then those of the funding account', () => {
    const account = RESERVATION_REFUSALS.filter((reason) => reason !== 'account-currency-differs');
    assert.deepEqual(REJECTION_REASONS, [...STEPS.map(([reason]) => reason), ...account]);
  });

  it('has nothing left to reject at the end', () => {
    const { answer } = givenPayout([]).when({
      ...otherCurrency,
      account: { currency: usd('1').currency },
    }).decided;
    assert.equal(answer?.outcome, 'accepted');
  });

  it('compares limits in the payout currency only: other terms are a defect, not an answer', () => {
    const foreign = terms({ min: parseMoney('1.00', EUR) });
    assert.throws(() => givenPayout([]).when(request({ terms: foreign })), RangeError);
  });
});

describe('RequestPayout again', () => {
  for (const status of ['requested', 'cancelled', 'submitting', 'unknown', 'succeeded', 'failed'] as const) {
    it(`gives the first answer of a payout that is ${status} by now`, () => {
      givenPayout(HISTORIES[status])
        .when(request())
        .then({ answer: { outcome: 'accepted' } });
    });
  }

  it('gives the first rejection again, although the account exists by now', () => {
    givenPayout([rejectedAtOnce()])
      .when(request())
      .then({
        answer: { outcome: 'rejected', reason: 'unknown-account', detail: 'no account acme-usd was opened' },
      });
  });

  it('was accepted, and stays so, although the funding account rejected the payout later', () => {
    givenPayout([requested(), rejectedByAccount()])
      .when(request())
      .then({ answer: { outcome: 'accepted' } });
  });

  for (const status of ['requested', 'rejected', 'succeeded'] as const) {
    it(`with other content is refused by name, and leaves no trace (${status})`, () => {
      const other = aRequest({ amount: usd('999.00'), fingerprint: contentOf('other') });
      givenPayout(HISTORIES[status])
        .when(request({ request: other }))
        .then({ answer: { outcome: 'refused', reason: 'command-id-reused' } });
    });
  }
});

describe('RejectPayout, after the funding account refused', () => {
  const reject = {
    type: 'RejectPayout',
    reason: 'insufficient-funds',
    detail: 'the account said no',
  } as const;

  it('rejects a payout of which nothing was sent', () => {
    givenPayout([requested()]).when(reject).then([rejectedByAccount()]);
  });

  for (const status of ['absent', 'rejected', 'cancelled', 'submitting', 'submitted', 'succeeded'] as const) {
    it(`is ignored when the payout is ${status}`, () => {
      givenPayout(HISTORIES[status])
        .when(reject)
        .then({ ignored: `payout is ${status}` });
    });
  }

  it('is ignored after an attempt: the funds were reserved once', () => {
    givenPayout(HISTORIES['requested, attempt dead']).when(reject).then({ ignored: 'payout is requested' });
  });
});
