import { describe, it } from 'node:test';
import assert from 'node:assert/strict';
import * as account from '#test/support/account-fixtures';
import { causeAt, fact, OTHER_PAYOUT } from '#test/support/account-fixtures';
import { books, givenAccount } from '#test/support/given';
import * as payout from '#test/support/payout-fixtures';
import { requested, succeeded, usd } from '#test/support/payout-fixtures';
import { RESERVATION_REFUSALS, type AccountEvent } from '../account/events.js';
import { foldAccount, ImpossibleAccountHistoryError } from '../account/state.js';
import { currencyCode } from '../money/currency.js';
import { parseMoney } from '../money/money.js';
import { accountOf, concernsFunds, ledgerStep, LedgerContradictionError } from './ledger-process.js';

const EUR = currencyCode('EUR');
const funded = [account.opened(), account.deposited(1, '500.00')];
const holding = [...funded, account.reserved(2)];

describe('a reservation', () => {
  it('moves what the payout needs from available to reserved', () => {
    const { after } = givenAccount(funded).when(fact(2, requested()));
    assert.deepEqual(books(after), { deposits: '-50000', available: '39800', reserved: '10200' });
    givenAccount(funded)
      .when(fact(2, requested()))
      .then([account.reserved(2)]);
  });

  it('may take the last cent, and no more', () => {
    givenAccount([account.opened(), account.deposited(1, '102.00')])
      .when(fact(2, requested()))
      .then([account.reserved(2)]);
    givenAccount([account.opened(), account.deposited(1, '101.99')])
      .when(fact(2, requested()))
      .then([account.reservationRefused(2, 'insufficient-funds', '101.99')]);
  });

  it('is refused for the first reason that applies, in the order of RESERVATION_REFUSALS', () => {
    const inEuros = requested({
      amount: parseMoney('100.00', EUR),
      reserve: parseMoney('102.00', EUR),
    });
    const overdrawn: AccountEvent[] = [account.opened(), account.reclaimed(1, true, '300.00')];
    const steps = [
      ledgerStep(foldAccount([...overdrawn, account.closed(2)]), fact(3, inEuros)),
      ledgerStep(foldAccount([...overdrawn, account.closed(2)]), fact(3, requested())),
      ledgerStep(foldAccount(overdrawn), fact(3, requested())),
      ledgerStep(foldAccount([account.opened()]), fact(3, requested())),
    ];
    const reasons = steps.map((step) =>
      'event' in step && step.event.type === 'FundsReservationRefused' ? step.event.data.reason : step,
    );
    assert.deepEqual(reasons, RESERVATION_REFUSALS);
  });

  it('leaves the books as they were when it is refused', () => {
    const { after } = givenAccount([account.opened()]).when(fact(2, requested()));
    assert.deepEqual(books(after), {});
  });
});

describe('a settlement', () => {
  /** What was reserved (100.00 and 2.00 for the fee) ends as paid, fee, released and difference. */
  const CASES: readonly (readonly [
    what: string,
    said: { paid: string; fee: string },
    parts: Parameters<typeof account.settled>[1],
  ])[] = [
    [
      'exact, with the fee that was reserved',
      { paid: '100.00', fee: '2.00' },
      { paid: '100.00', fee: '2.00' },
    ],
    [
      'exact, with a smaller fee',
      { paid: '100.00', fee: '0.50' },
      { paid: '100.00', fee: '0.50', released: '1.50' },
    ],
    ['exact, without a fee', { paid: '100.00', fee: '0.00' }, { paid: '100.00', released: '2.00' }],
    [
      'with a larger fee than was reserved',
      { paid: '100.00', fee: '3.00' },
      { paid: '100.00', fee: '3.00', difference: '-1.00' },
    ],
    ['paid less', { paid: '90.00', fee: '2.00' }, { paid: '90.00', fee: '2.00', difference: '10.00' }],
    [
      'paid less, with a smaller fee',
      { paid: '90.00', fee: '0.50' },
      { paid: '90.00', fee: '0.50', released: '1.50', difference: '10.00' },
    ],
    ['paid more', { paid: '110.00', fee: '2.00' }, { paid: '110.00', fee: '2.00', difference: '-10.00' }],
    ['paid nothing', { paid: '0.00', fee: '0.00' }, { paid: '0.00', released: '2.00', difference: '100.00' }],
  ];
  for (const [what, said, parts] of CASES) {
    it(`${what}: nothing of the reservation is lost`, () => {
      const success = succeeded({ paid: usd(said.paid), fee: usd(said.fee) });
      const settled = givenAccount(holding).when(fact(3, success));
      settled.then([account.settled(3, parts)]);
      const { after } = settled;
      assert.ok(after.status === 'open');
      assert.equal(after.holds.size, 0);
      assert.equal(after.balances.reserved.minor, 0n);
    });
  }

  it('of a fee that was taken out of the amount leaves no difference', () => {
    const history = [...funded, account.reserved(2, '100.00')];
    givenAccount(history)
      .when(fact(3, succeeded({ paid: usd('98.00'), fee: usd('2.00') })))
      .then([account.settled(3, { reserved: '100.00', paid: '98.00', fee: '2.00' })]);
  });

  it('without a reservation contradicts the log, and stops', () => {
    const state = foldAccount(funded);
    assert.throws(() => ledgerStep(state, fact(3, succeeded())), LedgerContradictionError);
    const facts = { paid: undefined, ordered: undefined } as const;
    for (const missing of ['paid', 'ordered'] as const) {
      const event = succeeded({ [missing]: facts[missing] });
      assert.throws(() => ledgerStep(foldAccount(holding), fact(3, event)), LedgerContradictionError);
    }
  });
});

