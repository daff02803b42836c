import { sameMoney, zero } from '../money/money.js';
import type { OrderFacts, ProviderOutcome } from '../provider/provider-report.js';
import type { ApplyProviderReport } from './commands.js';
import type { PayoutEvent } from './events.js';
import { attemptOf, type AttemptState, type PayoutState, type SentPayout } from './state.js';

/** `alarm`: it must not happen, and a person has to look. */
export type ReportDecision =
  | { readonly events: readonly [PayoutEvent, ...PayoutEvent[]]; readonly alarm?: string }
  | { readonly ignored: string; readonly alarm?: boolean };

type OutcomeOf<K extends ProviderOutcome['kind']> = Extract<ProviderOutcome, { kind: K }>;
type Report<K extends ProviderOutcome['kind'] = ProviderOutcome['kind']> = Omit<
  ApplyProviderReport,
  'outcome'
> & { readonly outcome: OutcomeOf<K> };
/** A payout of which an attempt was at least intended. */
type Attempted = SentPayout | Extract<PayoutState, { status: 'requested' }>;

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

function succeeded(state: Attempted, attempt: AttemptState, report: Report<'succeeded'>): ReportDecision {
  const { order, rawStatus } = report.outcome;
  const { payoutId, accountId, amount } = state.request;
  const paid = order.paid ?? amount;
  const fee = order.fee ?? zero(amount.currency);
  const base = {
    payoutId,
    accountId,
    attempt: report.attempt,
    rawStatus,
    source: report.source,
    ...proof(report),
  };
  if (state.duplicates.includes(report.attempt))
    return { ignored: 'posted as a duplicate payment already', alarm: state.status !== 'succeeded' };
  switch (state.status) {
    case 'requested':
    case 'submitting':
    case 'submitted':
    case 'unknown': {
      const events: [PayoutEvent, ...PayoutEvent[]] = [
        {
          type: 'PayoutStatusChanged',
          data: {
            ...base,
            from: state.status,
            to: 'succeeded',
            ordered: amount,
            paid,
            fee,
            ...orderNumber(order),
          },
        },
      ];
      if (!isCurrent(state, report))
        return { events, alarm: 'an attempt that was proved dead was paid after all' };
      return sameMoney(paid, amount)
        ? { events }
        : { events, alarm: 'paid amount differs from the ordered one' };
    }
    case 'succeeded':
      if (report.attempt !== state.settled.attempt) {
        return {
          events: [
            {
              type: 'PayoutDuplicatePaid',
              data: { payoutId, accountId, attempt: report.attempt, paid, fee, ...proof(report) },
            },
          ],
          alarm: 'paid twice',
        };
      }
      if (state.heldClaim?.claim === 'failed' && confirms(report))
        return dismissed(state, report, 'failed', rawStatus);
      if (order.fee !== undefined && !sameMoney(order.fee, state.settled.fee)) {
        return {
          events: [
            {
              type: 'PayoutFeeChanged',
              data: {
                payoutId,
                accountId,
                attempt: report.attempt,
                from: state.settled.fee,
                to: order.fee,
                ...proof(report),
              },
            },
          ],
        };
      }
      if (order.paid !== undefined && !sameMoney(order.paid, state.settled.paid))
        return { ignored: 'another amount was settled', alarm: true };
      return lateOrderNumber(state, report, order) ?? { ignored: 'already succeeded' };
    case 'failed':
      if (report.source === 'answer') return lateAnswer(state, report, order);
      if (!confirms(report)) return held(state, attempt, report, 'succeeded', rawStatus);
      return {
        events: [{ type: 'PayoutReversed', data: { ...base, from: 'failed', to: 'succeeded', paid, fee } }],
        alarm: 'a failed payout was paid after all',
      };
  }
}

