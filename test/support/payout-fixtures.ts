import {
  accountId,
  commandId,
  evidenceHash,
  fingerprint,
  payeeId,
  payoutId,
  providerOrderId,
  type CommandId,
  type Fingerprint,
} from '#domain/ids';
import { logPosition } from '#domain/log-position';
import { currencyCode } from '#domain/money/currency';
import { parseMoney, type Money } from '#domain/money/money';
import type {
  ApplyProviderReport,
  CancelPayout,
  RequestPayout,
  ResolvePayout,
  StartResend,
  StartSubmission,
} from '#domain/payout/commands';
import type { PayoutEvent, PayoutEventOf, PayoutEventType, PayoutRequest } from '#domain/payout/events';
import type { ContractCard, OrderTerms } from '#domain/provider/contract-card';
import { referenceOf } from '#domain/provider/reference';
import type { OrderFacts, ProviderOutcome, ReportSource } from '#domain/provider/provider-report';

/**
 * A payout of 100.00 USD with 2.00 reserved for the fee, and its events, commands and reports. Every value has a
 * default, so that the values a test sets are its point.
 */
export const PAYOUT = payoutId('5d0f3b1c-8a64-5a0e-9a3e-2f6c1d7b9e01');
export const ACCOUNT = accountId('acme-usd');
export const USD = currencyCode('USD');
export const T0 = Date.UTC(2026, 0, 15, 12);
export const SECOND = 1_000;
export const MINUTE = 60 * SECOND;
export const HOUR = 60 * MINUTE;
export const EVIDENCE = evidenceHash('e'.repeat(64));
export const ORDER_ID = providerOrderId('ORD-1');

export function usd(text: string): Money {
  return text.startsWith('-')
    ? { minor: -parseMoney(text.slice(1), USD).minor, currency: USD }
    : parseMoney(text, USD);
}

/** A fingerprint that stands for the content `text`. */
export function contentOf(text: string): Fingerprint {
  return fingerprint(Buffer.from(text).toString('hex').padEnd(64, '0').slice(0, 64));
}

export function commandIdOf(text: string): CommandId {
  return commandId(text);
}

/** An event with what a test sets laid over the defaults; a field that is set to `undefined` is left out. */
function build<T extends PayoutEventType>(
  type: T,
  defaults: PayoutEventOf<T>['data'],
  over: Overrides<T>,
): PayoutEventOf<T> {
  return { type, data: without({ ...defaults, ...over }) } as unknown as PayoutEventOf<T>;
}

export type Overrides<T extends PayoutEventType> = {
  readonly [K in keyof PayoutEventOf<T>['data']]?: PayoutEventOf<T>['data'][K] | undefined;
};

function without<T extends object>(fields: T): T {
  return Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== undefined)) as T;
}

export function aRequest(over: Partial<PayoutRequest> = {}): PayoutRequest {
  return {
    payoutId: PAYOUT,
    accountId: ACCOUNT,
    amount: usd('100.00'),
    provider: 'goldenpay',
    payee: { payeeId: payeeId('payee-1'), kind: 'bank-account', sealed: 'c2VhbGVk' },
    caller: 'payroll',
    commandId: commandId('pay-1'),
    fingerprint: contentOf('pay-1'),
    requestedAt: T0,
    ...over,
  };
}

export const requested = (over: Overrides<'PayoutRequested'> = {}) =>
  build('PayoutRequested', { ...aRequest(), reserve: usd('102.00') }, over);

export const rejectedAtOnce = (over: Overrides<'PayoutRejected'> = {}) =>
  build(
    'PayoutRejected',
    {
      payoutId: PAYOUT,
      accountId: ACCOUNT,
      reason: 'unknown-account',
      detail: 'no account acme-usd was opened',
      request: aRequest(),
    },
    over,
  );

export const rejectedByAccount = (over: Overrides<'PayoutRejected'> = {}) =>
  build(
    'PayoutRejected',
    { payoutId: PAYOUT, accountId: ACCOUNT, reason: 'insufficient-funds', detail: 'the account said no' },
    over,
  );

