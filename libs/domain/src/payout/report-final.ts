import { sameMoney, zero } from '../money/money.js';
import type { PayoutEvent } from './events.js';
import {
  confirms,
  dismissed,
  held,
  isCurrent,
  lateAnswer,
  lateOrderNumber,
  orderNumber,
  proof,
  type Attempted,
  type Report,
  type ReportDecision,
} from './report-parts.js';
import type { AttemptState } from './state.js';

export function succeeded(
  state: Attempted,
  attempt: AttemptState,
  report: Report<'succeeded'>,
): ReportDecision {
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

export function failed(state: Attempted, attempt: AttemptState, report: Report<'failed'>): ReportDecision {
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
