import type { AccountEventOf } from '../account/events.js';
import type { FundsReference, ParkReason } from '../payout/events.js';
import {
  attemptOf,
  type AttemptState,
  type PayoutState,
  type SentPayout,
  type StateOf,
} from '../payout/state.js';
import type { ContractCard } from '../provider/contract-card.js';

/** What the funding account said about this payout; part of the event that woke the process. */
export type FundsNews =
  | { readonly kind: 'reserved'; readonly funds: FundsReference }
  | {
      readonly kind: 'refused';
      readonly reason: AccountEventOf<'FundsReservationRefused'>['data']['reason'];
    };

export interface ProcessContext {
  readonly card: ContractCard;
  /** Milliseconds since the epoch. It decides when to look again, never what is true. */
  readonly now: number;
  /** `event`: something was written. `due`: a follow-up's time has come. */
  readonly wake: 'event' | 'due';
  readonly news?: FundsNews;
  /** There when a look-up was just made: whether it found no such order. */
  readonly justNotFound?: boolean;
}

/** The next step of a payout: a command, a call, a pause, or nothing, with its name. */
export type NextStep =
  | { readonly do: 'reject'; readonly reason: Extract<FundsNews, { kind: 'refused' }>['reason'] }
  | { readonly do: 'start'; readonly attempt: number; readonly funds: FundsReference }
  | {
      readonly do: 'resend';
      readonly attempt: number;
      readonly rule: 'same-key-in-window' | 'not-found-outlived-request' | 'nothing-was-sent';
    }
  | { readonly do: 'query'; readonly attempt: number }
  | { readonly do: 'mark-unknown'; readonly attempt: number; readonly reason: string }
  | { readonly do: 'conclude-failure' }
  | { readonly do: 'park'; readonly reason: ParkReason; readonly detail: string }
  | { readonly do: 'wait'; readonly until: number }
  | { readonly do: 'ignore'; readonly why: ProcessIgnore };

export type ProcessIgnore =
  | 'no such payout'
  | 'refused for good'
  | 'cancelled'
  | 'final'
  | 'parked for a person'
  | 'nothing to ask for'
  | 'waiting for the funds';

/** A send can't be under way any more this long after its request's own timeout: scheduling, clock steps, slow disks. */
export const SEND_MARGIN = 5_000;

/**
 * The payout process: from the payout's present fold to the next step. The event that woke it says only *that*
 * something happened; the one thing taken from it is what the account said, which no payout event repeats.
 */
export function nextStep(state: PayoutState, context: ProcessContext): NextStep {
  switch (state.status) {
    case 'absent':
      return ignore('no such payout');
    case 'rejected':
      return ignore('refused for good');
    case 'cancelled':
      return ignore('cancelled');
    case 'succeeded':
    case 'failed':
      return state.heldClaim === undefined ? ignore('final') : confirmClaim(state, context);
    case 'requested':
      if (state.parked !== undefined) return ignore('parked for a person');
      return requested(state, context);
    case 'submitting':
      if (state.parked !== undefined) return ignore('parked for a person');
      if (!state.deferred) return underWay(state.current, context);
      return state.heldClaim === undefined ? deferred(state, context) : confirmClaim(state, context);
    case 'submitted':
      if (state.parked !== undefined) return ignore('parked for a person');
      return state.heldClaim === undefined ? submitted(state, context) : confirmClaim(state, context);
    case 'unknown':
      if (state.parked !== undefined) return ignore('parked for a person');
      return state.heldClaim === undefined ? unknown(state, context) : confirmClaim(state, context);
  }
}

/**
 * A callback was heard that proves nothing by itself: ask, whatever the state, for a final one may have turned. There
 * is nothing to ask for as long as nothing was sent, or the provider's number isn't known where it takes no other.
 */
export function stepAfterHint(
  state: PayoutState,
  card: ContractCard,
): Extract<NextStep, { do: 'query' | 'ignore' }> {
  if (!('current' in state))
    return ignore(state.status === 'absent' ? 'no such payout' : 'nothing to ask for');
  if (!canQuery(state.current, card)) return ignore('nothing to ask for');
  return { do: 'query', attempt: state.current.attempt };
}

function requested(state: StateOf<'requested'>, { news }: ProcessContext): NextStep {
  // One provider is named in the request; with its attempt proved dead there is nobody else to pay it.
  if (state.deadAttempts.length > 0) return { do: 'conclude-failure' };
  if (news === undefined) return ignore('waiting for the funds');
  if (news.kind === 'refused') return { do: 'reject', reason: news.reason };
  return { do: 'start', attempt: 1, funds: news.funds };
}

/** The intent is in the log. Whoever wrote it sends; everybody else waits until that send can't be under way any more. */
function underWay(current: AttemptState, { card, now }: ProcessContext): NextStep {
  const over = current.lastSendAt + card.timing.requestTimeout + SEND_MARGIN;
  if (now < over) return { do: 'wait', until: over };
  return {
    do: 'mark-unknown',
    attempt: current.attempt,
    reason: 'no outcome was recorded: the sender is gone',
  };
}

/** It is proved that nothing left. */
function deferred(state: StateOf<'submitting'>, context: ProcessContext): NextStep {
  const { current } = state;
  const { card, now } = context;
  if (now >= parkAt(state, current.firstSendAt, card)) {
    return { do: 'park', reason: 'not-final-in-time', detail: 'the provider could not be reached' };
  }
  const due = lookAgainAt(current.firstSendAt, current.lastSendAt, card);
  if (now < due) return { do: 'wait', until: due };
  return { do: 'resend', attempt: current.attempt, rule: 'nothing-was-sent' };
}

