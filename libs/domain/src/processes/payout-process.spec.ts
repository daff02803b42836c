import { describe, it } from 'node:test';
import assert from 'node:assert/strict';
import fc from 'fast-check';
import { decide, deepFreeze, givenPayout } from '#test/support/given';
import {
  aCard,
  attemptFailed,
  FUNDS,
  held,
  HISTORIES,
  HOUR,
  MINUTE,
  NOT_FOUND_FINAL_AFTER,
  ORDER_ID,
  outcome,
  parked,
  REFUSAL,
  report,
  requested,
  resent,
  resolved,
  SECOND,
  SECOND_ATTEMPT,
  started,
  submitted,
  succeeded,
  T0,
  unknownOutcome,
} from '#test/support/payout-fixtures';
import type { PayoutCommand } from '../payout/commands.js';
import type { PayoutEvent } from '../payout/events.js';
import { foldPayout } from '../payout/evolve.js';
import type { ContractCard, ProviderTiming } from '../provider/contract-card.js';
import { referenceOf } from '../provider/reference.js';
import {
  lookAgainAt,
  nextStep,
  SEND_MARGIN,
  stepAfterHint,
  type NextStep,
  type ProcessContext,
} from './payout-process.js';

const DAY = 24 * HOUR;
/** Our reference and a query by it. */
const BY_REFERENCE = aCard();
/** A key with a window, and a query that needs the provider's number. */
const BY_KEY = aCard({
  query: 'order-id',
  idempotency: { resendUntil: 23 * HOUR },
  onUnknown: 'resend-same-key',
  notFoundIsFinalAfter: null,
});
/** Neither. */
const NEITHER = aCard({ query: 'order-id', onUnknown: 'park', notFoundIsFinalAfter: null });
const { requestTimeout, parkAfter } = BY_REFERENCE.timing;

function stepOf(history: readonly PayoutEvent[], over: Partial<ProcessContext> = {}): NextStep {
  return nextStep(
    givenPayout(history).state,
    deepFreeze({ card: BY_REFERENCE, now: T0 + MINUTE, wake: 'event', ...over }),
  );
}

const ignored = (why: Extract<NextStep, { do: 'ignore' }>['why']): NextStep => ({ do: 'ignore', why });
const waitUntil = (until: number): NextStep => ({ do: 'wait', until });
const reserved = { kind: 'reserved', funds: FUNDS } as const;

describe('a payout that needs nothing done', () => {
  for (const wake of ['event', 'due'] as const) {
    for (const card of [BY_REFERENCE, BY_KEY, NEITHER]) {
      it(`is ignored by name (${wake}, ${card.onUnknown})`, () => {
        const over = { wake, card, now: T0 + 1000 * DAY, news: reserved };
        assert.deepEqual(stepOf(HISTORIES.absent, over), ignored('no such payout'));
        assert.deepEqual(stepOf(HISTORIES.rejected, over), ignored('refused for good'));
        assert.deepEqual(stepOf(HISTORIES.cancelled, over), ignored('cancelled'));
        assert.deepEqual(stepOf(HISTORIES.succeeded, over), ignored('final'));
        assert.deepEqual(stepOf(HISTORIES.failed, over), ignored('final'));
      });

      it(`waits for a person when it is parked (${wake}, ${card.onUnknown})`, () => {
        for (const status of [
          'requested',
          'requested, attempt dead',
          'submitting',
          'submitting, deferred',
          'submitted',
          'unknown',
        ] as const) {
          for (const claims of [[], [held()]]) {
            const history = [...HISTORIES[status], ...claims, parked()];
            assert.deepEqual(
              stepOf(history, { wake, card, news: reserved, now: T0 + 1000 * DAY }),
              ignored('parked for a person'),
              status,
            );
          }
        }
        assert.deepEqual(
          stepOf([...HISTORIES.succeeded, held(), parked()], { wake, card }),
          ignored('parked for a person'),
        );
      });
    }
  }
});

