import type { PayoutEvent, PayoutRequest } from '#domain/payout/events';
import type { PayoutState } from '#domain/payout/state';
import { formatMoney, type Money } from '#domain/money/money';
import type { PublicEvent, PublicEventName } from '#messaging/contracts/events.v1';

type Told = Omit<PublicEvent['data'], 'position' | 'revision'>;

/** Types of which other services may be told. The rest is our own business. */
const TOLD_TYPES = [
  'PayoutRequested',
  'PayoutRejected',
  'PayoutCancelled',
  'PayoutSubmitted',
  'PayoutStatusChanged',
  'PayoutReversed',
  'PayoutParked',
  'PayoutResolved',
] as const satisfies readonly PayoutEvent['type'][];

const TOLD: ReadonlySet<string> = new Set(TOLD_TYPES);

export type ToldEvent = Extract<PayoutEvent, { type: (typeof TOLD_TYPES)[number] }>;

export function isTold<E extends { readonly type: string }>(
  event: E,
): event is E & { readonly type: ToldEvent['type'] } {
  return TOLD.has(event.type);
}

/** What other services are told of an event, without its place in the log. */
export interface PublicFact {
  readonly name: PublicEventName;
  readonly data: Told;
}

/**
 * The public side of an event: requests, submissions, every change of status that is of interest outside, reversals.
 * `undefined` when this one has none. `before` and `after` are the payout around it.
 */
export function publicFactOf(
  event: ToldEvent,
  before: PayoutState,
  after: PayoutState,
  request: PayoutRequest,
): PublicFact | undefined {
  const base = {
    payoutId: request.payoutId,
    accountId: request.accountId,
    amount: formatMoney(request.amount),
    currency: request.amount.currency,
    provider: request.provider,
  };
  switch (event.type) {
    case 'PayoutRequested':
      return { name: 'PayoutRequested', data: { ...base, status: 'requested' } };
    case 'PayoutRejected': {
      const from = before.status === 'absent' ? {} : { from: 'requested' as const };
      return {
        name: 'PayoutStatusChanged',
        data: { ...base, status: 'rejected', reason: event.data.reason, ...from },
      };
    }
    case 'PayoutCancelled':
      return { name: 'PayoutStatusChanged', data: { ...base, status: 'cancelled', from: 'requested' } };
    case 'PayoutSubmitted':
      // After a final state it only told us the provider's number.
      if (after.status !== 'submitted' || before.status === 'submitted') return undefined;
      return {
        name: 'PayoutSubmitted',
        data: { ...base, status: 'submitted', rawStatus: cut(event.data.rawStatus) },
      };
    case 'PayoutStatusChanged': {
      const { to, from, rawStatus, reason, paid, fee } = event.data;
      return {
        name: 'PayoutStatusChanged',
        data: { ...base, status: to, from, rawStatus: cut(rawStatus), ...told({ reason, paid, fee }) },
      };
    }
    case 'PayoutReversed': {
      const { to, from, rawStatus, reason, paid, fee } = event.data;
      return {
        name: 'PayoutReversed',
        data: { ...base, status: to, from, rawStatus: cut(rawStatus), ...told({ reason, paid, fee }) },
      };
    }
    case 'PayoutParked':
      return before.status === 'absent' || before.status === 'rejected'
        ? undefined
        : {
            name: 'PayoutStatusChanged',
            data: { ...base, status: 'parked', from: before.status, reason: event.data.reason },
          };
    case 'PayoutResolved':
      return after.status === 'absent' || after.status === 'rejected'
        ? undefined
        : {
            name: 'PayoutStatusChanged',
            data: { ...base, status: after.status, from: 'parked', reason: event.data.decision },
          };
  }
}

function told({
  reason,
  paid,
  fee,
}: {
  reason: string | undefined;
  paid: Money | undefined;
  fee: Money | undefined;
}) {
  return {
    ...(reason === undefined || reason === '' ? {} : { reason: reason.slice(0, 500) }),
    ...(paid === undefined ? {} : { paid: formatMoney(paid) }),
    ...(fee === undefined ? {} : { fee: formatMoney(fee) }),
  };
}

/** A provider's word, as long as the contract allows; an empty one says nothing. */
function cut(rawStatus: string): string {
  return rawStatus === '' ? '-' : rawStatus.slice(0, 128);
}
