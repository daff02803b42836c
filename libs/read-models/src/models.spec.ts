import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import fc from 'fast-check';
import { BOOKS, type Book } from '#domain/postings/postings';
import type { ReadModelDatabase } from './database.js';
import type { ReadModelTables } from './tables.js';
import { buildModels } from '#test/support/read-models/built-models';
import { History, instructionNumber, LIVES, payoutEvents, usd } from '#test/support/read-models/history';
import { SqliteReadModels } from '#test/support/read-models/sqlite-subject';

function balancesIn(dump: Readonly<Record<string, readonly object[]>>, accountId: string) {
  const rows = (dump['account_balances'] ?? []) as readonly ReadModelTables['account_balances'][];
  return Object.fromEntries(
    rows.filter((row) => row.account_id === accountId).map((row) => [row.book, row.amount]),
  ) as Record<Book, string>;
}

describe('the read models', () => {
  const models = new SqliteReadModels();
  let database: ReadModelDatabase;
  before(async () => {
    database = await models.open();
  });
  after(async () => {
    await models.close();
    await models.dispose();
  });

  it('keep the balances of an account by book', async () => {
    const history = new History();
    history.open('acc-1');
    history.instruct('acc-1', 1, { kind: 'deposit', amount: usd('1000.00') });
    history.instruct('acc-1', 2, {
      kind: 'correction',
      amount: { ...usd('5.00'), minor: -500n },
      reason: 'typo',
    });
    history.instruct('acc-1', 3, { kind: 'close' });
    for (const [index, name] of ['succeeded', 'parked', 'turnedBack', 'mismatchThenPaid'].entries()) {
      for (const step of LIVES[name] ?? []) history.happen(payoutEvents(index)[step]);
    }
    const dump = await buildModels(database, history, [500]);
    assert.deepEqual(balancesIn(dump, 'acc-1'), {
      deposits: '-1000.00',
      corrections: '5.00',
      available: '944.00',
      reserved: '13.00',
      difference: '0.00',
      paid: '50.00',
      fees: '0.75',
      'duplicate-payment': '-12.75',
    });
    const [account] = dump['accounts'] as readonly ReadModelTables['accounts'][];
    assert.deepEqual(
      [account?.status, account?.name, account?.currency, account?.opened_key],
      ['open', 'Account acc-1', 'USD', '00000000000000000010-00000000000000000010'],
    );
    const instructions = dump['account_instructions'] as readonly ReadModelTables['account_instructions'][];
    assert.deepEqual(
      instructions.map((row) => [row.instruction_id, row.kind, row.amount, row.status, row.reason]),
      [
        [instructionNumber(1), 'deposit', '1000.00', 'carried-out', null],
        [instructionNumber(2), 'correction', '-5.00', 'carried-out', null],
        [instructionNumber(3), 'close', null, 'refused', 'account-not-empty'],
      ],
    );
  });

  it('hold amounts that no integer of a database holds', async () => {
    const history = new History();
    history.open('big', 'USDT.BEP20');
    const minor = 10n ** 30n;
    const { currency } = payoutEvents(1, 'big').requested.data.amount;
    assert.equal(currency, 'USD');
    const account = history.account('big');
    assert.ok(account.status === 'open');
    history.instruct('big', 1, { kind: 'deposit', amount: { minor, currency: account.currency } });
    history.instruct('big', 2, { kind: 'deposit', amount: { minor: 1n, currency: account.currency } });
    const balances = balancesIn(await buildModels(database, history, [1]), 'big');
    assert.equal(balances.available, '1000000000000.000000000000000001');
    assert.equal(balances.deposits, '-1000000000000.000000000000000001');
  });

  it('show a closed account as closed', async () => {
    const history = new History();
    history.open('acc-1');
    history.instruct('acc-1', 1, { kind: 'close' });
    const dump = await buildModels(database, history, [500]);
    const [account] = dump['accounts'] as readonly ReadModelTables['accounts'][];
    assert.equal(account?.status, 'closed');
  });

  it('are the same whatever the size of the batches, and the books are those of the account', async () => {
    const lives = Object.values(LIVES);
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.tuple(fc.nat(lives.length - 1), fc.nat(1)), { minLength: 1, maxLength: 12 }),
        fc.infiniteStream(fc.nat(11)),
        fc.array(fc.integer({ min: 1, max: 9 }), { minLength: 1, maxLength: 20 }),
        async (chosen, picks, sizes) => {
          const history = new History();
          for (const [index, name] of ['acc-0', 'acc-1'].entries()) {
            history.open(name);
            history.instruct(name, index + 1, { kind: 'deposit', amount: usd('60.00') });
          }
          const waiting = chosen.map(([life, account], index) => {
            const events = payoutEvents(index, `acc-${account}`);
            return (lives[life] ?? []).map((step) => events[step]);
          });
          while (waiting.some((steps) => steps.length > 0)) {
            const steps = waiting[(picks.next().value ?? 0) % waiting.length];
            const event = steps?.shift();
            if (event === undefined || !mayHappen(history, event)) continue;
            history.happen(event);
          }
          const small = await buildModels(database, history, sizes);
          assert.deepEqual(small, await buildModels(database, history, [500]));
          for (const name of ['acc-0', 'acc-1']) {
            const account = history.account(name);
            assert.ok(account.status !== 'absent');
            const rows = small['account_balances'] as readonly ReadModelTables['account_balances'][];
            for (const book of BOOKS) {
              const row = rows.find((found) => found.account_id === name && found.book === book);
              assert.equal(row?.amount_minor, account.balances[book].minor.toString(), `${name} ${book}`);
            }
          }
        },
      ),
      { numRuns: 25 },
    );
  });
});

/** The account may have refused the reservation: a success would then contradict the ledger. */
function mayHappen(
  history: History,
  event: ReturnType<typeof payoutEvents>[keyof ReturnType<typeof payoutEvents>],
) {
  if (
    event.type !== 'PayoutStatusChanged' &&
    event.type !== 'PayoutReversed' &&
    event.type !== 'PayoutFeeChanged'
  ) {
    return true;
  }
  const refused = history.events.some(
    (logged) =>
      logged.event.type === 'FundsReservationRefused' && logged.event.data.payoutId === event.data.payoutId,
  );
  return !refused;
}