describe('a release', () => {
  for (const event of [payout.rejectedByAccount(), payout.cancelled(), payout.failed(), payout.concluded()]) {
    const what = event.type === 'PayoutStatusChanged' ? `${event.type} from ${event.data.from}` : event.type;
    it(`after ${what} gives the whole reservation back`, () => {
      givenAccount(holding)
        .when(fact(3, event))
        .then([account.released(3)]);
      const { after } = givenAccount(holding).when(fact(3, event));
      assert.deepEqual(books(after), { deposits: '-50000', available: '50000' });
    });
    it(`after ${what} is nothing when nothing was reserved`, () => {
      givenAccount(funded).when(fact(3, event)).thenIgnored('nothing was reserved');
    });
  }

  it('gives back the reservation of its own payout only', () => {
    const both = [...funded, account.reserved(2), account.reserved(3, '50.00', OTHER_PAYOUT)];
    const { after } = givenAccount(both).when(fact(4, payout.failed()));
    assert.deepEqual(books(after), { deposits: '-50000', available: '45000', reserved: '5000' });
  });
});

describe('a payout that turned', () => {
  const paid = [...holding, account.settled(3, { paid: '100.00', fee: '2.00' })];
  const released = [...holding, account.released(3)];

  it('success to failure returns what was settled, with the fee', () => {
    const turned = givenAccount(paid).when(fact(4, payout.turnedToFailure({ fee: usd('2.00') })));
    turned.then([account.returned(4, '100.00', '2.00')]);
    assert.deepEqual(books(turned.after), { deposits: '-50000', available: '50000' });
  });

  it('failure to success reclaims it, and says that it doesn’t overdraw', () => {
    const turned = givenAccount(released).when(fact(4, payout.turnedToSuccess({ fee: usd('2.00') })));
    turned.then([account.reclaimed(4, false, '100.00', '2.00')]);
    assert.deepEqual(books(turned.after), {
      deposits: '-50000',
      available: '39800',
      paid: '10000',
      fees: '200',
    });
  });

  it('may overdraw: it says so, and the account refuses reservations until it is covered', () => {
    const poor = [...released, account.corrected(4, '-450.00')];
    const turned = givenAccount(poor).when(fact(5, payout.turnedToSuccess()));
    turned.then([account.reclaimed(5, true)]);
    const overdrawn = [...poor, account.reclaimed(5, true)];
    givenAccount(overdrawn)
      .when(fact(6, requested()))
      .then([account.reservationRefused(6, 'account-overdrawn', '-50.00')]);
    givenAccount([...overdrawn, account.deposited(6, '152.00')])
      .when(fact(7, requested()))
      .then([account.reserved(7)]);
  });

  it('to the last cent doesn’t overdraw', () => {
    const exact = [...released, account.corrected(4, '-400.00')];
    givenAccount(exact)
      .when(fact(5, payout.turnedToSuccess()))
      .then([account.reclaimed(5, false)]);
  });

  it('reaches a closed account as well', () => {
    const closed = [...released, account.corrected(4, '-500.00'), account.closed(5)];
    givenAccount(closed)
      .when(fact(6, payout.turnedToSuccess()))
      .then([account.reclaimed(6, true)]);
  });
});

