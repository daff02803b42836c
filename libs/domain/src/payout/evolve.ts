import type { CommandId } from '../ids.js';
import { zero } from '../money/money.js';
import type { PayoutEvent, PayoutEventOf } from './events.js';
import {
  ABSENT,
  attemptOf,
  type AnsweredCommand,
  type AttemptState,
  type CommandAnswer,
  type PayoutFacts,
  type PayoutState,
  type SentPayout,
} from './state.js';

/** A history that can't have happened. The reader stops: nothing may be decided on top of it. */
export class ImpossibleHistoryError extends Error {
  override readonly name = 'ImpossibleHistoryError';
}

/** The payout after the events, in order. */
export function foldPayout(events: Iterable<PayoutEvent>, from: PayoutState = ABSENT): PayoutState {
  let state = from;
  for (const event of events) state = evolvePayout(state, event);
  return state;
}

/** The payout after one more event. Throws `ImpossibleHistoryError` when the event can't follow. */
export function evolvePayout(state: PayoutState, event: PayoutEvent): PayoutState {
  if (state.status === 'absent') return firstEvent(event);
  if (state.status === 'rejected') {
    if (event.type === 'CommandRefused') return { ...state, answered: refuse(state.answered, event) };
    return impossible(state, event);
  }
  switch (event.type) {
    case 'PayoutRequested':
      return impossible(state, event);
    case 'PayoutRejected':
      return isUnsent(state) ? rejected(event, state.answered) : impossible(state, event);
    case 'PayoutCancelled':
      if (!isUnsent(state)) return impossible(state, event);
      return {
        ...facts(state),
        status: 'cancelled',
        parked: undefined,
        answered: accept(state.answered, event),
      };
    case 'PayoutSubmissionStarted':
      return started(state, event);
    case 'PayoutResendStarted':
      return resent(state, event);
    case 'PayoutSubmissionDeferred':
      return state.status === 'submitting' && isCurrent(state, event)
        ? { ...state, deferred: true }
        : impossible(state, event);
    case 'PayoutSubmitted':
      return submitted(state, event);
    case 'PayoutSubmissionUnknown':
      return unknownOutcome(state, event);
    case 'PayoutAttemptFailed':
      return attemptFailed(state, event);
    case 'PayoutStatusChanged':
      return finalStatus(state, event);
    case 'PayoutReversed':
      return finalStatus(state, event);
    case 'PayoutFeeChanged':
      if (state.status !== 'succeeded') return impossible(state, event);
      return { ...state, settled: { ...state.settled, fee: event.data.to } };
    case 'PayoutDuplicatePaid':
      if (state.status !== 'succeeded') return impossible(state, event);
      return { ...state, duplicates: [...state.duplicates, event.data.attempt] };
    case 'PayoutReportHeld':
      return {
        ...state,
        heldClaim: { claim: event.data.claim, attempt: event.data.attempt, heldAt: event.data.heldAt },
      };
    case 'PayoutReportDismissed':
      return { ...state, heldClaim: undefined };
    case 'PayoutParked':
      return { ...state, parked: { reason: event.data.reason, detail: event.data.detail } };
    case 'PayoutResolved':
      return resolved(state, event);
    case 'CommandRefused':
      return { ...state, answered: refuse(state.answered, event) };
  }
}

function firstEvent(event: PayoutEvent): PayoutState {
  if (event.type === 'PayoutRejected') {
    return event.data.request === undefined ? impossible(ABSENT, event) : rejected(event, new Map());
  }
  if (event.type !== 'PayoutRequested') return impossible(ABSENT, event);
  const { reserve, ...request } = event.data;
  return {
    status: 'requested',
    request,
    reserve,
    deadAttempts: [],
    answered: accept(new Map(), event),
    parked: undefined,
    heldClaim: undefined,
    resumedAt: undefined,
    duplicates: [],
  };
}

/** Nothing was ever sent, or meant to be. */
function isUnsent(state: PayoutState): boolean {
  return state.status === 'requested' && state.deadAttempts.length === 0;
}

function isCurrent(state: SentPayout, event: { readonly data: { readonly attempt: number } }): boolean {
  return state.current.attempt === event.data.attempt;
}

function rejected(
  event: PayoutEventOf<'PayoutRejected'>,
  answered: ReadonlyMap<CommandId, AnsweredCommand>,
): PayoutState {
  const { accountId, reason, detail, request } = event.data;
  const own: CommandAnswer = { outcome: 'rejected', reason, detail };
  return {
    status: 'rejected',
    accountId,
    reason,
    detail,
    answered:
      request === undefined
        ? answered
        : remember(answered, request.commandId, { fingerprint: request.fingerprint, answer: own }),
  };
}

function started(
  state: Exclude<PayoutState, { status: 'absent' | 'rejected' }>,
  event: PayoutEventOf<'PayoutSubmissionStarted'>,
): PayoutState {
  if (state.status !== 'requested' || event.data.attempt !== state.deadAttempts.length + 1)
    return impossible(state, event);
  const { attempt, provider, reference, funds, startedAt } = event.data;
  const current: AttemptState = {
    attempt,
    provider,
    reference,
    funds,
    firstSendAt: startedAt,
    lastSendAt: startedAt,
    sends: 1,
    mayHaveLeft: false,
  };
  return { ...state, status: 'submitting', current, deferred: false };
}

function resent(state: PayoutState, event: PayoutEventOf<'PayoutResendStarted'>): PayoutState {
  const { send, startedAt } = event.data;
  const open = state.status === 'unknown' || (state.status === 'submitting' && state.deferred);
  if (!open || !isCurrent(state, event) || send !== state.current.sends + 1) return impossible(state, event);
  return {
    ...state,
    status: 'submitting',
    deferred: false,
    current: { ...state.current, sends: send, lastSendAt: startedAt },
  };
}