describe('a payout that was requested', () => {
  it('waits for its funds', () => {
    for (const wake of ['event', 'due'] as const) {
      assert.deepEqual(
        stepOf([requested()], { wake, now: T0 + 1000 * DAY }),
        ignored('waiting for the funds'),
      );
    }
  });

  it('starts when they are reserved, resting on that reservation', () => {
    assert.deepEqual(stepOf([requested()], { news: reserved }), { do: 'start', attempt: 1, funds: FUNDS });
  });

  it('is rejected when they are refused', () => {
    assert.deepEqual(stepOf([requested()], { news: { kind: 'refused', reason: 'insufficient-funds' } }), {
      do: 'reject',
      reason: 'insufficient-funds',
    });
  });

  it('fails when its attempt was proved dead, also when the news of the funds comes again', () => {
    for (const news of [undefined, reserved]) {
      const over = news === undefined ? {} : { news };
      assert.deepEqual(stepOf(HISTORIES['requested, attempt dead'], over), { do: 'conclude-failure' });
    }
  });
});

describe('a send that is under way', () => {
  const over = T0 + requestTimeout + SEND_MARGIN;

  it('is waited for until it can’t be under way any more', () => {
    for (const now of [T0, over - 1]) {
      assert.deepEqual(stepOf(HISTORIES.submitting, { now, wake: 'due' }), waitUntil(over));
    }
  });

  it('is unknown then, never failed', () => {
    for (const now of [over, over + 1000 * DAY]) {
      assert.deepEqual(stepOf(HISTORIES.submitting, { now }), {
        do: 'mark-unknown',
        attempt: 1,
        reason: 'no outcome was recorded: the sender is gone',
      });
    }
  });

  it('counts from the last send', () => {
    const again = [...HISTORIES.unknown, resent()];
    const over = T0 + HOUR + requestTimeout + SEND_MARGIN;
    assert.deepEqual(stepOf(again, { now: over - 1 }), waitUntil(over));
    assert.equal(stepOf(again, { now: over }).do, 'mark-unknown');
  });
});

describe('a send of which nothing left', () => {
  const due = T0 + BY_REFERENCE.timing.firstQueryAfter;
  const deferred = HISTORIES['submitting, deferred'];

  it('is sent again after a pause', () => {
    assert.deepEqual(stepOf(deferred, { now: due - 1 }), waitUntil(due));
    assert.deepEqual(stepOf(deferred, { now: due }), {
      do: 'resend',
      attempt: 1,
      rule: 'nothing-was-sent',
    });
  });

  it('is parked when it takes too long', () => {
    assert.equal(stepOf(deferred, { now: T0 + parkAfter - 1 }).do, 'resend');
    assert.deepEqual(stepOf(deferred, { now: T0 + parkAfter }), {
      do: 'park',
      reason: 'not-final-in-time',
      detail: 'the provider could not be reached',
    });
  });

  it('is asked about instead when the provider spoke of an order', () => {
    assert.deepEqual(stepOf([...deferred, held()], { now: T0 + HOUR }), { do: 'query', attempt: 1 });
  });
});

describe('a payout that the provider has', () => {
  it('is asked about when a look is due, and else waited for', () => {
    assert.deepEqual(stepOf(HISTORIES.submitted, { wake: 'due' }), { do: 'query', attempt: 1 });
    const step = stepOf(HISTORIES.submitted, { wake: 'event' });
    assert.deepEqual(step, waitUntil(lookAgainAt(T0, T0 + MINUTE, BY_REFERENCE)));
  });

  it('is only waited for when it can’t be asked about', () => {
    const unnumbered = [requested(), started(), submitted()];
    assert.equal(stepOf(unnumbered, { card: NEITHER, wake: 'due' }).do, 'wait');
    assert.equal(stepOf(HISTORIES.submitted, { card: NEITHER, wake: 'due' }).do, 'query');
  });

  it('is parked when it isn’t final in time', () => {
    assert.equal(stepOf(HISTORIES.submitted, { now: T0 + parkAfter - 1 }).do, 'wait');
    assert.deepEqual(stepOf(HISTORIES.submitted, { now: T0 + parkAfter }), {
      do: 'park',
      reason: 'not-final-in-time',
      detail: 'goldenpay has had it for too long',
    });
  });
});

