import {
  amountOf,
  isRecord,
  numberOf,
  optionalAmount,
  optionalText,
  readAmount,
  textOf,
  type Amount,
  type StoredEvent,
} from './stored-event.js';

export type Status =
  'requested' | 'submitting' | 'submitted' | 'unknown' | 'succeeded' | 'failed' | 'rejected' | 'cancelled';

/** A payout as its own events tell it; the account's events are judged against it. */
export interface PayoutHistory {
  readonly payoutId: string;
  accountId: string;
  /** Absent only for a payout that was rejected without its request. */
  provider: string | undefined;
  amount: Amount | undefined;
  /** What the account has to hold for it. */
  reserve: Amount | undefined;
  status: Status;
  parked: boolean;
  reversals: number;
  /** Paid and charged as far as the present status says; undefined while nothing is paid. */
  paid: Amount | undefined;
  fee: Amount | undefined;
  /** Further payments for the same payout. */
  readonly duplicates: { readonly paid: Amount; readonly fee: Amount }[];
  /** Attempt number to provider. */
  readonly attempts: Map<number, string>;
}

/** Who owns an order of a provider, as far as the log knows. Keys: see `orderKey`. */
export interface KnownOrders {
  readonly byReference: Map<string, string>;
  readonly byOrderId: Map<string, string>;
}

export interface PayoutHistories {
  readonly payouts: ReadonlyMap<string, PayoutHistory>;
  readonly known: KnownOrders;
  /** Histories that contradict the documented life of a payout. */
  readonly contradictions: readonly string[];
}

export const orderKey = (provider: string, text: string): string => `${provider}\n${text}`;
/** A provider may give a reference back in other case. */
export const referenceKey = (provider: string, reference: string): string =>
  orderKey(provider, reference.toLowerCase());

export type FinalStatus = 'succeeded' | 'failed' | 'rejected' | 'cancelled';
const FINAL: ReadonlySet<Status> = new Set<FinalStatus>(['succeeded', 'failed', 'rejected', 'cancelled']);
export const isFinal = (status: Status): status is FinalStatus => FINAL.has(status);

/** Events of a payout that change neither its status nor its money. */
const NOTES: ReadonlySet<string> = new Set([
  'PayoutSubmissionDeferred',
  'PayoutReportHeld',
  'PayoutReportDismissed',
  'CommandRefused',
]);

/** Reads the streams `payout-…`, in log order. */
export function payoutHistories(events: Iterable<StoredEvent>): PayoutHistories {
  const payouts = new Map<string, PayoutHistory>();
  const known: KnownOrders = { byReference: new Map(), byOrderId: new Map() };
  const contradictions: string[] = [];
  for (const event of events) {
    if (!event.stream.startsWith('payout-')) continue;
    const problem = apply(payouts, known, event);
    if (problem !== undefined)
      contradictions.push(`${event.stream} at position ${event.position}: ${event.type} ${problem}`);
  }
  return { payouts, known, contradictions };
}

/** Returns what is wrong with the event, if something is. */
function apply(
  payouts: Map<string, PayoutHistory>,
  known: KnownOrders,
  event: StoredEvent,
): string | undefined {
  const payoutId = textOf(event, 'payoutId');
  if (event.stream !== `payout-${payoutId}`) return `names another payout, ${payoutId}`;
  const payout = payouts.get(payoutId);
  if (payout === undefined) {
    const first = firstEvent(event, payoutId);
    if (first === undefined) return 'comes first';
    payouts.set(payoutId, first);
    return undefined;
  }
  switch (event.type) {
    case 'PayoutRejected':
      return to(payout, 'rejected', ['requested']);
    case 'PayoutCancelled':
      return to(payout, 'cancelled', ['requested']);
    case 'PayoutSubmissionStarted': {
      const provider = textOf(event, 'provider');
      payout.attempts.set(numberOf(event, 'attempt'), provider);
      known.byReference.set(referenceKey(provider, textOf(event, 'reference')), payoutId);
      return to(payout, 'submitting', ['requested']);
    }
    case 'PayoutResendStarted':
      return to(payout, 'submitting', ['submitting', 'unknown']);
    case 'PayoutSubmitted':
      learnOrder(payout, known, event);
      return isFinal(payout.status)
        ? undefined
        : to(payout, 'submitted', ['submitting', 'submitted', 'unknown']);
    case 'PayoutSubmissionUnknown':
      return to(payout, 'unknown', ['submitting', 'unknown']);
    case 'PayoutAttemptFailed':
      return to(payout, 'requested', ['submitting', 'submitted', 'unknown']);
    case 'PayoutStatusChanged': {
      learnOrder(payout, known, event);
      const wrong = to(payout, finalOf(event), ['requested', 'submitting', 'submitted', 'unknown']);
      paidNow(payout, event);
      return wrong;
    }
    case 'PayoutReversed': {
      const target = finalOf(event);
      payout.reversals += 1;
      const wrong = to(payout, target, [target === 'succeeded' ? 'failed' : 'succeeded']);
      paidNow(payout, event);
      return wrong;
    }
    case 'PayoutFeeChanged':
      payout.fee = amountOf(event, 'to');
      return payout.status === 'succeeded' ? undefined : `while it is ${payout.status}`;
    case 'PayoutDuplicatePaid':
      payout.duplicates.push({ paid: amountOf(event, 'paid'), fee: amountOf(event, 'fee') });
      return undefined;
    case 'PayoutParked':
      payout.parked = true;
      return undefined;
    case 'PayoutResolved':
      payout.parked = false;
      return undefined;
    default:
      return NOTES.has(event.type) ? undefined : 'is not an event of a payout that may stand here';
  }
}

function firstEvent(event: StoredEvent, payoutId: string): PayoutHistory | undefined {
  if (event.type !== 'PayoutRequested' && event.type !== 'PayoutRejected') return undefined;
  const requested = event.type === 'PayoutRequested';
  const within = event.data['request'];
  const request = requested ? event.data : isRecord(within) ? within : {};
  return {
    payoutId,
    accountId: textOf(event, 'accountId'),
    provider: typeof request['provider'] === 'string' ? request['provider'] : undefined,
    amount: readAmount(request['amount']),
    reserve: requested ? amountOf(event, 'reserve') : undefined,
    status: requested ? 'requested' : 'rejected',
    parked: false,
    reversals: 0,
    paid: undefined,
    fee: undefined,
    duplicates: [],
    attempts: new Map(),
  };
}

function to(payout: PayoutHistory, status: Status, from: readonly Status[]): string | undefined {
  const before = payout.status;
  payout.status = status;
  return from.includes(before) ? undefined : `while it is ${before}`;
}

function finalOf(event: StoredEvent): 'succeeded' | 'failed' {
  return textOf(event, 'to') === 'succeeded' ? 'succeeded' : 'failed';
}

function paidNow(payout: PayoutHistory, event: StoredEvent): void {
  const succeeded = payout.status === 'succeeded';
  payout.paid = succeeded ? optionalAmount(event, 'paid') : undefined;
  payout.fee = succeeded ? optionalAmount(event, 'fee') : undefined;
}

function learnOrder(payout: PayoutHistory, known: KnownOrders, event: StoredEvent): void {
  const orderId = optionalText(event, 'orderId');
  const provider = payout.attempts.get(numberOf(event, 'attempt'));
  if (orderId !== undefined && provider !== undefined)
    known.byOrderId.set(orderKey(provider, orderId), payout.payoutId);
}