function submitted(state: PayoutState, event: PayoutEventOf<'PayoutSubmitted'>): PayoutState {
  if (!('current' in state) || !isCurrent(state, event)) return impossible(state, event);
  const { orderId } = event.data;
  const current: AttemptState = {
    ...state.current,
    mayHaveLeft: true,
    ...(orderId === undefined ? {} : { orderId }),
  };
  // A final state stays: a late answer only tells the provider's number.
  if (state.status === 'succeeded' || state.status === 'failed') return { ...state, current };
  return { ...facts(state), status: 'submitted', current };
}

function unknownOutcome(state: PayoutState, event: PayoutEventOf<'PayoutSubmissionUnknown'>): PayoutState {
  if ((state.status !== 'submitting' && state.status !== 'unknown') || !isCurrent(state, event))
    return impossible(state, event);
  const { refused } = event.data;
  const current: AttemptState = {
    ...state.current,
    mayHaveLeft: true,
    ...(refused === undefined ? {} : { refused }),
  };
  return { ...facts(state), status: 'unknown', current };
}

function attemptFailed(state: PayoutState, event: PayoutEventOf<'PayoutAttemptFailed'>): PayoutState {
  if (state.status !== 'submitting' && state.status !== 'submitted' && state.status !== 'unknown')
    return impossible(state, event);
  if (!isCurrent(state, event)) return impossible(state, event);
  const { attempt } = event.data;
  return {
    ...facts(state),
    status: 'requested',
    deadAttempts: [...state.deadAttempts, state.current],
    heldClaim: state.heldClaim?.attempt === attempt ? undefined : state.heldClaim,
  };
}

function finalStatus(
  state: PayoutState,
  event: PayoutEventOf<'PayoutStatusChanged' | 'PayoutReversed'>,
): PayoutState {
  if (state.status === 'absent' || state.status === 'rejected' || state.status === 'cancelled')
    return impossible(state, event);
  const { from, to, attempt, source } = event.data;
  const turns = event.type === 'PayoutReversed';
  const wasFinal = state.status === 'succeeded' || state.status === 'failed';
  if (from !== state.status || from === to || turns !== wasFinal) return impossible(state, event);
  const last = 'current' in state ? state.current : state.deadAttempts.at(-1);
  if (last === undefined || attemptOf(state, attempt) === undefined) return impossible(state, event);
  const orderId = event.type === 'PayoutStatusChanged' ? event.data.orderId : undefined;
  // A dead attempt may be the one that was paid; a later one that is under way stays the current one.
  const current: AttemptState =
    last.attempt === attempt
      ? { ...last, mayHaveLeft: true, ...(orderId === undefined ? {} : { orderId }) }
      : last;
  // Evidence answers the question that a person was asked, unless it was about the evidence itself.
  const parked = state.parked?.reason === 'claim-mismatch' ? state.parked : undefined;
  // A claim to the contrary is still to be confirmed when this one came unasked as well: callbacks overtake each other.
  const unasked = source === 'callback' || source === 'answer';
  const heldClaim = unasked && state.heldClaim?.claim !== to ? state.heldClaim : undefined;
  const base = { ...facts(state), parked, heldClaim };
  if (to === 'failed') return { ...base, status: 'failed', current };
  const { currency } = state.request.amount;
  return {
    ...base,
    status: 'succeeded',
    current,
    settled: {
      attempt,
      paid: event.data.paid ?? state.request.amount,
      fee: event.data.fee ?? zero(currency),
    },
  };
}

/** A person's word ends the question that was held open; `resume` only gives the process another while to answer it. */
function resolved(
  state: Exclude<PayoutState, { status: 'absent' | 'rejected' }>,
  event: PayoutEventOf<'PayoutResolved'>,
): PayoutState {
  const answered = accept(state.answered, event);
  if (event.data.decision === 'resume')
    return { ...state, parked: undefined, resumedAt: event.data.resolvedAt, answered };
  return { ...state, parked: undefined, heldClaim: undefined, answered };
}

/** What every status but `absent` and `rejected` has. */
function facts(state: SentPayout | Extract<PayoutState, { status: 'requested' | 'cancelled' }>): PayoutFacts {
  const { request, reserve, deadAttempts, answered, parked, heldClaim, resumedAt, duplicates } = state;
  return { request, reserve, deadAttempts, answered, parked, heldClaim, resumedAt, duplicates };
}

function accept(
  answered: ReadonlyMap<CommandId, AnsweredCommand>,
  event: PayoutEventOf<'PayoutRequested' | 'PayoutCancelled' | 'PayoutResolved'>,
): ReadonlyMap<CommandId, AnsweredCommand> {
  const { commandId, fingerprint } = event.data;
  return remember(answered, commandId, { fingerprint, answer: { outcome: 'accepted' } });
}

function refuse(
  answered: ReadonlyMap<CommandId, AnsweredCommand>,
  event: PayoutEventOf<'CommandRefused'>,
): ReadonlyMap<CommandId, AnsweredCommand> {
  const { commandId, fingerprint, reason } = event.data;
  return remember(answered, commandId, { fingerprint, answer: { outcome: 'refused', reason } });
}

function remember(
  answered: ReadonlyMap<CommandId, AnsweredCommand>,
  id: CommandId,
  entry: AnsweredCommand,
): ReadonlyMap<CommandId, AnsweredCommand> {
  return new Map([...answered, [id, entry]]);
}

function impossible(state: PayoutState, event: PayoutEvent): never {
  throw new ImpossibleHistoryError(
    `${event.type} can't follow in a payout that is ${state.status} (${event.data.payoutId})`,
  );
}