describe('a fee, and a second payment', () => {
  const paid = [...holding, account.settled(3, { paid: '100.00', fee: '0.00', released: '2.00' })];

  it('that changed moves the difference, either way', () => {
    givenAccount(paid)
      .when(fact(4, payout.feeChanged()))
      .then([account.feeAdjusted(4, '1.50')]);
    const less = givenAccount([...paid, account.feeAdjusted(4, '1.50')]).when(
      fact(5, payout.feeChanged({ from: usd('1.50'), to: usd('1.00') })),
    );
    less.then([account.feeAdjusted(5, '-0.50')]);
    assert.deepEqual(books(less.after), {
      deposits: '-50000',
      available: '39900',
      paid: '10000',
      fees: '100',
    });
  });

  it('that must not happen is posted against nobody’s money', () => {
    const twice = givenAccount(paid).when(fact(4, payout.duplicatePaid({ fee: usd('1.00') })));
    twice.then([account.duplicatePosted(4, '100.00', '1.00')]);
    assert.deepEqual(books(twice.after), {
      deposits: '-50000',
      available: '40000',
      paid: '20000',
      fees: '100',
      'duplicate-payment': '-10100',
    });
  });
});

describe('an instruction', () => {
  const instructed = account.instructed;

  it('deposit adds', () => {
    givenAccount([account.opened()])
      .when(fact(1, instructed({ kind: 'deposit', amount: usd('500.00') })))
      .then([account.deposited(1, '500.00')]);
  });

  it('correction adds and takes away, and makes no overdraft', () => {
    const correction = (amount: string) =>
      fact(2, instructed({ kind: 'correction', amount: usd(amount), reason: 'bank fee' }));
    givenAccount(funded)
      .when(correction('1.00'))
      .then([account.corrected(2, '1.00')]);
    givenAccount(funded)
      .when(correction('-500.00'))
      .then([account.corrected(2, '-500.00')]);
    givenAccount(funded)
      .when(correction('-500.01'))
      .then([account.instructionRefused(2, 'would-overdraw')]);
    const overdrawn = [account.opened(), account.reclaimed(1, true)];
    givenAccount(overdrawn)
      .when(correction('1.00'))
      .then([account.corrected(2, '1.00')]);
  });

  it('close closes an account that is empty', () => {
    givenAccount([account.opened()])
      .when(fact(1, instructed({ kind: 'close' })))
      .then([account.closed(1)]);
    givenAccount([...holding, account.released(3), account.corrected(4, '-500.00')])
      .when(fact(5, instructed({ kind: 'close' })))
      .then([account.closed(5)]);
  });

  const NOT_EMPTY: readonly (readonly [string, readonly AccountEvent[]])[] = [
    ['available', funded],
    ['reserved', [account.opened(), account.deposited(1, '102.00'), account.reserved(2)]],
    [
      'a difference',
      [
        account.opened(),
        account.deposited(1, '102.00'),
        account.reserved(2),
        account.settled(3, { paid: '90.00', fee: '2.00', difference: '10.00' }),
      ],
    ],
    ['an overdraft', [account.opened(), account.reclaimed(1, true)]],
  ];
  for (const [what, history] of NOT_EMPTY) {
    it(`close is refused while there is ${what}`, () => {
      givenAccount(history)
        .when(fact(9, instructed({ kind: 'close' })))
        .then([account.instructionRefused(9, 'account-not-empty')]);
    });
  }

  it('about a closed account is refused, whatever it is', () => {
    for (const instruction of [
      { kind: 'deposit', amount: usd('1.00') },
      { kind: 'correction', amount: usd('1.00'), reason: 'x' },
      { kind: 'close' },
    ] as const) {
      givenAccount([account.opened(), account.closed(1)])
        .when(fact(2, instructed(instruction)))
        .then([account.instructionRefused(2, 'account-closed')]);
    }
  });
});