function submitted(state: StateOf<'submitted'>, { card, now, wake }: ProcessContext): NextStep {
  const { current } = state;
  if (now >= parkAt(state, current.firstSendAt, card)) {
    return { do: 'park', reason: 'not-final-in-time', detail: `${card.provider} has had it for too long` };
  }
  if (wake === 'due' && canQuery(current, card)) return { do: 'query', attempt: current.attempt };
  return { do: 'wait', until: lookAgainAt(current.firstSendAt, now, card) };
}

function unknown(state: StateOf<'unknown'>, context: ProcessContext): NextStep {
  const { current } = state;
  const { card, now, wake } = context;
  if (now >= parkAt(state, current.firstSendAt, card)) {
    return { do: 'park', reason: 'outcome-unknown', detail: 'no evidence was found in time' };
  }
  if (canQuery(current, card)) {
    if (context.justNotFound === true) return afterNotFound(current, context);
    return wake === 'due'
      ? { do: 'query', attempt: current.attempt }
      : { do: 'wait', until: lookAgainAt(current.lastSendAt, now, card) };
  }
  switch (card.onUnknown) {
    case 'park':
      return {
        do: 'park',
        reason: 'outcome-unknown',
        detail: `${card.provider} can't be asked: no reference, no key`,
      };
    case 'query-then-resend':
      return { do: 'park', reason: 'outcome-unknown', detail: `${card.provider} gave no number to ask for` };
    case 'resend-same-key':
      return resendInWindow(current, context);
  }
}

/** The vendor recognises the key: the same request again, until the window closes; then never more (guarantee G07). */
function resendInWindow(current: AttemptState, { card, now, wake }: ProcessContext): NextStep {
  const window = card.idempotency?.resendUntil ?? 0;
  if (now >= current.firstSendAt + window) {
    return { do: 'park', reason: 'resend-window-passed', detail: 'the key may no longer be recognised' };
  }
  if (current.sends >= card.maxSends)
    return { do: 'park', reason: 'too-many-sends', detail: `${current.sends} sends gave no answer` };
  const due = lookAgainAt(current.firstSendAt, current.lastSendAt, card);
  if (wake === 'event' || now < due) return { do: 'wait', until: Math.max(due, now) };
  return { do: 'resend', attempt: current.attempt, rule: 'same-key-in-window' };
}

/** "Not found" counts only when it outlives the request and the sender is fenced; before that, look again. */
function afterNotFound(current: AttemptState, { card, now }: ProcessContext): NextStep {
  const limit = card.notFoundIsFinalAfter;
  const fenced = current.lastSendAt + card.timing.requestTimeout + SEND_MARGIN;
  if (limit === null || card.onUnknown !== 'query-then-resend')
    return { do: 'wait', until: lookAgainAt(current.lastSendAt, now, card) };
  const final = Math.max(current.lastSendAt + limit, fenced);
  if (now < final) return { do: 'wait', until: Math.min(final, lookAgainAt(current.lastSendAt, now, card)) };
  // A refused request that is not found either is dead: the report of this look-up has recorded that already.
  if (current.refused !== undefined) return { do: 'wait', until: lookAgainAt(current.lastSendAt, now, card) };
  if (current.sends >= card.maxSends)
    return { do: 'park', reason: 'too-many-sends', detail: `${current.sends} sends, and no order found` };
  return { do: 'resend', attempt: current.attempt, rule: 'not-found-outlived-request' };
}

/** A claim waits: ask, and where there is no answer in time, a person decides. */
function confirmClaim(state: SentPayout, { card, now, wake, justNotFound }: ProcessContext): NextStep {
  const claim = state.heldClaim;
  if (claim === undefined) throw new Error('no claim is held');
  if (state.parked !== undefined) return ignore('parked for a person');
  const asked = attemptOf(state, claim.attempt) ?? state.current;
  if (!canQuery(asked, card) || now >= parkAt(state, claim.heldAt, card)) {
    return {
      do: 'park',
      reason: 'claim-unconfirmed',
      detail: `a callback says ${claim.claim}, and no look-up confirms it`,
    };
  }
  const first = justNotFound === undefined && now < claim.heldAt + card.timing.firstQueryAfter;
  if (wake === 'due' || first) return { do: 'query', attempt: claim.attempt };
  return { do: 'wait', until: lookAgainAt(claim.heldAt, now, card) };
}

/** When a person has to look: the card's time after `since`, or after a person let the process go on. */
function parkAt({ resumedAt }: SentPayout, since: number, { timing }: ContractCard): number {
  return Math.max(since, resumedAt ?? since) + timing.parkAfter;
}

function canQuery(current: AttemptState, card: ContractCard): boolean {
  return card.query === 'reference' || current.orderId !== undefined;
}

/**
 * When to look again: the pauses double from `firstQueryAfter` to `maxQueryPause`, counted from `since`. It needs no
 * counter, so that it is the same after any crash.
 */
export function lookAgainAt(since: number, now: number, { timing }: Pick<ContractCard, 'timing'>): number {
  const longest = Math.max(1, timing.maxQueryPause);
  let pause = Math.max(1, Math.min(timing.firstQueryAfter, longest));
  let at = since + pause;
  while (at <= now) {
    pause = Math.min(pause * 2, longest);
    // Far behind: jump, don't walk through a year of pauses.
    if (pause === longest) return at + Math.ceil((now - at + 1) / pause) * pause;
    at += pause;
  }
  return at;
}

function ignore(why: ProcessIgnore): Extract<NextStep, { do: 'ignore' }> {
  return { do: 'ignore', why };
}
