import type { AccountEvent, Cause, InstructionEvent } from '#domain/account/events';
import { foldAccount, NO_ACCOUNT, type AccountState } from '#domain/account/state';
import {
  isAccountEvent,
  isInstructionEvent,
  isPayoutEvent,
  type DomainEvent,
} from '#domain/codec/stored-event';
import {
  accountId,
  commandId,
  fingerprint,
  instructionId,
  payeeId,
  payoutId,
  providerOrderId,
  type AccountId,
  type PayoutId,
} from '#domain/ids';
import { logPosition } from '#domain/log-position';
import { currencyCode } from '#domain/money/currency';
import { parseMoney, type Money } from '#domain/money/money';
import type { PayoutEvent } from '#domain/payout/events';
import { concernsFunds, ledgerSteps } from '#domain/processes/ledger-process';
import { referenceOf } from '#domain/provider/reference';
import { accountStream, instructionStream, payoutStream } from '#domain/streams';
import type { ProjectedEvent } from '#read-models/read-model';

export const START = Date.parse('2026-01-01T00:00:00.000Z');
export const usd = (text: string): Money => parseMoney(text, currencyCode('USD'));
export const payoutNumber = (number: number): PayoutId =>
  payoutId(`00000000-0000-5000-8000-${number.toString(16).padStart(12, '0')}`);
export const instructionNumber = (number: number) =>
  instructionId(`00000000-0000-5000-9000-${number.toString(16).padStart(12, '0')}`);
const FINGERPRINT = fingerprint('f'.repeat(64));

/** An event with its stream and its place in a log. */
export interface LoggedEvent extends ProjectedEvent {
  readonly stream: string;
}

/** A log of events in memory; the ledger's answers to what concerns funds come from the domain itself. */
export class History {
  readonly events: LoggedEvent[] = [];
  readonly #accounts = new Map<AccountId, AccountState>();
  readonly #revisions = new Map<string, bigint>();

