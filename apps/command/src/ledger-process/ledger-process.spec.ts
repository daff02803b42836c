import assert from 'node:assert/strict';
import { beforeEach, describe, it } from 'node:test';
import type { AccountEvent } from '#domain/account/events';
import { foldAccount, type AccountState } from '#domain/account/state';
import { decodeMetadata } from '#domain/codec/metadata';
import { isAccountEvent, type DomainEvent } from '#domain/codec/stored-event';
import { accountId, payoutId, type AccountId, type PayoutId } from '#domain/ids';
import { accountStream, instructionStream, payoutStream } from '#domain/streams';
import {
  AppendOutcomeUnknownError,
  type EventStore,
  type NewEvent,
  type NonEmpty,
  type RecordedEvent,
} from '#event-store/event-store';
import { InMemoryEventStore } from '#event-store/in-memory/in-memory-event-store';
import { ManualClock } from '#test/support/manual-clock';
import { INSTRUCTION, instructed, opened } from '#test/support/account-fixtures';
import { ACCOUNT, aRequest, requested, succeeded, usd, USD } from '#test/support/payout-fixtures';
import { passTimeUntil } from '#test/support/command/virtual-time';
import { decodeRecorded, EventEncoding } from '../streams/event-encoding.js';
import { LedgerProcess } from './ledger-process.js';

const CALLER = { subject: 'payroll', issuer: 'test', authenticatedBy: 'test' };
const OTHER_ACCOUNT = accountId('other-usd');

/** Counts appends, and may answer as a store does whose connection broke. */
class WatchedStore extends InMemoryEventStore {
  readonly appends: { stream: string; events: number }[] = [];
  /** Of the next appends: done, but nobody hears of it. */
  unheard = 0;
  beforeAppend: (() => Promise<void>) | undefined;

  override async append(...args: Parameters<EventStore['append']>) {
    const [stream, , events] = args;
    this.appends.push({ stream, events: events.length });
    const before = this.beforeAppend;
    this.beforeAppend = undefined;
    await before?.();
    const result = await super.append(...args);
    if (this.unheard > 0) {
      this.unheard -= 1;
      throw new AppendOutcomeUnknownError('the connection broke');
    }
    return result;
  }
}

