import assert from 'node:assert/strict';
import { before, describe, it } from 'node:test';
import { accountId } from '#domain/ids';
import { logPosition } from '#domain/log-position';
import { InMemoryEventStore } from '#event-store/in-memory/in-memory-event-store';
import { isoTime } from '#platform/time/clock';
import { historyOf } from '#test/support/audit/ledger-folder';
import { payoutNumber, type LoggedEvent } from '#test/support/read-models/history';
import { writeLog } from '#test/support/read-models/log-writer';
import { AccountBalance } from './account-balance.js';

const ACCOUNT = accountId('acc-1');

describe('the balance of an account', () => {
  const store = new InMemoryEventStore();
  const balance = new AccountBalance(store);
  const events = historyOf(['succeeded', 'turned', 'parked', 'requested']);
  before(() => writeLog(store, events));

  const placeOf = (type: string): LoggedEvent => {
    const found = events.find(({ event }) => event.type === type);
    assert.ok(found);
    return found;
  };

  it('shows every book, the open reservations and the double entry', async () => {
    const { asOf, events: count, ...report } = await balance.of(ACCOUNT);
    assert.equal(count, 10);
    assert.equal(asOf.position, events.at(-1)?.position);
    assert.deepEqual(report, {
      accountId: 'acc-1',
      currency: 'USD',
      status: 'open',
      balances: {
        deposits: '-1000.00',
        corrections: '0.00',
        available: '948.75',
        reserved: '26.00',
        difference: '0.00',
        paid: '25.00',
        fees: '0.25',
        'duplicate-payment': '0.00',
      },
      openReservations: [
        { payoutId: payoutNumber(2), amount: '13.00' },
        { payoutId: payoutNumber(3), amount: '13.00' },
      ],
      check: {
        debits: '1103.25',
        credits: '1103.25',
        sumOfBooks: '0.00',
        reservations: '26.00',
        balanced: true,
      },
    });
  });

  it('is that of an earlier position, the position itself included', async () => {
    const { position } = placeOf('FundsReserved');
    const at = await balance.of(ACCOUNT, { kind: 'position', position });
    assert.deepEqual([at.balances.available, at.balances.reserved], ['987.00', '13.00']);
    const earlier = logPosition(String(Number(position) - 1));
    const before = await balance.of(ACCOUNT, { kind: 'position', position: earlier });
    assert.deepEqual([before.balances.available, before.balances.reserved], ['1000.00', '0.00']);
    assert.deepEqual(before.openReservations, []);
  });

  it('is that of an earlier time, the very millisecond included', async () => {
    const { recordedAt, position } = placeOf('FundsSettled');
    const at = await balance.of(ACCOUNT, { kind: 'time', time: recordedAt });
    assert.deepEqual(
      [at.balances.paid, at.asOf.position, at.asOf.recordedAt],
      ['12.50', position, isoTime(recordedAt)],
    );
    const before = await balance.of(ACCOUNT, { kind: 'time', time: recordedAt - 1 });
    assert.equal(before.balances.paid, '0.00');
  });

  it('refuses an unknown account, a moment before its opening and one after the end, each with the remedy', async () => {
    await assert.rejects(balance.of(accountId('nobody')), {
      name: 'UnknownAccountError',
      message: 'the log has no account nobody: check the id, and that this is its ledger',
    });
    await assert.rejects(balance.of(ACCOUNT, { kind: 'position', position: logPosition('0') }), {
      name: 'NotOpenedByThenError',
      message:
        'account acc-1 was opened later, at position 1 (2026-01-01T00:00:01.000Z): ask for that moment or a later one',
    });
    const end = String(events.length);
    await assert.rejects(
      balance.of(ACCOUNT, { kind: 'position', position: logPosition(String(events.length + 1)) }),
      {
        name: 'PositionAfterEndError',
        message: `position ${events.length + 1} lies after the end of the log, which is ${end}: ask for that one or an earlier one`,
      },
    );
  });
});
