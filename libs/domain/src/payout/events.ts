import {
  accountId,
  amount,
  attempt,
  commandId,
  evidence,
  fingerprint,
  orderId,
  payeeId,
  payoutId,
  position,
  provider,
  reference,
  reportSource,
  revision,
} from '../codec/common-fields.js';
import { count, flag, instant, optional, shape, text, word, type ShapeOf } from '../codec/fields.js';
import { REJECTION_REASONS, REFUSAL_REASONS } from './rejections.js';

/** States between which `PayoutStatusChanged` and `PayoutReversed` lead. */
export const statusWord = word('requested', 'submitting', 'submitted', 'unknown', 'succeeded', 'failed');
const finalWord = word('succeeded', 'failed');

/** What was asked for. The beneficiary and the description are sealed for the payee before they come here. */
const requestFields = {
  payoutId,
  accountId,
  amount,
  provider,
  payee: shape({
    payeeId,
    kind: word('bank-account', 'phone-wallet', 'crypto-wallet', 'stored-method'),
    sealed: text,
  }),
  caller: text,
  commandId,
  fingerprint,
  requestedAt: instant,
};
const request = shape(requestFields);
export type PayoutRequest = ShapeOf<typeof requestFields>;

/** Which reservation a submission rests on. */
const funds = shape({ accountId, position, revision });

/** The events of `payout-<payoutId>`, in their present versions. What each means is in `docs/events.md`. */
export const payoutShapes = {
  PayoutRequested: shape({
    ...requestFields,
    /** What the ledger has to reserve: the amount and the provider's fee on top. */
    reserve: amount,
  }),
  PayoutRejected: shape({
    payoutId,
    accountId,
    reason: word(...REJECTION_REASONS),
    detail: text,
    /** There when it is the stream's first event. */
    request: optional(request),
  }),
  PayoutCancelled: shape({ payoutId, accountId, commandId, fingerprint, reason: optional(text) }),
  PayoutSubmissionStarted: shape({
    payoutId,
    attempt,
    provider,
    reference,
    /** Keyed hash of the business fields: a resend with others would be another payment. */
    businessHash: fingerprint,
    funds,
    startedAt: instant,
  }),
  PayoutResendStarted: shape({
    payoutId,
    attempt,
    /** Counts the sends of the attempt; the first resend is 2. */
    send: count,
    rule: word('same-key-in-window', 'not-found-outlived-request', 'nothing-was-sent'),
    startedAt: instant,
  }),
  PayoutSubmissionDeferred: shape({
    payoutId,
    attempt,
    reason: word('not-sent', 'provider-unfunded', 'slot-taken', 'breaker-open'),
    detail: text,
  }),
  PayoutSubmitted: shape({
    payoutId,
    attempt,
    orderId: optional(orderId),
    rawStatus: text,
    recognised: flag,
    source: reportSource,
    evidence: optional(evidence),
  }),
  PayoutSubmissionUnknown: shape({
    payoutId,
    attempt,
    reason: text,
    /** The provider refused the request, but its refusal alone isn't proof. */
    refused: optional(shape({ rawStatus: text, reason: text })),
    evidence: optional(evidence),
  }),
  PayoutAttemptFailed: shape({
    payoutId,
    attempt,
    proof: word('refused', 'refused-and-not-found', 'failed-for-good'),
    rawStatus: text,
    reason: text,
    evidence: optional(evidence),
  }),
  PayoutStatusChanged: shape({
    payoutId,
    accountId,
    attempt,
    from: statusWord,
    to: finalWord,
    rawStatus: text,
    source: reportSource,
    reason: optional(text),
    orderId: optional(orderId),
    /** What was ordered and what the beneficiary got; with a success only. */
    ordered: optional(amount),
    paid: optional(amount),
    fee: optional(amount),
    evidence: optional(evidence),
  }),
  PayoutReversed: shape({
    payoutId,
    accountId,
    attempt,
    from: finalWord,
    to: finalWord,
    rawStatus: text,
    source: reportSource,
    reason: optional(text),
    /** success to failure: what came back; failure to success: what was paid after all. */
    paid: amount,
    fee: amount,
    evidence: optional(evidence),
  }),
  /** The provider charged another fee than the one that was settled. */
  PayoutFeeChanged: shape({
    payoutId,
    accountId,
    attempt,
    from: amount,
    to: amount,
    evidence: optional(evidence),
  }),
  /** A second attempt of the same payout was paid as well. It must not happen; the books tell the truth. */
  PayoutDuplicatePaid: shape({
    payoutId,
    accountId,
    attempt,
    paid: amount,
    fee: amount,
    evidence: optional(evidence),
  }),
  /** A claim that waits for a confirmation: it would leave a final state, or give money back. */
  PayoutReportHeld: shape({
    payoutId,
    attempt,
    claim: finalWord,
    rawStatus: text,
    source: reportSource,
    evidence: optional(evidence),
    heldAt: instant,
  }),
  /** The confirmation contradicted the held claim. */
  PayoutReportDismissed: shape({
    payoutId,
    attempt,
    claim: finalWord,
    rawStatus: text,
    source: reportSource,
    evidence: optional(evidence),
  }),
  PayoutParked: shape({
    payoutId,
    accountId,
    reason: word(
      'outcome-unknown',
      'resend-window-passed',
      'too-many-sends',
      'not-final-in-time',
      'claim-mismatch',
      'claim-unconfirmed',
      'beneficiary-unreadable',
    ),
    detail: text,
    evidence: optional(evidence),
  }),
  PayoutResolved: shape({
    payoutId,
    accountId,
    decision: word('paid', 'not-paid', 'resume'),
    operator: text,
    reason: text,
    commandId,
    fingerprint,
    resolvedAt: instant,
  }),
  CommandRefused: shape({
    payoutId,
    commandId,
    fingerprint,
    command: word('CancelPayout', 'ResolvePayout'),
    reason: word(...REFUSAL_REASONS),
  }),
} as const;

type Shapes = typeof payoutShapes;
export type PayoutEventType = keyof Shapes;
type DataOf<T extends PayoutEventType> = Shapes[T] extends { decode(...args: never): infer D } ? D : never;
export type PayoutEvent = {
  [T in PayoutEventType]: { readonly type: T; readonly data: DataOf<T> };
}[PayoutEventType];
export type PayoutEventOf<T extends PayoutEventType> = Extract<PayoutEvent, { type: T }>;
export type ParkReason = PayoutEventOf<'PayoutParked'>['data']['reason'];
export type FundsReference = PayoutEventOf<'PayoutSubmissionStarted'>['data']['funds'];