function failed(state: Attempted, attempt: AttemptState, report: Report<'failed'>): ReportDecision {
  const { order, rawStatus, reason } = report.outcome;
  const { payoutId, accountId } = state.request;
  const base = {
    payoutId,
    accountId,
    attempt: report.attempt,
    rawStatus,
    source: report.source,
    reason,
    ...proof(report),
  };
  switch (state.status) {
    case 'requested':
      return { ignored: 'the attempt is dead already' };
    case 'submitting':
    case 'submitted':
    case 'unknown':
      if (!isCurrent(state, report)) return { ignored: 'the attempt is dead already' };
      if (report.source === 'callback') return held(state, attempt, report, 'failed', rawStatus);
      return {
        events: [
          {
            type: 'PayoutStatusChanged',
            data: { ...base, from: state.status, to: 'failed', ...orderNumber(order) },
          },
        ],
      };
    case 'succeeded':
      if (report.attempt !== state.settled.attempt) {
        return { ignored: 'another attempt was paid', alarm: state.duplicates.includes(report.attempt) };
      }
      if (report.source === 'answer') return lateAnswer(state, report, order);
      if (!confirms(report)) return held(state, attempt, report, 'failed', rawStatus);
      return {
        events: [
          {
            type: 'PayoutReversed',
            data: {
              ...base,
              from: 'succeeded',
              to: 'failed',
              paid: state.settled.paid,
              fee: state.settled.fee,
            },
          },
        ],
        alarm: 'a paid payout came back',
      };
    case 'failed':
      if (state.heldClaim?.claim === 'succeeded' && confirms(report))
        return dismissed(state, report, 'succeeded', rawStatus);
      return lateOrderNumber(state, report, order) ?? { ignored: 'already failed' };
  }
}

/**
 * The create request was refused. It proves a failure only where the card says so, and only while it is proved that no
 * send before it left.
 */
function refused(state: Attempted, attempt: AttemptState, report: Report<'refused'>): ReportDecision {
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
function notFound(state: Attempted, attempt: AttemptState, report: Report<'not-found'>): ReportDecision {
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

function notSent(state: Attempted, report: Report<'not-sent'>): ReportDecision {
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

function unknown(state: Attempted, report: Report<'unknown'>): ReportDecision {
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

/** Whether the report is about the attempt that counts now, and not about one that was proved dead. */
function isCurrent(state: Attempted, report: Report): state is SentPayout {
  return 'current' in state && state.current.attempt === report.attempt;
}

/** Who may turn a final state: whoever looked, not whoever was told. */
function confirms(report: Report): boolean {
  return report.source === 'query' || report.source === 'statement' || report.source === 'operator';
}

function held(
  state: Attempted,
  attempt: AttemptState,
  report: Report,
  claim: 'succeeded' | 'failed',
  rawStatus: string,
): ReportDecision {
  if (state.heldClaim?.claim === claim) return { ignored: 'the same claim is held already' };
  const { payoutId } = state.request;
  return {
    events: [
      {
        type: 'PayoutReportHeld',
        data: {
          payoutId,
          attempt: attempt.attempt,
          claim,
          rawStatus,
          source: report.source,
          heldAt: report.at,
          ...proof(report),
        },
      },
    ],
  };
}

function dismissed(
  state: Attempted,
  report: Report,
  claim: 'succeeded' | 'failed',
  rawStatus: string,
): ReportDecision {
  const { payoutId } = state.request;
  return {
    events: [
      {
        type: 'PayoutReportDismissed',
        data: {
          payoutId,
          attempt: report.attempt,
          claim,
          rawStatus,
          source: report.source,
          ...proof(report),
        },
      },
    ],
  };
}

/** A late answer leaves no final state: it tells the order's number, and that a person should look. */
function lateAnswer(
  state: SentPayout,
  report: Report<'succeeded' | 'failed'>,
  order: OrderFacts,
): ReportDecision {
  const number = lateOrderNumber(state, report, order);
  const contradiction = 'a late answer contradicts the final state';
  return number === undefined
    ? { ignored: contradiction, alarm: true }
    : { events: number.events, alarm: contradiction };
}

/** A late message after a final state still tells the provider's number, which later callbacks are found by. */
function lateOrderNumber(
  state: SentPayout,
  report: Report<'succeeded' | 'failed'>,
  order: OrderFacts,
): { readonly events: readonly [PayoutEvent] } | undefined {
  if (
    order.orderId === undefined ||
    state.current.orderId !== undefined ||
    state.current.attempt !== report.attempt
  )
    return undefined;
  return { events: [submission(state, report, report.outcome.rawStatus, true, order)] };
}

function submission(
  state: Attempted,
  report: Report,
  rawStatus: string,
  recognised: boolean,
  order: OrderFacts,
): PayoutEvent {
  const { payoutId } = state.request;
  return {
    type: 'PayoutSubmitted',
    data: {
      payoutId,
      attempt: report.attempt,
      rawStatus,
      recognised,
      source: report.source,
      ...orderNumber(order),
      ...proof(report),
    },
  };
}

function orderNumber(order: OrderFacts): Pick<OrderFacts, 'orderId'> {
  return order.orderId === undefined ? {} : { orderId: order.orderId };
}

function proof(report: Pick<ApplyProviderReport, 'evidence'>): Pick<ApplyProviderReport, 'evidence'> {
  return report.evidence === undefined ? {} : { evidence: report.evidence };
}