describe('an unknown outcome at a provider that can be asked', () => {
  it('is asked about when a look is due', () => {
    assert.deepEqual(stepOf(HISTORIES.unknown, { wake: 'due' }), { do: 'query', attempt: 1 });
    assert.equal(stepOf(HISTORIES.unknown).do, 'wait');
    const numbered = [...HISTORIES.submitting, submitted({ orderId: ORDER_ID }), parked(), resolved()];
    assert.equal(stepOf(numbered, { card: BY_KEY, wake: 'due' }).do, 'query');
  });

  it('is parked when nothing is found out in time', () => {
    assert.equal(stepOf(HISTORIES.unknown, { now: T0 + parkAfter - 1 }).do, 'wait');
    assert.deepEqual(stepOf(HISTORIES.unknown, { now: T0 + parkAfter }), {
      do: 'park',
      reason: 'outcome-unknown',
      detail: 'no evidence was found in time',
    });
  });

  const notFoundAt = (now: number, card: ContractCard = BY_REFERENCE, history = HISTORIES.unknown) =>
    stepOf(history, { now, card, justNotFound: true });

  it('is sent again when "not found" outlives the request, not a millisecond before', () => {
    const final = T0 + NOT_FOUND_FINAL_AFTER;
    assert.equal(notFoundAt(T0 + MINUTE).do, 'wait');
    const before = notFoundAt(final - 1);
    assert.ok(before.do === 'wait' && before.until > final - 1 && before.until <= final);
    assert.deepEqual(notFoundAt(final), {
      do: 'resend',
      attempt: 1,
      rule: 'not-found-outlived-request',
    });
  });

  it('is never sent again before the sender is fenced, however soon the provider is sure', () => {
    const hasty = aCard({ notFoundIsFinalAfter: SECOND });
    const fenced = T0 + requestTimeout + SEND_MARGIN;
    assert.equal(notFoundAt(fenced - 1, hasty).do, 'wait');
    assert.equal(notFoundAt(fenced, hasty).do, 'resend');
  });

  it('counts from the last send', () => {
    const again = [...HISTORIES.unknown, resent(), unknownOutcome()];
    const final = T0 + HOUR + NOT_FOUND_FINAL_AFTER;
    assert.equal(stepOf(again, { now: final - 1, justNotFound: true }).do, 'wait');
    assert.equal(stepOf(again, { now: final, justNotFound: true }).do, 'resend');
  });

  it('is never sent again where "not found" proves nothing, or where the card doesn’t say so', () => {
    const silent = aCard({ notFoundIsFinalAfter: null });
    const parks = aCard({ onUnknown: 'park' });
    for (const now of [T0 + MINUTE, T0 + NOT_FOUND_FINAL_AFTER, T0 + parkAfter - 1]) {
      assert.equal(notFoundAt(now, silent).do, 'wait');
      assert.equal(notFoundAt(now, parks).do, 'wait');
    }
  });

  it('is never sent again by the clock alone: only a look-up that was just made counts', () => {
    const now = T0 + NOT_FOUND_FINAL_AFTER;
    assert.equal(stepOf(HISTORIES.unknown, { now }).do, 'wait');
    assert.equal(stepOf(HISTORIES.unknown, { now, wake: 'due' }).do, 'query');
    assert.equal(stepOf(HISTORIES.unknown, { now, justNotFound: false }).do, 'wait');
  });

  it('that was refused is not sent again: the look-up proves it dead', () => {
    const refused = [...HISTORIES.submitting, unknownOutcome({ refused: REFUSAL })];
    assert.equal(stepOf(refused, { now: T0 + NOT_FOUND_FINAL_AFTER, justNotFound: true }).do, 'wait');
  });

  it('is parked after the last send that the card allows', () => {
    const twice = [...HISTORIES.unknown, resent(), unknownOutcome()];
    const now = T0 + HOUR + NOT_FOUND_FINAL_AFTER;
    const limited = (maxSends: number) =>
      stepOf(twice, { now, justNotFound: true, card: aCard({ maxSends }) });
    assert.equal(limited(3).do, 'resend');
    assert.deepEqual(limited(2), {
      do: 'park',
      reason: 'too-many-sends',
      detail: '2 sends, and no order found',
    });
  });
});

