import type { AccountEvent, AccountEventOf } from '#domain/account/events';
import type { DomainEvent } from '#domain/codec/stored-event';
import { formatMoney, type Money } from '#domain/money/money';
import { payoutShapes, type PayoutEvent } from '#domain/payout/events';
import { isoTime } from '#platform/time/clock';
import { positionKey } from '../position-key.js';
import type { ProjectedEvent } from '../read-model.js';
import type { TimelineRow } from './row.js';

type FundsType =
  | 'FundsReserved'
  | 'FundsReservationRefused'
  | 'FundsSettled'
  | 'FundsReleased'
  | 'FundsReturned'
  | 'FundsReclaimed'
  | 'FundsFeeAdjusted'
  | 'DuplicatePaymentPosted';
const FUNDS_TYPES: readonly AccountEvent['type'][] = [
  'FundsReserved',
  'FundsReservationRefused',
  'FundsSettled',
  'FundsReleased',
  'FundsReturned',
  'FundsReclaimed',
  'FundsFeeAdjusted',
  'DuplicatePaymentPosted',
] satisfies readonly FundsType[];

/** Everything that happened to a payout, on its own stream and to its money on the account. */
export type TimelineEvent = PayoutEvent | AccountEventOf<FundsType>;

export const TIMELINE_TYPES: ReadonlySet<string> = new Set([...Object.keys(payoutShapes), ...FUNDS_TYPES]);

export function concernsTimeline(event: DomainEvent): event is TimelineEvent {
  return TIMELINE_TYPES.has(event.type);
}

export function projectTimeline({ position, recordedAt }: ProjectedEvent, event: TimelineEvent): TimelineRow {
  return {
    payout_id: event.data.payoutId,
    position_key: positionKey(position),
    position,
    type: event.type,
    at: isoTime(recordedAt),
    summary: JSON.stringify(summaryOf(event)),
  };
}

type Summary = Readonly<Record<string, string | number | boolean | undefined>>;

/** Named field by field: a field that is added to an event, sealed or not, doesn't come out here by itself. */
function summaryOf(event: TimelineEvent): Summary {
  switch (event.type) {
    case 'PayoutRequested': {
      const { accountId, provider, payee, amount, reserve } = event.data;
      return {
        accountId,
        provider,
        payeeId: payee.payeeId,
        beneficiaryKind: payee.kind,
        ...sums({ amount, reserve }),
      };
    }
    case 'PayoutRejected':
    case 'PayoutParked':
      return { reason: event.data.reason, detail: event.data.detail };
    case 'PayoutCancelled':
      return { commandId: event.data.commandId, reason: event.data.reason };
    case 'PayoutSubmissionStarted': {
      const { attempt, provider, reference } = event.data;
      return { attempt, provider, reference };
    }
    case 'PayoutResendStarted': {
      const { attempt, send, rule } = event.data;
      return { attempt, send, rule };
    }
    case 'PayoutSubmissionDeferred': {
      const { attempt, reason, detail } = event.data;
      return { attempt, reason, detail };
    }
    case 'PayoutSubmitted': {
      const { attempt, orderId, rawStatus, recognised, source } = event.data;
      return { attempt, orderId, rawStatus, recognised, source };
    }
    case 'PayoutSubmissionUnknown': {
      const { attempt, reason, refused } = event.data;
      return { attempt, reason, rawStatus: refused?.rawStatus };
    }
    case 'PayoutAttemptFailed': {
      const { attempt, proof, rawStatus, reason } = event.data;
      return { attempt, proof, rawStatus, reason };
    }
    case 'PayoutStatusChanged': {
      const { attempt, from, to, rawStatus, source, reason, orderId, paid, fee } = event.data;
      return { attempt, from, to, rawStatus, source, reason, orderId, ...sums({ paid, fee }) };
    }
    case 'PayoutReversed': {
      const { attempt, from, to, rawStatus, source, reason, paid, fee } = event.data;
      return { attempt, from, to, rawStatus, source, reason, ...sums({ paid, fee }) };
    }
    case 'PayoutFeeChanged': {
      const { attempt, from, to } = event.data;
      return { attempt, ...sums({ from, to }) };
    }
    case 'PayoutDuplicatePaid': {
      const { attempt, paid, fee } = event.data;
      return { attempt, ...sums({ paid, fee }) };
    }
    case 'PayoutReportHeld':
    case 'PayoutReportDismissed': {
      const { attempt, claim, rawStatus, source } = event.data;
      return { attempt, claim, rawStatus, source };
    }
    case 'PayoutResolved': {
      const { decision, operator, reason } = event.data;
      return { decision, operator, reason };
    }
    case 'CommandRefused': {
      const { command, commandId, reason } = event.data;
      return { command, commandId, reason };
    }
    case 'FundsReserved':
    case 'FundsReleased':
      return sums({ amount: event.data.amount });
    case 'FundsReservationRefused': {
      const { requested, reason } = event.data;
      return { reason, ...sums({ requested }) };
    }
    case 'FundsSettled': {
      const { reserved, paid, fee, released, difference } = event.data;
      return sums({ reserved, paid, fee, released, difference });
    }
    case 'FundsReclaimed': {
      const { paid, fee, overdraws } = event.data;
      return { ...sums({ paid, fee }), overdraws };
    }
    case 'FundsReturned':
    case 'DuplicatePaymentPosted':
      return sums({ paid: event.data.paid, fee: event.data.fee });
    case 'FundsFeeAdjusted':
      return sums({ difference: event.data.difference });
  }
}

/** Decimal texts, and their currency once: all sums of one event are in one currency. */
function sums(amounts: Readonly<Record<string, Money | undefined>>): Summary {
  const out: Record<string, string> = {};
  for (const [name, amount] of Object.entries(amounts)) {
    if (amount === undefined) continue;
    out[name] = formatMoney(amount);
    out['currency'] = amount.currency;
  }
  return out;
}
