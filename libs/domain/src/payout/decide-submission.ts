import type {
  ConcludeFailure,
  MarkOutcomeUnknown,
  ParkPayout,
  RejectPayout,
  StartResend,
  StartSubmission,
} from './commands.js';
import type { PayoutEvent } from './events.js';
import type { PayoutState } from './state.js';

/** Why nothing happened; it is logged and tested like a decision. */
export interface Ignored {
  readonly ignored: string;
}
export type StepDecision = { readonly events: readonly [PayoutEvent, ...PayoutEvent[]] } | Ignored;

/** The funding account said no: the payout is refused for good. */
export function decideReject(state: PayoutState, command: RejectPayout): StepDecision {
  if (state.status !== 'requested' || state.deadAttempts.length > 0)
    return { ignored: `payout is ${state.status}` };
  const { payoutId, accountId } = state.request;
  return {
    events: [
      {
        type: 'PayoutRejected',
        data: { payoutId, accountId, reason: command.reason, detail: command.detail },
      },
    ],
  };
}

/** The intent of a first send. It is written only while nothing of this payout can be under way. */
export function decideStart(state: PayoutState, command: StartSubmission): StepDecision {
  if (state.status !== 'requested') return { ignored: `payout is ${state.status}` };
  if (state.parked !== undefined) return { ignored: 'payout is parked' };
  if (command.attempt !== state.deadAttempts.length + 1) return { ignored: 'attempt is not the next one' };
  const { attempt, provider, reference, businessHash, funds, at } = command;
  const { payoutId } = state.request;
  return {
    events: [
      {
        type: 'PayoutSubmissionStarted',
        data: { payoutId, attempt, provider, reference, businessHash, funds, startedAt: at },
      },
    ],
  };
}

/** The intent of one more send under the same reference, where a rule allows it. */
export function decideResend(state: PayoutState, command: StartResend): StepDecision {
  if (state.status !== 'unknown' && !(state.status === 'submitting' && state.deferred))
    return { ignored: `payout is ${state.status}` };
  if (state.parked !== undefined) return { ignored: 'payout is parked' };
  // The provider spoke of an order: there is something to ask for, and nothing to send.
  if (state.heldClaim !== undefined) return { ignored: 'a claim waits for its confirmation' };
  if (command.attempt !== state.current.attempt) return { ignored: 'attempt is not the current one' };
  const { payoutId } = state.request;
  const { attempt, rule, at } = command;
  return {
    events: [
      {
        type: 'PayoutResendStarted',
        data: { payoutId, attempt, send: state.current.sends + 1, rule, startedAt: at },
      },
    ],
  };
}

/** Nobody knows how a send ended. */
export function decideUnknown(state: PayoutState, command: MarkOutcomeUnknown): StepDecision {
  if (state.status !== 'submitting' || state.deferred) return { ignored: `payout is ${state.status}` };
  if (command.attempt !== state.current.attempt) return { ignored: 'attempt is not the current one' };
  const { payoutId } = state.request;
  return {
    events: [
      {
        type: 'PayoutSubmissionUnknown',
        data: { payoutId, attempt: command.attempt, reason: command.reason },
      },
    ],
  };
}

/** After a proved failure, and with nobody else to pay it, the payout has failed and its funds are released. */
export function decideConclusion(state: PayoutState, _command: ConcludeFailure): StepDecision {
  if (state.status !== 'requested') return { ignored: `payout is ${state.status}` };
  const last = state.deadAttempts.at(-1);
  if (last === undefined) return { ignored: 'no attempt was made' };
  const { payoutId, accountId } = state.request;
  return {
    events: [
      {
        type: 'PayoutStatusChanged',
        data: {
          payoutId,
          accountId,
          attempt: last.attempt,
          from: 'requested',
          to: 'failed',
          rawStatus: last.refused?.rawStatus ?? 'attempt failed',
          source: 'answer',
          reason: last.refused?.reason ?? 'no provider could pay it',
        },
      },
    ],
  };
}

/** Hands the payout to a person. */
export function decidePark(state: PayoutState, command: ParkPayout): StepDecision {
  if (state.status === 'absent' || state.status === 'rejected' || state.status === 'cancelled')
    return { ignored: `payout is ${state.status}` };
  if (state.parked !== undefined) return { ignored: 'payout is parked already' };
  const { payoutId, accountId } = state.request;
  return {
    events: [
      { type: 'PayoutParked', data: { payoutId, accountId, reason: command.reason, detail: command.detail } },
    ],
  };
}