describe('an unknown outcome at a provider that recognises a key', () => {
  const at = (
    now: number,
    wake: ProcessContext['wake'] = 'due',
    history: readonly PayoutEvent[] = HISTORIES.unknown,
  ) => stepOf(history, { now, wake, card: BY_KEY });
  const window = T0 + 23 * HOUR;

  it('is sent again with the same key, in the window only', () => {
    const resend: NextStep = { do: 'resend', attempt: 1, rule: 'same-key-in-window' };
    const park: NextStep = {
      do: 'park',
      reason: 'resend-window-passed',
      detail: 'the key may no longer be recognised',
    };
    assert.deepEqual(at(window - SECOND), resend);
    assert.deepEqual(at(window - 1), resend);
    for (const now of [window, window + SECOND, T0 + 2 * DAY]) assert.deepEqual(at(now), park);
  });

  it('is never sent again long after the window, whatever else the clock says', () => {
    const patient = { ...BY_KEY, timing: { ...BY_KEY.timing, parkAfter: 1000 * DAY } };
    for (const now of [window, T0 + 10 * 23 * HOUR, T0 + 999 * DAY]) {
      for (const wake of ['event', 'due'] as const) {
        assert.equal(stepOf(HISTORIES.unknown, { now, wake, card: patient }).do, 'park');
      }
    }
  });

  it('counts the window from the first intent, not from the last send', () => {
    const again = [...HISTORIES.unknown, resent({ startedAt: T0 + 22 * HOUR }), unknownOutcome()];
    assert.equal(at(window - 1, 'due', again).do, 'resend');
    assert.equal(at(window, 'due', again).do, 'park');
  });

  it('has no window where the card names none', () => {
    const card = { ...BY_KEY, idempotency: null };
    assert.equal(stepOf(HISTORIES.unknown, { card, wake: 'due' }).do, 'park');
  });

  it('waits for its pause, and isn’t sent by an event that wakes it', () => {
    assert.deepEqual(at(T0 + SECOND, 'due'), waitUntil(T0 + BY_KEY.timing.firstQueryAfter));
    for (const now of [T0 + SECOND, T0 + MINUTE, T0 + HOUR]) {
      const step = at(now, 'event');
      assert.ok(step.do === 'wait' && step.until >= now);
    }
  });

  it('is parked after the last send that the card allows', () => {
    const twice = [...HISTORIES.unknown, resent(), unknownOutcome()];
    const card = { ...BY_KEY, maxSends: 2 };
    assert.deepEqual(stepOf(twice, { card, wake: 'due', now: T0 + 3 * HOUR }), {
      do: 'park',
      reason: 'too-many-sends',
      detail: '2 sends gave no answer',
    });
  });
});

describe('an unknown outcome at a provider that can’t be asked', () => {
  it('is parked at once', () => {
    for (const wake of ['event', 'due'] as const) {
      assert.deepEqual(stepOf(HISTORIES.unknown, { card: NEITHER, wake }), {
        do: 'park',
        reason: 'outcome-unknown',
        detail: "goldenpay can't be asked: no reference, no key",
      });
    }
    assert.equal(stepOf(HISTORIES.unknown, { card: aCard({ query: 'order-id' }) }).do, 'park');
  });
});

describe('a held claim', () => {
  const claimed = [...HISTORIES.submitted, held()];
  const heldAt = held().data.heldAt;

  for (const status of ['submitted', 'unknown', 'succeeded'] as const) {
    it(`is asked about at once when the payout is ${status}`, () => {
      const history = [...HISTORIES[status], held()];
      assert.deepEqual(stepOf(history, { now: heldAt }), { do: 'query', attempt: 1 });
    });
  }

  it('of a success is asked about when the payout failed', () => {
    assert.equal(stepOf([...HISTORIES.failed, held({ claim: 'succeeded' })], { now: heldAt }).do, 'query');
  });

  it('isn’t asked about again at once when a look-up didn’t tell', () => {
    for (const justNotFound of [true, false]) {
      assert.deepEqual(
        stepOf(claimed, { now: heldAt, justNotFound }),
        waitUntil(heldAt + BY_REFERENCE.timing.firstQueryAfter),
      );
    }
    assert.equal(stepOf(claimed, { now: heldAt + MINUTE }).do, 'wait');
    assert.equal(stepOf(claimed, { now: heldAt + MINUTE, wake: 'due' }).do, 'query');
  });

  const park = (claim: string): NextStep => ({
    do: 'park',
    reason: 'claim-unconfirmed',
    detail: `a callback says ${claim}, and no look-up confirms it`,
  });

  it('is a person’s where nobody can be asked', () => {
    const unnumbered = [requested(), started(), unknownOutcome(), held()];
    assert.deepEqual(stepOf(unnumbered, { card: NEITHER, now: heldAt }), park('failed'));
    const paid = [requested(), started(), succeeded({ from: 'submitting' }), held()];
    assert.deepEqual(stepOf(paid, { card: NEITHER, now: heldAt }), park('failed'));
  });

  it('is a person’s when nothing confirms it in time', () => {
    assert.equal(stepOf(claimed, { now: heldAt + parkAfter - 1, wake: 'due' }).do, 'query');
    assert.deepEqual(stepOf(claimed, { now: heldAt + parkAfter, wake: 'due' }), park('failed'));
  });

  it('is asked about by the attempt that it names', () => {
    const dead = [...SECOND_ATTEMPT, succeeded({ attempt: 1 }), held({ attempt: 1 })];
    assert.deepEqual(stepOf(dead, { now: heldAt }), { do: 'query', attempt: 1 });
    assert.deepEqual(stepOf(dead, { now: heldAt, card: NEITHER }), park('failed'));
  });
});