describe('the ledger process', () => {
  let clock: ManualClock;
  let store: WatchedStore;
  let ledger: LedgerProcess;
  let encoding: EventEncoding;

  beforeEach(async () => {
    clock = new ManualClock();
    store = new WatchedStore();
    encoding = new EventEncoding(clock);
    ledger = another();
    await write(accountStream(ACCOUNT), opened());
    await write(instructionStream(INSTRUCTION), instructed({ kind: 'deposit', amount: usd('1000000.00') }));
  });

  /** A second copy of the process, with nothing in memory. */
  const another = (): LedgerProcess => new LedgerProcess(store, new EventEncoding(clock), clock);
  const number = (index: number): PayoutId =>
    payoutId(`00000000-0000-4000-8000-${String(index).padStart(12, '0')}`);

  async function write(stream: string, ...events: readonly DomainEvent[]): Promise<void> {
    let next = 0n;
    for await (const recorded of store.readStream(stream)) next = recorded.revision + 1n;
    const context = {
      caller: CALLER,
      causationId: `test of ${stream}`,
      correlationId: `correlation of ${stream}`,
    };
    const encoded = events.map((event, index) =>
      encoding.encode(event, stream, next + BigInt(index), context, undefined),
    );
    await store.append(
      stream,
      next === 0n ? 'no-stream' : next - 1n,
      encoded as unknown as NonEmpty<NewEvent>,
    );
  }

  const request = (index: number, account: AccountId = ACCOUNT, amount = '10.00'): Promise<void> =>
    write(
      payoutStream(number(index)),
      requested({
        ...aRequest({ payoutId: number(index), accountId: account, amount: usd(amount) }),
        reserve: usd(amount),
      }),
    );

  const log = () => store.readAll({ limit: 100_000 });

  async function accountEvents(account: AccountId = ACCOUNT): Promise<readonly AccountEvent[]> {
    const events: DomainEvent[] = [];
    for await (const recorded of store.readStream(accountStream(account)))
      events.push(decodeRecorded(recorded));
    return events.filter(isAccountEvent);
  }

  async function balances(account: AccountId = ACCOUNT) {
    const state: AccountState = foldAccount(await accountEvents(account));
    if (state.status === 'absent') throw new Error('no account');
    const { available, reserved, paid } = state.balances;
    return { available: available.minor, reserved: reserved.minor, paid: paid.minor };
  }

  it('carries a batch out in log order, and names each cause', async () => {
    await request(1);
    await request(2, ACCOUNT, '20.00');
    const batch = await log();
    await ledger.handle(batch);
    assert.deepEqual(
      (await accountEvents()).map(({ type }) => type),
      ['AccountOpened', 'FundsDeposited', 'FundsReserved', 'FundsReserved'],
    );
    assert.deepEqual(await balances(), { available: 99_997_000n, reserved: 3_000n, paid: 0n });
    const causes = batch.filter(({ stream }) => !stream.startsWith('account-'));
    const carriedOut = (await log()).filter(
      ({ stream, revision }) => stream === accountStream(ACCOUNT) && revision > 0n,
    );
    for (const [index, recorded] of carriedOut.entries()) {
      const cause = causes[index];
      const metadata = decodeMetadata(recorded.metadata);
      assert.equal(metadata.causationId, cause?.id);
      assert.equal(metadata.correlationId, `correlation of ${cause?.stream}`);
      assert.equal(metadata.caller.subject, 'ledger-process');
      const event = decodeRecorded(recorded);
      assert.deepEqual('cause' in event.data && event.data.cause, {
        epoch: 1,
        position: cause?.position,
        stream: cause?.stream,
        revision: '0',
      });
    }
  });

  it('a batch that comes again changes nothing, to the same copy and to another', async () => {
    await request(1);
    const batch = await log();
    await ledger.handle(batch);
    const length = (await log()).length;
    await ledger.handle(batch);
    await another().handle(batch);
    await another().handle(batch.slice(-1));
    assert.equal((await log()).length, length);
  });

  it('a batch that comes again in part goes on where it ended', async () => {
    await request(1);
    const half = await log();
    await ledger.handle(half);
    await request(2);
    await another().handle(await log());
    assert.deepEqual((await balances()).reserved, 2_000n);
  });

  it('appends once for each account, whatever the batch holds for it', async () => {
    await write(accountStream(OTHER_ACCOUNT), opened({ accountId: OTHER_ACCOUNT }));
    for (let index = 0; index < 40; index += 1)
      await request(index, index % 2 === 0 ? ACCOUNT : OTHER_ACCOUNT);
    const batch = await log();
    store.appends.length = 0;
    await ledger.handle(batch);
    assert.deepEqual(
      store.appends.map(({ stream, events }) => [stream, events]),
      [
        [accountStream(ACCOUNT), 21],
        [accountStream(OTHER_ACCOUNT), 20],
      ],
    );
    assert.deepEqual((await balances()).reserved, 20_000n);
    // The other one has no funds: every reservation is refused, each by itself.
    const refused = (await accountEvents(OTHER_ACCOUNT)).filter(
      ({ type }) => type === 'FundsReservationRefused',
    );
    assert.equal(refused.length, 20);
  });

  it('more than 400 facts of one account take more than one append, and each is carried out once', async () => {
    for (let index = 0; index < 1_000; index += 1) await request(index, ACCOUNT, '1.00');
    const batch = await log();
    store.appends.length = 0;
    await ledger.handle(batch);
    assert.deepEqual(
      store.appends.map(({ events }) => events),
      [400, 400, 201],
    );
    assert.deepEqual((await balances()).reserved, 100_000n);
    await another().handle(batch);
    assert.deepEqual((await balances()).reserved, 100_000n);
  });

  for (const [name, ofBatch] of [
    ['the same batch', (batch: readonly RecordedEvent[]) => batch],
    // Other events at the same revision: the append conflicts.
    ['a part of it', (batch: readonly RecordedEvent[]) => batch.slice(0, 1)],
  ] as const) {
    it(`with another copy that carries out ${name} in between, each fact is carried out once`, async () => {
      await request(1);
      const first = await log();
      await ledger.handle(first);
      await request(2);
      await request(3);
      const batch = (await log()).slice(first.length).filter(({ stream }) => stream.startsWith('payout-'));
      assert.equal(batch.length, 2);
      // Between its decision and its append.
      store.beforeAppend = () => another().handle(ofBatch(batch));
      await ledger.handle(batch);
      assert.deepEqual(await balances(), { available: 99_997_000n, reserved: 3_000n, paid: 0n });
      assert.equal((await accountEvents()).filter(({ type }) => type === 'FundsReserved').length, 3);
      // Its memory is right again.
      await request(4);
      await ledger.handle((await log()).slice(-1));
      assert.equal((await balances()).reserved, 4_000n);
    });
  }

  it('an append that nobody heard of is made again, and counts once', async () => {
    await request(1);
    store.unheard = 2;
    const handled = ledger.handle(await log()).then(() => true);
    let done = false;
    void handled.then(() => (done = true));
    assert.ok(await passTimeUntil(clock, () => done, 60_000));
    assert.equal((await balances()).reserved, 1_000n);
    assert.equal((await accountEvents()).filter(({ type }) => type === 'FundsReserved').length, 1);
  });

  it('overdraws nothing: of two that do not fit together the first one in the log is reserved', async () => {
    await request(1, ACCOUNT, '600000.00');
    await request(2, ACCOUNT, '600000.00');
    await ledger.handle(await log());
    const events = await accountEvents();
    assert.deepEqual(
      events
        .slice(2)
        .map((event) => [event.type, 'payoutId' in event.data ? event.data.payoutId : undefined]),
      [
        ['FundsReserved', number(1)],
        ['FundsReservationRefused', number(2)],
      ],
    );
  });

  it('writes nothing for an account that nobody opened, and goes on', async () => {
    await request(1, accountId('nobody'));
    await request(2);
    await ledger.handle(await log());
    assert.deepEqual(await accountEvents(accountId('nobody')), []);
    assert.equal((await balances()).reserved, 1_000n);
  });

  it('stops at a success for which nothing is reserved, rather than guess', async () => {
    await write(
      payoutStream(number(9)),
      succeeded({
        payoutId: number(9),
        accountId: ACCOUNT,
        paid: usd('1.00'),
        ordered: usd('1.00'),
        fee: { minor: 0n, currency: USD },
      }),
    );
    await assert.rejects(ledger.handle(await log()), { name: 'LedgerContradictionError' });
    assert.equal((await balances()).paid, 0n);
  });
});