export const cancelled = (over: Overrides<'PayoutCancelled'> = {}) =>
  build(
    'PayoutCancelled',
    {
      payoutId: PAYOUT,
      accountId: ACCOUNT,
      commandId: commandId('cancel-1'),
      fingerprint: contentOf('cancel-1'),
    },
    over,
  );

export const FUNDS = { accountId: ACCOUNT, position: logPosition('1200'), revision: '3' } as const;

export const started = (over: Overrides<'PayoutSubmissionStarted'> = {}) =>
  build(
    'PayoutSubmissionStarted',
    {
      payoutId: PAYOUT,
      attempt: 1,
      provider: 'goldenpay',
      reference: referenceOf({ payoutId: PAYOUT, attempt: over.attempt ?? 1 }),
      businessHash: contentOf('business'),
      funds: FUNDS,
      startedAt: T0,
    },
    over,
  );

export const resent = (over: Overrides<'PayoutResendStarted'> = {}) =>
  build(
    'PayoutResendStarted',
    { payoutId: PAYOUT, attempt: 1, send: 2, rule: 'same-key-in-window', startedAt: T0 + HOUR },
    over,
  );

export const deferred = (over: Overrides<'PayoutSubmissionDeferred'> = {}) =>
  build(
    'PayoutSubmissionDeferred',
    { payoutId: PAYOUT, attempt: 1, reason: 'not-sent', detail: 'connection refused' },
    over,
  );

export const submitted = (over: Overrides<'PayoutSubmitted'> = {}) =>
  build(
    'PayoutSubmitted',
    {
      payoutId: PAYOUT,
      attempt: 1,
      rawStatus: 'PENDING',
      recognised: true,
      source: 'query',
      evidence: EVIDENCE,
    },
    over,
  );

export const unknownOutcome = (over: Overrides<'PayoutSubmissionUnknown'> = {}) =>
  build(
    'PayoutSubmissionUnknown',
    { payoutId: PAYOUT, attempt: 1, reason: 'timeout', evidence: EVIDENCE },
    over,
  );

export const REFUSAL = { rawStatus: 'DENIED', reason: 'beneficiary bank is closed' } as const;

export const attemptFailed = (over: Overrides<'PayoutAttemptFailed'> = {}) =>
  build(
    'PayoutAttemptFailed',
    { payoutId: PAYOUT, attempt: 1, proof: 'refused', ...REFUSAL, evidence: EVIDENCE },
    over,
  );

export const succeeded = (over: Overrides<'PayoutStatusChanged'> = {}) =>
  build(
    'PayoutStatusChanged',
    {
      payoutId: PAYOUT,
      accountId: ACCOUNT,
      attempt: 1,
      from: 'submitted',
      to: 'succeeded',
      rawStatus: 'PAID',
      source: 'query',
      ordered: usd('100.00'),
      paid: usd('100.00'),
      fee: usd('0.00'),
      evidence: EVIDENCE,
    },
    over,
  );

export const failed = (over: Overrides<'PayoutStatusChanged'> = {}) =>
  build(
    'PayoutStatusChanged',
    {
      payoutId: PAYOUT,
      accountId: ACCOUNT,
      attempt: 1,
      from: 'submitted',
      to: 'failed',
      rawStatus: 'FAILED',
      source: 'query',
      reason: 'account closed',
      evidence: EVIDENCE,
    },
    over,
  );

/** The end of a payout whose one attempt was proved dead. */
export const concluded = (over: Overrides<'PayoutStatusChanged'> = {}) =>
  failed({ from: 'requested', ...REFUSAL, source: 'answer', evidence: undefined, ...over });

export const turnedToFailure = (over: Overrides<'PayoutReversed'> = {}) =>
  build(
    'PayoutReversed',
    {
      payoutId: PAYOUT,
      accountId: ACCOUNT,
      attempt: 1,
      from: 'succeeded',
      to: 'failed',
      rawStatus: 'FAILED',
      source: 'query',
      reason: 'account closed',
      paid: usd('100.00'),
      fee: usd('0.00'),
      evidence: EVIDENCE,
    },
    over,
  );

export const turnedToSuccess = (over: Overrides<'PayoutReversed'> = {}) =>
  build(
    'PayoutReversed',
    {
      payoutId: PAYOUT,
      accountId: ACCOUNT,
      attempt: 1,
      from: 'failed',
      to: 'succeeded',
      rawStatus: 'PAID',
      source: 'query',
      paid: usd('100.00'),
      fee: usd('0.00'),
      evidence: EVIDENCE,
    },
    over,
  );

