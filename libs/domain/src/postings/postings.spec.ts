import { describe, it } from 'node:test';
import assert from 'node:assert/strict';
import * as account from '#test/support/account-fixtures';
import { ACCOUNT, USD, usd } from '#test/support/payout-fixtures';
import type { AccountEvent, AccountEventOf } from '../account/events.js';
import { accountShapes } from '../account/events.js';
import { decodeEvent, encodeEvent } from '../codec/stored-event.js';
import { currencyCode } from '../money/currency.js';
import { formatMoney, parseMoney } from '../money/money.js';
import { BOOKS, emptyBalances, post, postings, UnbalancedPostingsError } from './postings.js';

/** Each event with its double entry: `book debit amount` and `book credit amount`. */
const TABLE: readonly (readonly [AccountEvent, readonly string[]])[] = [
  [account.opened(), []],
  [account.closed(1), []],
  [account.instructionRefused(1, 'would-overdraw'), []],
  [account.reservationRefused(1, 'insufficient-funds', '0.00'), []],
  [account.deposited(1, '500.00'), ['deposits debit 500.00', 'available credit 500.00']],
  [account.corrected(1, '5.00'), ['corrections debit 5.00', 'available credit 5.00']],
  [account.corrected(1, '-5.00'), ['corrections credit 5.00', 'available debit 5.00']],
  [account.corrected(1, '0.00'), []],
  [account.reserved(1), ['available debit 102.00', 'reserved credit 102.00']],
  [account.released(1), ['reserved debit 102.00', 'available credit 102.00']],
  [
    account.settled(1, { paid: '90.00', fee: '1.00', released: '1.00', difference: '10.00' }),
    [
      'reserved debit 102.00',
      'paid credit 90.00',
      'fees credit 1.00',
      'available credit 1.00',
      'difference credit 10.00',
    ],
  ],
  [
    account.settled(1, { paid: '110.00', fee: '2.00', difference: '-10.00' }),
    ['reserved debit 102.00', 'paid credit 110.00', 'fees credit 2.00', 'difference debit 10.00'],
  ],
  [
    account.returned(1, '100.00', '2.00'),
    ['paid debit 100.00', 'available credit 100.00', 'fees debit 2.00', 'available credit 2.00'],
  ],
  [
    account.reclaimed(1, true, '100.00', '2.00'),
    ['available debit 100.00', 'paid credit 100.00', 'available debit 2.00', 'fees credit 2.00'],
  ],
  [account.feeAdjusted(1, '1.50'), ['available debit 1.50', 'fees credit 1.50']],
  [account.feeAdjusted(1, '-1.50'), ['available credit 1.50', 'fees debit 1.50']],
  [
    account.duplicatePosted(1, '100.00', '1.00'),
    [
      'duplicate-payment debit 100.00',
      'paid credit 100.00',
      'duplicate-payment debit 1.00',
      'fees credit 1.00',
    ],
  ],
];

describe('postings', () => {
  for (const [event, expected] of TABLE) {
    it(`of ${event.type}: ${expected.join(', ') || 'none'}`, () => {
      const entries = postings(event);
      assert.deepEqual(
        entries.map(({ book, side, amount }) => `${book} ${side} ${formatMoney(amount)}`),
        expected,
      );
      for (const { accountId, amount } of entries) {
        assert.equal(accountId, ACCOUNT);
        assert.ok(amount.minor > 0n);
      }
      const signed = entries.map(({ side, amount }) => (side === 'debit' ? amount.minor : -amount.minor));
      assert.equal(
        signed.reduce((sum, amount) => sum + amount, 0n),
        0n,
      );
    });
  }

  it('are known for every account event', () => {
    assert.deepEqual(new Set(TABLE.map(([{ type }]) => type)), new Set(Object.keys(accountShapes)));
  });

  it('move the balances, whose sum stays zero', () => {
    let balances = emptyBalances(USD);
    for (const [event] of TABLE) {
      balances = post(balances, postings(event));
      assert.equal(
        BOOKS.reduce((sum, book) => sum + balances[book].minor, 0n),
        0n,
      );
    }
  });

  it('in another currency are refused', () => {
    const euros = { ...account.deposited(1, '1.00') } as AccountEventOf<'FundsDeposited'>;
    const amount = parseMoney('1.00', currencyCode('EUR'));
    const foreign: AccountEvent = { ...euros, data: { ...euros.data, amount } };
    assert.throws(() => post(emptyBalances(USD), postings(foreign)), /EUR posted to an account in USD/);
  });
});

describe('an event whose parts are not its whole', () => {
  const parts = { paid: '100.00', fee: '1.00', released: '0.50', difference: '0.00' };
  const wrong = account.settled(1, parts);

  it('stops the writer and the reader', () => {
    assert.throws(() => postings(wrong), UnbalancedPostingsError);
    assert.throws(() => encodeEvent(wrong), UnbalancedPostingsError);
    const right = encodeEvent(account.settled(1, { ...parts, released: '1.00' }));
    const cent = { minor: '49', exponent: 2, currency: 'USD' };
    assert.throws(
      () => decodeEvent({ type: right.type, data: { ...right.data, released: cent } }, 1),
      UnbalancedPostingsError,
    );
  });

  it('does so for each part, by a single cent', () => {
    const settled = account.settled(1, { ...parts, released: '1.00' }) as AccountEventOf<'FundsSettled'>;
    assert.ok(postings(settled));
    for (const part of ['reserved', 'paid', 'fee', 'released', 'difference'] as const) {
      for (const off of [1n, -1n]) {
        const minor = settled.data[part].minor + off;
        const data = { ...settled.data, [part]: { ...usd('0.00'), minor } };
        assert.throws(() => postings({ ...settled, data }), UnbalancedPostingsError, part);
      }
    }
  });

  it('doesn’t balance one currency with another', () => {
    const settled = account.settled(1, { paid: '102.00' }) as AccountEventOf<'FundsSettled'>;
    const euros = parseMoney('102.00', currencyCode('EUR'));
    assert.throws(
      () => postings({ ...settled, data: { ...settled.data, paid: euros } }),
      UnbalancedPostingsError,
    );
  });
});