describe('exactly once', () => {
  it('a cause that comes again is recognised by its position, for ever', () => {
    for (const again of [1, 2]) {
      givenAccount(holding).when(fact(again, requested())).thenIgnored('carried out already');
    }
  });

  it('an older epoch is behind every position of a newer one', () => {
    const later: AccountEvent = {
      type: 'FundsDeposited',
      data: {
        accountId: payout.ACCOUNT,
        cause: causeAt(5, 2),
        instructionId: account.INSTRUCTION,
        amount: usd('500.00'),
      },
    };
    const state = foldAccount([account.opened(), later]);
    const at = (position: number, epoch: number) =>
      ledgerStep(state, { cause: causeAt(position, epoch), event: requested() });
    assert.deepEqual(at(900, 1), { ignored: 'carried out already' });
    assert.deepEqual(at(5, 2), { ignored: 'carried out already' });
    assert.ok('event' in at(6, 2));
    assert.ok('event' in at(1, 3));
  });

  it('two causes of a batch see each other', () => {
    const second = requested({ payoutId: OTHER_PAYOUT });
    givenAccount([account.opened(), account.deposited(1, '102.00')])
      .when(fact(2, requested()), fact(3, second), fact(4, payout.cancelled()), fact(5, second))
      .then([
        account.reserved(2),
        {
          type: 'FundsReservationRefused',
          data: {
            accountId: payout.ACCOUNT,
            cause: causeAt(3),
            payoutId: OTHER_PAYOUT,
            requested: usd('102.00'),
            available: usd('0.00'),
            reason: 'insufficient-funds',
          },
        },
        account.released(4),
        account.reserved(5, '102.00', OTHER_PAYOUT),
      ]);
  });

  it('a batch that is handed over again changes nothing', () => {
    const facts = [fact(2, requested()), fact(3, succeeded())] as const;
    const first = givenAccount(funded).when(...facts);
    givenAccount([...funded, ...first.events])
      .when(...facts)
      .then([]);
  });

  it('a batch leads to the same as its facts one by one', () => {
    const facts = [
      fact(2, requested()),
      fact(3, payout.failed()),
      fact(4, payout.turnedToSuccess()),
    ] as const;
    const { after } = givenAccount(funded).when(...facts);
    let history: readonly AccountEvent[] = funded;
    for (const one of facts) history = [...history, ...givenAccount(history).when(one).events];
    assert.deepEqual(foldAccount(history), after);
  });

  it('an account that nobody opened has no stream to write to', () => {
    givenAccount([]).when(fact(1, requested())).thenIgnored('account was never opened');
  });
});

describe('what concerns the funds', () => {
  it('is known by its type, and names the account', () => {
    const all = [
      ...Object.values(payout.HISTORIES).flat(),
      payout.turnedToFailure(),
      payout.feeChanged(),
      payout.duplicatePaid(),
      payout.parked(),
      payout.resolved(),
      account.instructed({ kind: 'close' }),
    ];
    const types = new Set(all.filter(concernsFunds).map(({ type }) => type));
    assert.deepEqual([...types].sort(), [
      'AccountInstructionGiven',
      'PayoutCancelled',
      'PayoutDuplicatePaid',
      'PayoutFeeChanged',
      'PayoutRejected',
      'PayoutRequested',
      'PayoutReversed',
      'PayoutStatusChanged',
    ]);
    for (const event of all.filter(concernsFunds)) assert.equal(accountOf(event), payout.ACCOUNT);
  });
});

describe('an account history that can’t have happened', () => {
  const IMPOSSIBLE: readonly (readonly [string, readonly AccountEvent[]])[] = [
    ['funds before the account', [account.deposited(1, '1.00')]],
    ['a second opening', [account.opened(), account.opened()]],
    ['a cause twice', [...funded, account.deposited(1, '1.00')]],
    ['causes out of order', [account.opened(), account.deposited(2, '1.00'), account.deposited(1, '1.00')]],
    ['a second reservation of one payout', [...holding, account.reserved(3)]],
    ['a release of what isn’t held', [...funded, account.released(2)]],
    ['a release of a part', [...holding, account.released(3, '101.00')]],
    ['a settlement of a part', [...holding, account.settled(3, { reserved: '100.00', paid: '100.00' })]],
  ];
  for (const [what, history] of IMPOSSIBLE) {
    it(`stops the reader: ${what}`, () => {
      assert.throws(() => foldAccount(history), ImpossibleAccountHistoryError);
    });
  }
});