export const feeChanged = (over: Overrides<'PayoutFeeChanged'> = {}) =>
  build(
    'PayoutFeeChanged',
    {
      payoutId: PAYOUT,
      accountId: ACCOUNT,
      attempt: 1,
      from: usd('0.00'),
      to: usd('1.50'),
      evidence: EVIDENCE,
    },
    over,
  );

export const duplicatePaid = (over: Overrides<'PayoutDuplicatePaid'> = {}) =>
  build(
    'PayoutDuplicatePaid',
    {
      payoutId: PAYOUT,
      accountId: ACCOUNT,
      attempt: 2,
      paid: usd('100.00'),
      fee: usd('0.00'),
      evidence: EVIDENCE,
    },
    over,
  );

export const held = (over: Overrides<'PayoutReportHeld'> = {}) =>
  build(
    'PayoutReportHeld',
    {
      payoutId: PAYOUT,
      attempt: 1,
      claim: 'failed',
      rawStatus: 'FAILED',
      source: 'callback',
      evidence: EVIDENCE,
      heldAt: T0 + HOUR,
    },
    over,
  );

export const dismissed = (over: Overrides<'PayoutReportDismissed'> = {}) =>
  build(
    'PayoutReportDismissed',
    { payoutId: PAYOUT, attempt: 1, claim: 'failed', rawStatus: 'PAID', source: 'query', evidence: EVIDENCE },
    over,
  );

export const parked = (over: Overrides<'PayoutParked'> = {}) =>
  build(
    'PayoutParked',
    { payoutId: PAYOUT, accountId: ACCOUNT, reason: 'outcome-unknown', detail: 'no evidence was found' },
    over,
  );

export const resolved = (over: Overrides<'PayoutResolved'> = {}) =>
  build(
    'PayoutResolved',
    {
      payoutId: PAYOUT,
      accountId: ACCOUNT,
      decision: 'resume',
      operator: 'o.perator',
      reason: 'seen in the bank statement',
      commandId: commandId('resolve-1'),
      fingerprint: contentOf('resolve-1'),
      resolvedAt: T0 + 100 * HOUR,
    },
    over,
  );

export const refusedCommand = (over: Overrides<'CommandRefused'> = {}) =>
  build(
    'CommandRefused',
    {
      payoutId: PAYOUT,
      commandId: commandId('cancel-1'),
      fingerprint: contentOf('cancel-1'),
      command: 'CancelPayout',
      reason: 'already-submitted',
    },
    over,
  );

export function terms(over: Partial<OrderTerms> = {}): OrderTerms {
  return {
    currency: USD,
    min: usd('1.00'),
    max: usd('1000.00'),
    decimals: 2,
    feeReserve: usd('2.00'),
    ...over,
  };
}

export function request(over: Partial<RequestPayout> = {}): RequestPayout {
  return {
    type: 'RequestPayout',
    request: aRequest(),
    terms: terms(),
    account: { currency: USD },
    ...over,
  };
}

export function cancel(over: Partial<CancelPayout> = {}): CancelPayout {
  return {
    type: 'CancelPayout',
    payoutId: PAYOUT,
    commandId: commandId('cancel-1'),
    fingerprint: contentOf('cancel-1'),
    ...over,
  };
}

export function resolve(over: Partial<ResolvePayout> = {}): ResolvePayout {
  return {
    type: 'ResolvePayout',
    payoutId: PAYOUT,
    commandId: commandId('resolve-1'),
    fingerprint: contentOf('resolve-1'),
    decision: 'resume',
    operator: 'o.perator',
    reason: 'seen in the bank statement',
    at: T0 + 100 * HOUR,
    ...over,
  };
}

export function start(over: Partial<StartSubmission> = {}): StartSubmission {
  return {
    type: 'StartSubmission',
    attempt: 1,
    provider: 'goldenpay',
    reference: referenceOf({ payoutId: PAYOUT, attempt: over.attempt ?? 1 }),
    businessHash: contentOf('business'),
    funds: FUNDS,
    at: T0,
    ...over,
  };
}

