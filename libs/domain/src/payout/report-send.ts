import { isCurrent, proof, type Attempted, type Report, type ReportDecision } from './report-parts.js';
import type { AttemptState } from './state.js';

/**
 * The create request was refused. It proves a failure only where the card says so, and only while it is proved that no
 * send before it left.
 */
export function refused(state: Attempted, attempt: AttemptState, report: Report<'refused'>): ReportDecision {
  const { rawStatus, reason } = report.outcome;
  if (report.source !== 'answer') return { ignored: `the ${report.source} refuses no request`, alarm: true };
  if (!isCurrent(state, report)) return { ignored: 'the attempt is dead already' };
  if (state.status !== 'submitting' && state.status !== 'unknown')
    return { ignored: `refusal of a repeat: payout is ${state.status}` };
  const { payoutId } = state.request;
  const lone = !attempt.mayHaveLeft;
  if (report.rules.refusalIsProof && lone) {
    return {
      events: [
        // The words of the refusal go with the attempt, so that the failure can quote them.
        {
          type: 'PayoutSubmissionUnknown',
          data: {
            payoutId,
            attempt: report.attempt,
            reason: 'refused',
            refused: { rawStatus, reason },
            ...proof(report),
          },
        },
        {
          type: 'PayoutAttemptFailed',
          data: { payoutId, attempt: report.attempt, proof: 'refused', rawStatus, reason, ...proof(report) },
        },
      ],
    };
  }
  const known = attempt.refused;
  if (state.status === 'unknown' && known !== undefined)
    return { ignored: 'refused again, to be confirmed by a look-up' };
  // A refused repeat says nothing about the sends before it.
  const words = lone ? { refused: { rawStatus, reason } } : {};
  return {
    events: [
      {
        type: 'PayoutSubmissionUnknown',
        data: {
          payoutId,
          attempt: report.attempt,
          reason: `refused: ${rawStatus}`,
          ...words,
          ...proof(report),
        },
      },
    ],
  };
}

/** "Not found" is not "never" (guarantee G05): it counts only with a refusal, and after the card's time. */
export function notFound(
  state: Attempted,
  attempt: AttemptState,
  report: Report<'not-found'>,
): ReportDecision {
  if (report.source !== 'query' && report.source !== 'statement')
    return { ignored: `the ${report.source} looked nothing up`, alarm: true };
  if (state.status !== 'unknown' || !isCurrent(state, report))
    return {
      ignored: `not found, payout is ${state.status}`,
      alarm: state.status === 'submitted' || state.status === 'succeeded',
    };
  const limit = report.rules.notFoundIsFinalAfter;
  if (limit === null || report.at < attempt.lastSendAt + limit) return { ignored: 'not found yet' };
  if (attempt.refused === undefined) return { ignored: 'not found, never refused' };
  const { payoutId } = state.request;
  return {
    events: [
      {
        type: 'PayoutAttemptFailed',
        data: {
          payoutId,
          attempt: report.attempt,
          proof: 'refused-and-not-found',
          ...attempt.refused,
          ...proof(report),
        },
      },
    ],
  };
}

export function notSent(state: Attempted, report: Report<'not-sent'>): ReportDecision {
  if (report.source !== 'answer') return { ignored: `the ${report.source} sends nothing` };
  if (!isCurrent(state, report)) return { ignored: 'the attempt is dead already' };
  if (state.status !== 'submitting' || state.deferred) return { ignored: `payout is ${state.status}` };
  const { payoutId } = state.request;
  const { reason } = report.outcome;
  if (state.current.mayHaveLeft) {
    return {
      events: [
        {
          type: 'PayoutSubmissionUnknown',
          data: {
            payoutId,
            attempt: report.attempt,
            reason: `this send did not leave (${reason}), an earlier one may have`,
            ...proof(report),
          },
        },
      ],
    };
  }
  return {
    events: [
      {
        type: 'PayoutSubmissionDeferred',
        data: { payoutId, attempt: report.attempt, reason: 'not-sent', detail: reason },
      },
    ],
  };
}

export function unknown(state: Attempted, report: Report<'unknown'>): ReportDecision {
  if (report.source !== 'answer') return { ignored: `the ${report.source} said nothing` };
  if (!isCurrent(state, report)) return { ignored: 'the attempt is dead already' };
  if (state.status !== 'submitting' || state.deferred) return { ignored: `payout is ${state.status}` };
  const { payoutId } = state.request;
  return {
    events: [
      {
        type: 'PayoutSubmissionUnknown',
        data: { payoutId, attempt: report.attempt, reason: report.outcome.reason, ...proof(report) },
      },
    ],
  };
}
