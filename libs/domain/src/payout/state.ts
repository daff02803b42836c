import type { AccountId, CommandId, Fingerprint, ProviderOrderId, ProviderReference } from '../ids.js';
import type { Money } from '../money/money.js';
import type { ProviderName } from '../provider/provider-name.js';
import type { FundsReference, ParkReason, PayoutRequest } from './events.js';
import type { RefusalReason, RejectionReason } from './rejections.js';

/** How a command was answered; the same command id gets it again, for ever. */
export type CommandAnswer =
  | { readonly outcome: 'accepted' }
  | { readonly outcome: 'rejected'; readonly reason: RejectionReason; readonly detail: string }
  | { readonly outcome: 'refused'; readonly reason: RefusalReason };

export interface AnsweredCommand {
  readonly fingerprint: Fingerprint;
  readonly answer: CommandAnswer;
}

/** One reference at one provider. Times are milliseconds since the epoch. */
export interface AttemptState {
  readonly attempt: number;
  readonly provider: ProviderName;
  readonly reference: ProviderReference;
  readonly funds: FundsReference;
  readonly firstSendAt: number;
  readonly lastSendAt: number;
  readonly sends: number;
  /** False as long as it is proved that none of the sends left. */
  readonly mayHaveLeft: boolean;
  readonly orderId?: ProviderOrderId;
  /** The provider refused the request, without that being proof. */
  readonly refused?: { readonly rawStatus: string; readonly reason: string };
}

export interface Parking {
  readonly reason: ParkReason;
  readonly detail: string;
}

/** A claim that waits for a confirmation. */
export interface HeldClaim {
  readonly claim: 'succeeded' | 'failed';
  readonly attempt: number;
  readonly heldAt: number;
}

/** What was settled with the beneficiary and the provider. */
export interface Settlement {
  readonly attempt: number;
  readonly paid: Money;
  readonly fee: Money;
}

interface Answered {
  readonly answered: ReadonlyMap<CommandId, AnsweredCommand>;
}

export interface PayoutFacts extends Answered {
  readonly request: PayoutRequest;
  readonly reserve: Money;
  /** Attempts that were proved dead. One of them may be paid all the same: the proof was wrong then. */
  readonly deadAttempts: readonly AttemptState[];
  /** Lies over the status: evidence is still accepted, but nothing is done by itself. */
  readonly parked: Parking | undefined;
  readonly heldClaim: HeldClaim | undefined;
  /** When a person let the process go on: the time until the next parking counts from here. */
  readonly resumedAt: number | undefined;
  /** Attempts whose payment was posted as a duplicate, so that a repeated report doesn't post it again. */
  readonly duplicates: readonly number[];
}

/** A payout, by status. A status has just the fields that make sense in it. */
export type PayoutState =
  | { readonly status: 'absent' }
  | ({
      readonly status: 'rejected';
      readonly accountId: AccountId;
      readonly reason: RejectionReason;
      readonly detail: string;
    } & Answered)
  | ({ readonly status: 'cancelled' } & PayoutFacts)
  | ({ readonly status: 'requested' } & PayoutFacts)
  /** The intent is durable: a request may be under way. `deferred`: it is proved that nothing is. */
  | ({
      readonly status: 'submitting';
      readonly current: AttemptState;
      readonly deferred: boolean;
    } & PayoutFacts)
  | ({ readonly status: 'submitted'; readonly current: AttemptState } & PayoutFacts)
  | ({ readonly status: 'unknown'; readonly current: AttemptState } & PayoutFacts)
  | ({
      readonly status: 'succeeded';
      readonly current: AttemptState;
      readonly settled: Settlement;
    } & PayoutFacts)
  | ({ readonly status: 'failed'; readonly current: AttemptState } & PayoutFacts);

export type PayoutStatus = PayoutState['status'];
export type StateOf<S extends PayoutStatus> = Extract<PayoutState, { status: S }>;
/** A payout with an attempt that counts: it was sent, or may have been. */
export type SentPayout = StateOf<'submitting' | 'submitted' | 'unknown' | 'succeeded' | 'failed'>;

export const ABSENT: PayoutState = { status: 'absent' };

export function attemptOf(state: PayoutState, attempt: number): AttemptState | undefined {
  if (state.status === 'absent' || state.status === 'rejected') return undefined;
  if ('current' in state && state.current.attempt === attempt) return state.current;
  return state.deadAttempts.find((dead) => dead.attempt === attempt);
}
