import assert from 'node:assert/strict';
import type { AccountEvent, InstructionEvent } from '#domain/account/events';
import { evolveAccount, foldAccount, type AccountState, type OpenedAccount } from '#domain/account/state';
import { decodeEvent, encodeEvent } from '#domain/codec/stored-event';
import type { PayoutId } from '#domain/ids';
import type { PayoutEvent } from '#domain/payout/events';
import { evolvePayout } from '#domain/payout/evolve';
import { ABSENT, type PayoutState } from '#domain/payout/state';
import { BOOKS } from '#domain/postings/postings';
import { concernsFunds, ledgerStep, type FundsFact } from '#domain/processes/ledger-process';
import { causeAt, deposited, opened } from './account-fixtures.js';

/**
 * Some payouts, one funding account and the log between them, as values: what is written is stored, read back and
 * folded, and the ledger follows in log order. The books are checked at every step.
 */
export interface LedgerWorld {
  readonly payouts: ReadonlyMap<PayoutId, PayoutState>;
  readonly account: OpenedAccount;
  /** Log position of the last event. */
  readonly at: number;
  /** All that ever concerned the funds, in log order. */
  readonly facts: readonly FundsFact[];
  /** What of it wasn't handed to the ledger yet. */
  readonly waiting: readonly FundsFact[];
}

export function aWorld(deposit: string): LedgerWorld {
  const account = foldAccount([opened(), deposited(1, deposit)]);
  return { payouts: new Map(), account: asOpened(account), at: 1, facts: [], waiting: [] };
}

export function payoutIn(world: LedgerWorld, id: PayoutId): PayoutState {
  return world.payouts.get(id) ?? ABSENT;
}

/** Appends to a payout's stream, or gives an instruction; the ledger learns of it when it follows. */
export function written(
  world: LedgerWorld,
  events: readonly (PayoutEvent | InstructionEvent)[],
): LedgerWorld {
  let { payouts, at } = world;
  const facts: FundsFact[] = [];
  for (const event of events) {
    stored(event);
    at += 1;
    if (event.type !== 'AccountInstructionGiven') {
      const before = payouts.get(event.data.payoutId) ?? ABSENT;
      payouts = new Map([...payouts, [event.data.payoutId, evolvePayout(before, event)]]);
    }
    if (concernsFunds(event)) facts.push({ cause: causeAt(at), event });
  }
  return {
    payouts,
    account: world.account,
    at,
    facts: [...world.facts, ...facts],
    waiting: [...world.waiting, ...facts],
  };
}

/** The ledger takes the next facts of the log; what it has had already may come again. */
export function followed(
  world: LedgerWorld,
  count = world.waiting.length,
): LedgerWorld & { readonly ledger: readonly AccountEvent[] } {
  let account = world.account;
  const ledger: AccountEvent[] = [];
  for (const fact of world.waiting.slice(0, count)) {
    const step = ledgerStep(account, fact);
    if ('ignored' in step) continue;
    stored(step.event);
    const before = account;
    account = asOpened(evolveAccount(account, step.event));
    assertSound(before, step.event, account);
    assert.deepEqual(ledgerStep(account, fact), { ignored: 'carried out already' });
    ledger.push(step.event);
  }
  return { ...world, account, waiting: world.waiting.slice(count), ledger };
}

function stored(event: PayoutEvent | AccountEvent | InstructionEvent): void {
  const { type, version, data } = encodeEvent(event);
  assert.deepEqual(decodeEvent({ type, data }, version), event);
}

/** What must hold after every event of an account. */
function assertSound(before: OpenedAccount, event: AccountEvent, after: OpenedAccount): void {
  const { balances, holds } = after;
  assert.equal(
    BOOKS.reduce((sum, book) => sum + balances[book].minor, 0n),
    0n,
    'the books of an account sum to zero',
  );
  const held = Array.from(holds.entries()).reduce((sum, [, amount]) => sum + amount.minor, 0n);
  assert.equal(balances.reserved.minor, held, 'reserved is the sum of the open reservations');
  const available = balances.available.minor;
  if (event.type === 'FundsReclaimed') {
    assert.equal(event.data.overdraws, available < 0n, 'a reclaim says whether it overdraws');
  } else if (available < 0n && available < before.balances.available.minor) {
    assert.equal(event.type, 'FundsFeeAdjusted', 'only a reclaim or a fee overdraws');
  }
}

function asOpened(account: AccountState): OpenedAccount {
  assert.ok(account.status !== 'absent');
  return account;
}
