import type { OrderFacts, ProviderOutcome } from '../provider/provider-report.js';
import type { ApplyProviderReport } from './commands.js';
import type { PayoutEvent } from './events.js';
import type { AttemptState, PayoutState, SentPayout } from './state.js';

/** `alarm`: it must not happen, and a person has to look. */
export type ReportDecision =
  | { readonly events: readonly [PayoutEvent, ...PayoutEvent[]]; readonly alarm?: string }
  | { readonly ignored: string; readonly alarm?: boolean };

type OutcomeOf<K extends ProviderOutcome['kind']> = Extract<ProviderOutcome, { kind: K }>;
export type Report<K extends ProviderOutcome['kind'] = ProviderOutcome['kind']> = Omit<
  ApplyProviderReport,
  'outcome'
> & { readonly outcome: OutcomeOf<K> };
/** A payout of which an attempt was at least intended. */
export type Attempted = SentPayout | Extract<PayoutState, { status: 'requested' }>;

/** Whether the report is about the attempt that counts now, and not about one that was proved dead. */
export function isCurrent(state: Attempted, report: Report): state is SentPayout {
  return 'current' in state && state.current.attempt === report.attempt;
}

/** Who may turn a final state: whoever looked, not whoever was told. */
export function confirms(report: Report): boolean {
  return report.source === 'query' || report.source === 'statement' || report.source === 'operator';
}

export function held(
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

export function dismissed(
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
export function lateAnswer(
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
export function lateOrderNumber(
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

export function submission(
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

export function orderNumber(order: OrderFacts): Pick<OrderFacts, 'orderId'> {
  return order.orderId === undefined ? {} : { orderId: order.orderId };
}

export function proof(report: Pick<ApplyProviderReport, 'evidence'>): Pick<ApplyProviderReport, 'evidence'> {
  return report.evidence === undefined ? {} : { evidence: report.evidence };
}