  append(event: DomainEvent): LoggedEvent {
    const stream = streamOf(event);
    const revision = (this.#revisions.get(stream) ?? -1n) + 1n;
    this.#revisions.set(stream, revision);
    const number = this.events.length + 1;
    const logged: LoggedEvent = {
      event,
      stream,
      revision,
      position: logPosition(String(number * 10)),
      recordedAt: START + number * 1000,
    };
    this.events.push(logged);
    return logged;
  }

  /** Appends, and lets the ledger process answer at once. */
  happen(event: PayoutEvent | InstructionEvent): void {
    const { stream, revision, position } = this.append(event);
    if (!concernsFunds(event)) return;
    const id = event.data.accountId;
    const cause: Cause = { epoch: 1, position, stream, revision: revision.toString() };
    const step = ledgerSteps(this.#accounts.get(id) ?? NO_ACCOUNT, [{ cause, event }]);
    this.#accounts.set(id, step.after);
    for (const answer of step.events) this.append(answer);
  }

  open(name: string, currency = 'USD'): void {
    const event: AccountEvent = {
      type: 'AccountOpened',
      data: {
        accountId: accountId(name),
        currency: currencyCode(currency),
        name: `Account ${name}`,
        caller: 'shop',
        commandId: commandId(`open-${name}`),
        fingerprint: FINGERPRINT,
        openedAt: START,
      },
    };
    this.append(event);
    this.#accounts.set(accountId(name), foldAccount([event]));
  }

  instruct(name: string, number: number, instruction: InstructionEvent['data']['instruction']): void {
    this.happen({
      type: 'AccountInstructionGiven',
      data: {
        instructionId: instructionNumber(number),
        accountId: accountId(name),
        instruction,
        caller: 'shop',
        commandId: commandId(`instruction-${number}`),
        fingerprint: FINGERPRINT,
        givenAt: START + number,
      },
    });
  }

  account(name: string): AccountState {
    return this.#accounts.get(accountId(name)) ?? NO_ACCOUNT;
  }
}

/** Each step of a payout's life as one event, so that tests can put them in any order that the domain allows. */
export function payoutEvents(number: number, name = 'acc-1', amount = usd('12.50')) {
  const id = payoutNumber(number);
  const account = accountId(name);
  const attempt = 1;
  const common = { payoutId: id, accountId: account, attempt, rawStatus: 'RAW', source: 'answer' } as const;
  const request = {
    payoutId: id,
    accountId: account,
    amount,
    provider: 'goldenpay',
    payee: { payeeId: payeeId(`payee-${number}`), kind: 'bank-account', sealed: 'SEALED-TEXT' },
    caller: 'shop',
    commandId: commandId(`pay-${number}`),
    fingerprint: FINGERPRINT,
    requestedAt: START + number * 1000,
  } as const;
  const zero = { minor: 0n, currency: amount.currency };
  const fee = { minor: 25n, currency: amount.currency };
  return {
    requested: {
      type: 'PayoutRequested',
      data: { ...request, reserve: { minor: amount.minor + 50n, currency: amount.currency } },
    },
    rejectedAtOnce: {
      type: 'PayoutRejected',
      data: {
        payoutId: id,
        accountId: account,
        reason: 'unknown-account',
        detail: 'no such account',
        request,
      },
    },
    rejectedByAccount: {
      type: 'PayoutRejected',
      data: { payoutId: id, accountId: account, reason: 'insufficient-funds', detail: 'too little' },
    },
    cancelled: {
      type: 'PayoutCancelled',
      data: {
        payoutId: id,
        accountId: account,
        commandId: commandId(`cancel-${number}`),
        fingerprint: FINGERPRINT,
        reason: 'changed my mind',
      },
    },
    started: {
      type: 'PayoutSubmissionStarted',
      data: {
        payoutId: id,
        attempt,
        provider: 'goldenpay',
        reference: referenceOf({ payoutId: id, attempt }),
        businessHash: FINGERPRINT,
        funds: { accountId: account, position: logPosition('20'), revision: '2' },
        startedAt: START,
      },
    },
    deferred: {
      type: 'PayoutSubmissionDeferred',
      data: { payoutId: id, attempt, reason: 'not-sent', detail: 'refused' },
    },
    resent: {
      type: 'PayoutResendStarted',
      data: { payoutId: id, attempt, send: 2, rule: 'not-found-outlived-request', startedAt: START },
    },
    submitted: {
      type: 'PayoutSubmitted',
      data: {
        payoutId: id,
        attempt,
        orderId: providerOrderId(`ORDER ${number}`),
        rawStatus: 'PENDING',
        recognised: true,
        source: 'answer',
      },
    },
    unknown: {
      type: 'PayoutSubmissionUnknown',
      data: { payoutId: id, attempt, reason: 'timeout after 10000 ms' },
    },
    attemptFailed: {
      type: 'PayoutAttemptFailed',
      data: { payoutId: id, attempt, proof: 'refused', rawStatus: 'REFUSED', reason: 'bad account' },
    },
    succeeded: {
      type: 'PayoutStatusChanged',
      data: { ...common, from: 'submitted', to: 'succeeded', ordered: amount, paid: amount, fee },
    },
    succeededUnheard: {
      type: 'PayoutStatusChanged',
      data: { ...common, from: 'unknown', to: 'succeeded', ordered: amount, paid: amount, fee },
    },
    failed: {
      type: 'PayoutStatusChanged',
      data: { ...common, from: 'submitted', to: 'failed', reason: 'closed account' },
    },
    turnedToFailed: {
      type: 'PayoutReversed',
      data: { ...common, from: 'succeeded', to: 'failed', reason: 'returned', paid: amount, fee },
    },
    turnedToSucceeded: {
      type: 'PayoutReversed',
      data: { ...common, from: 'failed', to: 'succeeded', paid: amount, fee: zero },
    },
    feeChanged: {
      type: 'PayoutFeeChanged',
      data: {
        payoutId: id,
        accountId: account,
        attempt,
        from: fee,
        to: { minor: 30n, currency: amount.currency },
      },
    },
    duplicatePaid: {
      type: 'PayoutDuplicatePaid',
      data: { payoutId: id, accountId: account, attempt, paid: amount, fee },
    },
    held: {
      type: 'PayoutReportHeld',
      data: {
        payoutId: id,
        attempt,
        claim: 'failed',
        rawStatus: 'FAILED',
        source: 'callback',
        heldAt: START,
      },
    },
    dismissed: {
      type: 'PayoutReportDismissed',
      data: { payoutId: id, attempt, claim: 'failed', rawStatus: 'OK', source: 'query' },
    },
    parked: {
      type: 'PayoutParked',
      data: { payoutId: id, accountId: account, reason: 'not-final-in-time', detail: 'no answer for 3 days' },
    },
    parkedForMismatch: {
      type: 'PayoutParked',
      data: { payoutId: id, accountId: account, reason: 'claim-mismatch', detail: 'another amount' },
    },
    resolved: {
      type: 'PayoutResolved',
      data: {
        payoutId: id,
        accountId: account,
        decision: 'resume',
        operator: 'ana',
        reason: 'asked the provider',
        commandId: commandId(`resolve-${number}`),
        fingerprint: FINGERPRINT,
        resolvedAt: START,
      },
    },
    refused: {
      type: 'CommandRefused',
      data: {
        payoutId: id,
        commandId: commandId(`cancel-${number}`),
        fingerprint: FINGERPRINT,
        command: 'CancelPayout',
        reason: 'already-submitted',
      },
    },
  } as const satisfies Record<string, PayoutEvent>;
}

export type Step = keyof ReturnType<typeof payoutEvents>;

/** Lives of payouts, each possible in the domain. */
export const LIVES: Readonly<Record<string, readonly Step[]>> = {
  requested: ['requested'],
  rejectedAtOnce: ['rejectedAtOnce'],
  rejectedByAccount: ['requested', 'rejectedByAccount'],
  cancelled: ['requested', 'cancelled', 'refused'],
  succeeded: ['requested', 'started', 'submitted', 'succeeded'],
  succeededUnheard: ['requested', 'started', 'unknown', 'succeededUnheard', 'submitted', 'feeChanged'],
  failed: ['requested', 'started', 'submitted', 'refused', 'failed'],
  deferred: ['requested', 'started', 'deferred', 'resent', 'submitted'],
  resent: ['requested', 'started', 'unknown', 'resent', 'unknown'],
  anotherAttempt: ['requested', 'started', 'attemptFailed'],
  turned: [
    'requested',
    'started',
    'submitted',
    'held',
    'dismissed',
    'succeeded',
    'turnedToFailed',
    'turnedToSucceeded',
  ],
  turnedBack: ['requested', 'started', 'submitted', 'failed', 'turnedToSucceeded'],
  parked: ['requested', 'started', 'unknown', 'parked'],
  resolved: ['requested', 'started', 'unknown', 'parked', 'resolved', 'resent', 'submitted'],
  parkedThenPaid: ['requested', 'started', 'unknown', 'parked', 'succeededUnheard'],
  mismatchThenPaid: ['requested', 'started', 'submitted', 'parkedForMismatch', 'succeeded', 'duplicatePaid'],
};

function streamOf(event: DomainEvent): string {
  if (isPayoutEvent(event)) return payoutStream(event.data.payoutId);
  if (isAccountEvent(event)) return accountStream(event.data.accountId);
  if (isInstructionEvent(event)) return instructionStream(event.data.instructionId);
  throw new Error(`no stream for ${event.type}`);
}