describe('a callback that is a mere hint', () => {
  const after = (history: readonly PayoutEvent[], card: ContractCard = BY_REFERENCE) =>
    stepAfterHint(givenPayout(history).state, card);

  it('is asked about, whatever the state: a final one may have turned', () => {
    for (const status of ['submitting', 'submitted', 'unknown', 'succeeded', 'failed'] as const) {
      assert.deepEqual(after(HISTORIES[status]), { do: 'query', attempt: 1 });
    }
    assert.deepEqual(after([...HISTORIES.unknown, parked()]), { do: 'query', attempt: 1 });
    assert.deepEqual(after(SECOND_ATTEMPT), { do: 'query', attempt: 2 });
  });

  it('leads to nothing while there is nothing to ask for', () => {
    assert.deepEqual(after([]), ignored('no such payout'));
    for (const status of ['rejected', 'cancelled', 'requested', 'requested, attempt dead'] as const) {
      assert.deepEqual(after(HISTORIES[status]), ignored('nothing to ask for'));
    }
    assert.deepEqual(after(HISTORIES.unknown, NEITHER), ignored('nothing to ask for'));
    assert.deepEqual(after(HISTORIES.submitted, NEITHER), { do: 'query', attempt: 1 });
  });
});

describe('a payout that a person gave back', () => {
  const resumedAt = T0 + 100 * HOUR;

  it('has the whole time again before it is parked', () => {
    for (const status of ['submitting, deferred', 'submitted', 'unknown'] as const) {
      const history = [...HISTORIES[status], parked(), resolved({ resolvedAt: resumedAt })];
      assert.notEqual(stepOf(history, { now: resumedAt }).do, 'park', status);
      assert.notEqual(stepOf(history, { now: resumedAt + parkAfter - 1 }).do, 'park', status);
      assert.equal(stepOf(history, { now: resumedAt + parkAfter }).do, 'park', status);
    }
    const claimed = [...HISTORIES.submitted, held(), parked(), resolved({ resolvedAt: resumedAt })];
    assert.equal(stepOf(claimed, { now: resumedAt, wake: 'due' }).do, 'query');
  });

  it('is still not sent again after the window of its key', () => {
    const history = [...HISTORIES.unknown, parked(), resolved({ resolvedAt: resumedAt })];
    assert.equal(stepOf(history, { now: resumedAt, card: BY_KEY, wake: 'due' }).do, 'park');
  });
});

describe('lookAgainAt', () => {
  const anyTiming = fc
    .tuple(fc.integer({ min: 1, max: 100_000 }), fc.integer({ min: 1, max: 1_000_000 }))
    .map(([first, most]): ProviderTiming => ({
      ...BY_REFERENCE.timing,
      firstQueryAfter: first,
      maxQueryPause: most,
    }));
  const passed = fc.integer({ min: 0, max: 5_000_000 });

  it('lies after now, never more than the longest pause', () => {
    fc.assert(
      fc.property(anyTiming, passed, (timing, after) => {
        const at = lookAgainAt(T0, T0 + after, { timing });
        assert.ok(at > T0 + after);
        assert.ok(at - (T0 + after) <= timing.maxQueryPause);
      }),
      { numRuns: 2_000 },
    );
  });

  it('is one of a series that begins with the first pause, whatever happened in between', () => {
    fc.assert(
      fc.property(
        anyTiming,
        fc.array(passed, { maxLength: 20, size: 'max' }),
        passed,
        (timing, woken, after) => {
          const at = lookAgainAt(T0, T0 + after, { timing });
          assert.equal(
            lookAgainAt(T0, T0, { timing }),
            T0 + Math.min(timing.firstQueryAfter, timing.maxQueryPause),
          );
          // Whoever looks at any time before it, and goes on from look to look, comes to the same one.
          for (const earlier of woken.filter((moment) => moment <= after)) {
            let look = lookAgainAt(T0, T0 + earlier, { timing });
            for (let hops = 0; look <= T0 + after && hops < 10_000; hops += 1) {
              look = lookAgainAt(T0, look, { timing });
            }
            if (look > T0 + after) assert.equal(look, at);
          }
        },
      ),
    );
  });

  it('doubles its pauses towards the longest', () => {
    const timing = { ...BY_REFERENCE.timing, firstQueryAfter: 10, maxQueryPause: 60 };
    const looks: number[] = [];
    for (let at = 0; looks.length < 6; looks.push(at)) at = lookAgainAt(0, at, { timing });
    assert.deepEqual(looks, [10, 30, 70, 130, 190, 250]);
  });

  it('jumps over a year of pauses, and is not led astray by a time before the start', () => {
    const at = lookAgainAt(T0, T0 + 3650 * DAY, BY_REFERENCE);
    assert.ok(at > T0 + 3650 * DAY && at <= T0 + 3650 * DAY + BY_REFERENCE.timing.maxQueryPause);
    assert.equal(lookAgainAt(T0, T0 - DAY, BY_REFERENCE), T0 + BY_REFERENCE.timing.firstQueryAfter);
  });

  it('ends although a card has no pause at all', () => {
    const timing = { ...BY_REFERENCE.timing, firstQueryAfter: 0, maxQueryPause: 0 };
    assert.ok(lookAgainAt(T0, T0 + DAY, { timing }) > T0 + DAY);
  });
});

