import assert from 'node:assert/strict';
import type { AccountEvent } from '#domain/account/events';
import { foldAccount, type AccountState } from '#domain/account/state';
import { decodeEvent, encodeEvent } from '#domain/codec/stored-event';
import { decideCancel, decideRequest, decideResolve } from '#domain/payout/decide-caller-command';
import { decideReport } from '#domain/payout/decide-report';
import {
  decideConclusion,
  decidePark,
  decideReject,
  decideResend,
  decideStart,
  decideUnknown,
} from '#domain/payout/decide-submission';
import type { PayoutCommand } from '#domain/payout/commands';
import type { PayoutEvent } from '#domain/payout/events';
import { foldPayout } from '#domain/payout/evolve';
import type { CommandAnswer, PayoutState } from '#domain/payout/state';
import { ledgerSteps, type FundsFact, type LedgerIgnore, ledgerStep } from '#domain/processes/ledger-process';

/** What a decision came to. What isn't named didn't happen. */
export interface Decided {
  readonly events?: readonly PayoutEvent[];
  readonly answer?: CommandAnswer;
  readonly ignored?: string;
  readonly alarm?: string | boolean;
}

/** A decision about a payout, to be compared as a whole. */
export class PayoutDecision {
  constructor(
    private readonly history: readonly PayoutEvent[],
    readonly decided: Decided,
  ) {}

  /** Events alone, or all that is expected. */
  then(expected: Decided | readonly PayoutEvent[]): this {
    const whole = isEvents(expected) ? { events: expected } : expected;
    const { answer, ...rest } = this.decided;
    // An accepted command says so besides its events; a test that names only the events means just that.
    const seen = answer?.outcome === 'accepted' && whole.answer === undefined ? rest : this.decided;
    assert.deepEqual(withoutNothing(seen), withoutNothing(whole));
    return this;
  }

  /** The payout afterwards. */
  get state(): PayoutState {
    return foldPayout([...this.history, ...(this.decided.events ?? [])]);
  }

  get events(): readonly PayoutEvent[] {
    return this.decided.events ?? [];
  }
}

/**
 * `givenPayout(history).when(command).then(expected)`. The inputs are frozen to the bottom, so that a decision that
 * changes them fails; what it writes must fold on top of the history and survive being stored.
 */
export function givenPayout(history: readonly PayoutEvent[]) {
  const state = deepFreeze(foldPayout(deepFreeze(history)));
  return {
    state,
    when(command: PayoutCommand): PayoutDecision {
      const decided = decide(state, deepFreeze(command));
      for (const event of decided.events ?? []) {
        const { type, version, data } = encodeEvent(event);
        assert.deepEqual(decodeEvent({ type, data }, version), event);
      }
      const decision = new PayoutDecision(history, decided);
      assert.ok(decision.state);
      return decision;
    },
  };
}

/** `givenAccount(events).when(...facts).then(events)`; a fact that leads to nothing is compared by its named ignore. */
export function givenAccount(history: readonly AccountEvent[]) {
  const account = deepFreeze(foldAccount(deepFreeze(history)));
  return {
    account,
    when(...facts: readonly [FundsFact, ...FundsFact[]]) {
      const { events, after } = ledgerSteps(account, deepFreeze(facts));
      for (const event of events) {
        const { type, version, data } = encodeEvent(event);
        assert.deepEqual(decodeEvent({ type, data }, version), event);
      }
      assert.deepEqual(foldAccount([...history, ...events]), after);
      return {
        events,
        after,
        then: (expected: readonly AccountEvent[]) => assert.deepEqual(events, expected),
        thenIgnored(why: LedgerIgnore) {
          assert.deepEqual(events, []);
          assert.deepEqual(ledgerStep(account, facts[0]), { ignored: why });
        },
      };
    },
  };
}

/** What the books of an account show, zeros left out: `{ available: '98.00' }` in minor units as text. */
export function books(account: AccountState): Readonly<Record<string, string>> {
  if (account.status === 'absent') return {};
  return Object.fromEntries(
    Object.entries(account.balances)
      .filter(([, balance]) => balance.minor !== 0n)
      .map(([book, balance]) => [book, balance.minor.toString()]),
  );
}

export function decide(state: PayoutState, command: PayoutCommand): Decided {
  switch (command.type) {
    case 'RequestPayout':
      return decideRequest(state, command);
    case 'CancelPayout':
      return decideCancel(state, command);
    case 'ResolvePayout':
      return decideResolve(state, command);
    case 'RejectPayout':
      return decideReject(state, command);
    case 'StartSubmission':
      return decideStart(state, command);
    case 'StartResend':
      return decideResend(state, command);
    case 'MarkOutcomeUnknown':
      return decideUnknown(state, command);
    case 'ConcludeFailure':
      return decideConclusion(state, command);
    case 'ParkPayout':
      return decidePark(state, command);
    case 'ApplyProviderReport':
      return decideReport(state, command);
  }
}

function isEvents(expected: Decided | readonly PayoutEvent[]): expected is readonly PayoutEvent[] {
  return Array.isArray(expected);
}

/** No events, no alarm and an absent field are the same thing. */
function withoutNothing(decided: Decided): Decided {
  return Object.fromEntries(
    Object.entries(decided).filter(
      ([, value]) => value !== undefined && value !== false && !(Array.isArray(value) && value.length === 0),
    ),
  );
}

export function deepFreeze<T>(value: T): T {
  if (typeof value !== 'object' || value === null || Object.isFrozen(value)) return value;
  if (value instanceof Map) {
    const refuse = (): never => {
      throw new TypeError('a decision changed its input');
    };
    Object.defineProperties(value, {
      set: { value: refuse },
      delete: { value: refuse },
      clear: { value: refuse },
    });
  }
  Object.freeze(value);
  for (const part of Object.values(value)) deepFreeze(part);
  return value;
}
