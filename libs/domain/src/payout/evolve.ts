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
      return rejected(event, state.answered);
    case 'PayoutCancelled':
      return { ...facts(state), status: 'cancelled', answered: accept(state.answered, event) };
    case 'PayoutSubmissionStarted':
      return started(state, event);
    case 'PayoutResendStarted':
      return resent(state, event);
    case 'PayoutSubmissionDeferred':
      return state.status === 'submitting' ? { ...state, deferred: true } : impossible(state, event);
    case 'PayoutSubmitted':
      return submitted(state, event);
    case 'PayoutSubmissionUnknown':
      return unknownOutcome(state, event);
    case 'PayoutAttemptFailed':
      if (!('current' in state)) return impossible(state, event);
      return { ...facts(state), status: 'requested', deadAttempts: [...state.deadAttempts, state.current] };
    case 'PayoutStatusChanged':
      return finalStatus(state, event);
    case 'PayoutReversed':
      return finalStatus(state, event);
    case 'PayoutFeeChanged':
      if (state.status !== 'succeeded') return impossible(state, event);
      return { ...state, settled: { ...state.settled, fee: event.data.to } };
    case 'PayoutDuplicatePaid':
      return state;
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
      return { ...state, parked: undefined, answered: accept(state.answered, event) };
    case 'CommandRefused':
      return { ...state, answered: refuse(state.answered, event) };
  }
}

function firstEvent(event: PayoutEvent): PayoutState {
  if (event.type === 'PayoutRejected') return rejected(event, new Map());
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
  };
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
  if (state.status !== 'requested') return impossible(state, event);
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
  if (state.status !== 'unknown' && state.status !== 'submitting') return impossible(state, event);
  const { send, startedAt } = event.data;
  return {
    ...state,
    status: 'submitting',
    deferred: false,
    current: { ...state.current, sends: send, lastSendAt: startedAt },
  };
}

function submitted(state: PayoutState, event: PayoutEventOf<'PayoutSubmitted'>): PayoutState {
  if (!('current' in state)) return impossible(state, event);
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
  if (state.status !== 'submitting' && state.status !== 'unknown') return impossible(state, event);
  const { refused } = event.data;
  const current: AttemptState = {
    ...state.current,
    mayHaveLeft: true,
    ...(refused === undefined ? {} : { refused }),
  };
  return { ...facts(state), status: 'unknown', current };
}

function finalStatus(
  state: PayoutState,
  event: PayoutEventOf<'PayoutStatusChanged' | 'PayoutReversed'>,
): PayoutState {
  if (state.status === 'absent' || state.status === 'rejected' || state.status === 'cancelled')
    return impossible(state, event);
  const known =
    attemptOf(state, event.data.attempt) ?? ('current' in state ? state.current : state.deadAttempts.at(-1));
  if (known === undefined) return impossible(state, event);
  const orderId = event.type === 'PayoutStatusChanged' ? event.data.orderId : undefined;
  const current: AttemptState = {
    ...known,
    mayHaveLeft: true,
    ...(orderId === undefined ? {} : { orderId }),
  };
  // Evidence answers the question that a person was asked, unless it was about the evidence itself.
  const parked = state.parked?.reason === 'claim-mismatch' ? state.parked : undefined;
  const base = { ...facts(state), parked, heldClaim: undefined };
  if (event.data.to === 'failed') return { ...base, status: 'failed', current };
  const { currency } = state.request.amount;
  return {
    ...base,
    status: 'succeeded',
    current,
    settled: {
      attempt: event.data.attempt,
      paid: event.data.paid ?? state.request.amount,
      fee: event.data.fee ?? zero(currency),
    },
  };
}

/** What every status but `absent` and `rejected` has. */
function facts(state: SentPayout | Extract<PayoutState, { status: 'requested' | 'cancelled' }>): PayoutFacts {
  const { request, reserve, deadAttempts, answered, parked, heldClaim } = state;
  return { request, reserve, deadAttempts, answered, parked, heldClaim };
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