describe('the clock alone', () => {
  /** The command that a step leads to, as the process issues it; a look-up finds nothing out. */
  function commandOf(step: NextStep, now: number): PayoutCommand | undefined {
    switch (step.do) {
      case 'ignore':
      case 'wait':
        return undefined;
      case 'query':
        return report(outcome.unknown(), 'query', { attempt: step.attempt, at: now });
      case 'mark-unknown':
        return { type: 'MarkOutcomeUnknown', attempt: step.attempt, reason: step.reason };
      case 'resend':
        return { type: 'StartResend', attempt: step.attempt, rule: step.rule, at: now };
      case 'start':
        return {
          type: 'StartSubmission',
          attempt: step.attempt,
          provider: 'goldenpay',
          reference: referenceOf({ payoutId: requested().data.payoutId, attempt: step.attempt }),
          businessHash: started().data.businessHash,
          funds: step.funds,
          at: now,
        };
      case 'park':
        return { type: 'ParkPayout', reason: step.reason, detail: step.detail };
      case 'conclude-failure':
        return { type: 'ConcludeFailure' };
      case 'reject':
        return { type: 'RejectPayout', reason: step.reason, detail: '' };
    }
  }

  for (const card of [BY_REFERENCE, BY_KEY, NEITHER]) {
    for (const status of ['submitting', 'submitting, deferred', 'submitted', 'unknown'] as const) {
      it(`never makes a payout fail, in a year: ${status}, ${card.onUnknown}`, () => {
        const steps = fc.array(
          fc.tuple(
            fc.integer({ min: 0, max: 2 * HOUR }),
            fc.constantFrom('event' as const, 'due' as const),
            fc.constantFrom(undefined, true, false),
          ),
          { maxLength: 60, size: 'max' },
        );
        fc.assert(
          fc.property(steps, fc.boolean(), (moves, leap) => {
            let state = foldPayout(HISTORIES[status]);
            let now = T0;
            for (const [pause, wake, looked] of moves) {
              now += leap ? pause * 100 : pause;
              const asked = looked === undefined ? {} : { justNotFound: looked };
              const command = commandOf(nextStep(state, { card, now, wake, ...asked }), now);
              if (command === undefined) continue;
              const { events = [] } = decide(state, command);
              for (const { type } of events) {
                assert.ok(!['PayoutAttemptFailed', 'PayoutStatusChanged', 'PayoutReversed'].includes(type));
              }
              state = foldPayout(events, state);
            }
            assert.ok(state.status !== 'failed' && state.status !== 'succeeded');
            assert.ok('current' in state && state.current.attempt === 1);
            assert.ok(state.current.sends <= (status === 'submitting, deferred' ? 60 : card.maxSends));
          }),
          { numRuns: 60 },
        );
      });
    }
  }

  it('concludes a failure that was proved, however late', () => {
    const dead = [...HISTORIES.submitting, unknownOutcome({ refused: REFUSAL }), attemptFailed()];
    assert.equal(stepOf(dead, { now: T0 + 1000 * DAY, wake: 'due' }).do, 'conclude-failure');
  });
});
