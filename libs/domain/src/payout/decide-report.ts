import { sameMoney } from '../money/money.js';
import type { OrderFacts } from '../provider/provider-report.js';
import type { ApplyProviderReport } from './commands.js';
import { failed, succeeded } from './report-final.js';
import {
  confirms,
  isCurrent,
  proof,
  submission,
  type Attempted,
  type Report,
  type ReportDecision,
} from './report-parts.js';
import { notFound, notSent, refused, unknown } from './report-send.js';
import { attemptOf, type AttemptState, type PayoutState } from './state.js';

/**
 * Takes what a provider said. Evidence is never dropped because a state is "final": what is right is the confirmed
 * order of evidence. A callback alone neither leaves a final state nor gives money back; it is held until a query agrees.
 */
export function decideReport(state: PayoutState, command: ApplyProviderReport): ReportDecision {
  if (state.status === 'absent' || state.status === 'rejected' || state.status === 'cancelled') {
    // An order exists that nobody should have sent.
    const { kind } = command.outcome;
    return { ignored: `payout is ${state.status}`, alarm: kind === 'succeeded' || kind === 'pending' };
  }
  const attempt = attemptOf(state, command.attempt);
  if (attempt === undefined) return { ignored: 'no such attempt was made', alarm: true };
  const { outcome } = command;
  switch (outcome.kind) {
    case 'pending':
      return mismatch(state, attempt, command, outcome.order) ?? pending(state, { ...command, outcome });
    case 'succeeded':
      return (
        mismatch(state, attempt, command, outcome.order) ?? succeeded(state, attempt, { ...command, outcome })
      );
    case 'failed':
      return (
        mismatch(state, attempt, command, outcome.order) ?? failed(state, attempt, { ...command, outcome })
      );
    case 'refused':
      return refused(state, attempt, { ...command, outcome });
    case 'not-found':
      return notFound(state, attempt, { ...command, outcome });
    case 'not-sent':
      return notSent(state, { ...command, outcome });
    case 'unknown':
      return unknown(state, { ...command, outcome });
  }
}

/** The fields that a message carries must match the intent; else a person looks, and nothing else is taken from it. */
function mismatch(
  state: Attempted,
  attempt: AttemptState,
  command: ApplyProviderReport,
  order: OrderFacts,
): ReportDecision | undefined {
  const { amount } = state.request;
  const differing: string[] = [];
  if (order.ordered !== undefined && !sameMoney(order.ordered, amount)) differing.push('amount');
  if (order.reference !== undefined && order.reference.toLowerCase() !== attempt.reference)
    differing.push('reference');
  if (order.orderId !== undefined && attempt.orderId !== undefined && order.orderId !== attempt.orderId)
    differing.push('order number');
  const parts = [order.paid, order.fee];
  if (parts.some((part) => part !== undefined && part.currency !== amount.currency))
    differing.push('currency');
  if (differing.length === 0) return undefined;
  if (state.parked?.reason === 'claim-mismatch')
    return { ignored: 'claim differs from the intent, parked already', alarm: true };
  const { payoutId, accountId } = state.request;
  const detail = `a ${command.source} differs from the intent in: ${differing.join(', ')}`;
  return {
    events: [
      {
        type: 'PayoutParked',
        data: { payoutId, accountId, reason: 'claim-mismatch', detail, ...proof(command) },
      },
    ],
    alarm: detail,
  };
}

function pending(state: Attempted, report: Report<'pending'>): ReportDecision {
  const { order, rawStatus, recognised } = report.outcome;
  const alarm = recognised ? {} : { alarm: `unknown status ${JSON.stringify(rawStatus)} counts as pending` };
  if (!isCurrent(state, report)) return { ignored: 'the attempt is dead', alarm: true };
  const news = order.orderId !== undefined && state.current.orderId === undefined;
  const open = state.status === 'submitting' || state.status === 'unknown';
  if (!(open || news)) {
    return {
      ignored: state.status === 'submitted' ? 'still pending' : `payout is ${state.status}`,
      // Whoever looked and found a final order open again has found something that nobody expects.
      alarm: !recognised || (state.status !== 'submitted' && confirms(report)),
    };
  }
  return { events: [submission(state, report, rawStatus, recognised, order)], ...alarm };
}