export function resend(over: Partial<StartResend> = {}): StartResend {
  return { type: 'StartResend', attempt: 1, rule: 'same-key-in-window', at: T0 + HOUR, ...over };
}

export const outcome = {
  pending: (order: OrderFacts = {}): ProviderOutcome => ({
    kind: 'pending',
    rawStatus: 'PENDING',
    recognised: true,
    order,
  }),
  unrecognised: (order: OrderFacts = {}): ProviderOutcome => ({
    kind: 'pending',
    rawStatus: 'ZOMBIE',
    recognised: false,
    order,
  }),
  succeeded: (order: OrderFacts = {}): ProviderOutcome => ({ kind: 'succeeded', rawStatus: 'PAID', order }),
  failed: (order: OrderFacts = {}): ProviderOutcome => ({
    kind: 'failed',
    rawStatus: 'FAILED',
    reason: 'account closed',
    order,
  }),
  refused: (): ProviderOutcome => ({ kind: 'refused', ...REFUSAL }),
  notFound: (): ProviderOutcome => ({ kind: 'not-found', rawStatus: '404' }),
  notSent: (): ProviderOutcome => ({ kind: 'not-sent', reason: 'connection refused' }),
  unknown: (): ProviderOutcome => ({ kind: 'unknown', reason: 'timeout' }),
} as const;

/** Long after every limit of the card below. */
export const NOT_FOUND_FINAL_AFTER = 15 * MINUTE;

export function report(
  said: ProviderOutcome,
  source: ReportSource = 'query',
  over: Partial<ApplyProviderReport> = {},
): ApplyProviderReport {
  return {
    type: 'ApplyProviderReport',
    attempt: 1,
    source,
    outcome: said,
    evidence: EVIDENCE,
    at: T0 + HOUR,
    rules: { refusalIsProof: true, notFoundIsFinalAfter: NOT_FOUND_FINAL_AFTER },
    ...over,
  };
}

/** A card of the first kind (reference and query); a test overrides what it is about. */
export function aCard(over: Partial<ContractCard> = {}): ContractCard {
  return {
    provider: 'goldenpay',
    ownReference: true,
    idempotency: null,
    query: 'reference',
    notFoundIsFinalAfter: NOT_FOUND_FINAL_AFTER,
    onUnknown: 'query-then-resend',
    refusalIsProof: true,
    finalStatesThatTurn: [],
    currencies: { USD: { decimals: 2, min: '1.00', max: '1000.00', feeReserve: '2.00' } },
    beneficiaryKinds: ['bank-account'],
    callback: { trust: 'claim', carriesReference: true, unmatchedAlarmAfter: HOUR },
    timing: {
      requestTimeout: 30 * SECOND,
      firstQueryAfter: 10 * SECOND,
      maxQueryPause: 15 * MINUTE,
      parkAfter: 72 * HOUR,
    },
    maxSends: 3,
    ...over,
  };
}

/** A history that ends in each status a report or a command can meet. */
export const HISTORIES = {
  absent: [],
  rejected: [rejectedAtOnce()],
  cancelled: [requested(), cancelled()],
  requested: [requested()],
  'requested, attempt dead': [
    requested(),
    started(),
    unknownOutcome({ reason: 'refused', refused: REFUSAL }),
    attemptFailed(),
  ],
  submitting: [requested(), started()],
  'submitting, deferred': [requested(), started(), deferred()],
  submitted: [requested(), started(), submitted({ orderId: ORDER_ID })],
  unknown: [requested(), started(), unknownOutcome()],
  succeeded: [requested(), started(), submitted({ orderId: ORDER_ID }), succeeded()],
  failed: [requested(), started(), submitted({ orderId: ORDER_ID }), failed()],
} as const satisfies Readonly<Record<string, readonly PayoutEvent[]>>;
export type HistoryName = keyof typeof HISTORIES;

/** Two attempts: the first was proved dead, the second is under way. */
export const SECOND_ATTEMPT: readonly PayoutEvent[] = [
  ...HISTORIES['requested, attempt dead'],
  started({ attempt: 2 }),
  submitted({ attempt: 2, orderId: providerOrderId('ORD-2') }),
];
