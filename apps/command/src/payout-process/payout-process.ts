import { Injectable } from '@nestjs/common';
import type { PayoutId } from '#domain/ids';
import {
  decideConclusion,
  decidePark,
  decideReject,
  decideResend,
  decideStart,
  decideUnknown,
  type StepDecision,
} from '#domain/payout/decide-submission';
import type { PayoutRequest } from '#domain/payout/events';
import type { AttemptState, PayoutState } from '#domain/payout/state';
import { nextStep, SEND_MARGIN, type FundsNews, type NextStep } from '#domain/processes/payout-process';
import { referenceOf } from '#domain/provider/reference';
import { FollowUps } from '#coordination/follow-ups';
import { ContentionError } from '#event-store/handle-command';
import { Ids } from '#platform/ids/ids';
import { uuidV5 } from '#platform/ids/uuid-v5';
import { Logger } from '#platform/logging/logger';
import { Clock } from '#platform/time/clock';
import { PayeeErasedError } from '#platform/vault/errors';
import { ProviderRegistry } from '#providers/registry';
import { processCaller, type EventContext } from '../streams/event-encoding.js';
import { PayoutStreams } from '../streams/payout-streams.js';
import { Dispatcher } from './dispatcher.js';
import { KeyedQueue } from './keyed-queue.js';
import { ReportApplier } from './report-applier.js';
import { SealedOrder, type PayeeDetails } from './sealed-order.js';

export interface Wake {
  readonly wake: 'event' | 'due';
  readonly news?: FundsNews;
  readonly justNotFound?: boolean;
  /** What woke it: an event's id, or a follow-up. */
  readonly causationId: string;
}

/** The process is being stopped: what it was handed has to be handed to it again. */
export class StoppingError extends Error {
  override readonly name = 'StoppingError';
}

type Known = Exclude<PayoutState, { status: 'absent' | 'rejected' }>;

const CALLER = processCaller('payout-process');
const IDEMPOTENCY_NAMESPACE = '0e8e9a14-7c0d-4b62-9a55-b0f4d1a7c3e2';

/**
 * Brings a payout one step on. Every step is decided from the payout's present fold; an intent is durable before the
 * first byte leaves, and only the copy that knows its own claim to be in the log sends. It never waits for a provider:
 * calls run beside it, and what they brought is applied as a report.
 */
@Injectable()
export class PayoutProcess {
  private readonly queue = new KeyedQueue<PayoutId>();
  private readonly calls = new Set<Promise<void>>();
  private readonly looking = new Set<PayoutId>();
  private stopping = false;

  constructor(
    private readonly payouts: PayoutStreams,
    private readonly registry: ProviderRegistry,
    private readonly followUps: FollowUps,
    private readonly dispatcher: Dispatcher,
    private readonly orders: SealedOrder,
    private readonly reports: ReportApplier,
    private readonly clock: Clock,
    private readonly ids: Ids,
    private readonly logger: Logger,
  ) {}

  /** One payout at a time is decided upon once at a time, whoever wakes it. */
  advance(payoutId: PayoutId, wake: Wake): Promise<void> {
    return this.queue.run(payoutId, () => this.step(payoutId, wake));
  }

  /** No new call begins; resolves when those under way have been recorded. */
  async stop(): Promise<void> {
    this.stopping = true;
    while (this.calls.size > 0) await Promise.all(this.calls);
    await this.queue.idle();
  }

  private async step(payoutId: PayoutId, wake: Wake): Promise<void> {
    const { state } = await this.payouts.read(payoutId);
    if (state.status === 'absent' || state.status === 'rejected') return;
    const { card } = this.registry.require(state.request.provider);
    const now = this.clock.now();
    const { news, justNotFound } = wake;
    const step = nextStep(state, {
      card,
      now,
      wake: wake.wake,
      ...(news === undefined ? {} : { news }),
      ...(justNotFound === undefined ? {} : { justNotFound }),
    });
    await this.perform(payoutId, state, step, wake.causationId);
  }

  private async perform(
    payoutId: PayoutId,
    state: Known,
    step: NextStep,
    causationId: string,
  ): Promise<void> {
    switch (step.do) {
      case 'ignore':
        this.logger.debug('payout process: nothing to do', { payoutId, why: step.why });
        return;
      case 'wait':
        return this.followUps.schedule([{ key: payoutId, dueAt: step.until }]);
      case 'reject':
        return this.decide(payoutId, causationId, (now) =>
          decideReject(now, {
            type: 'RejectPayout',
            reason: step.reason,
            detail: 'the funding account refused the reservation',
          }),
        );
      case 'mark-unknown':
        return this.decide(payoutId, causationId, (now) =>
          decideUnknown(now, { type: 'MarkOutcomeUnknown', attempt: step.attempt, reason: step.reason }),
        );
      case 'conclude-failure':
        return this.decide(payoutId, causationId, (now) =>
          decideConclusion(now, { type: 'ConcludeFailure' }),
        );
      case 'park':
        this.logger.alarm('payout-parked', { payoutId, reason: step.reason, detail: step.detail });
        return this.decide(payoutId, causationId, (now) =>
          decidePark(now, { type: 'ParkPayout', reason: step.reason, detail: step.detail }),
        );
      case 'start':
      case 'resend':
        return this.submit(payoutId, state, step, causationId);
      case 'query':
        return this.look(payoutId, state, step.attempt);
    }
  }

  /** Writes the intent under a claim that nobody else has, then sends. */
  private async submit(
    payoutId: PayoutId,
    state: Known,
    step: Extract<NextStep, { do: 'start' | 'resend' }>,
    causationId: string,
  ): Promise<void> {
    // The reservation is only in the event that woke us: without an error the checkpoint would pass it.
    if (this.stopping) throw new StoppingError();
    const { request } = state;
    const details = await this.open(payoutId, request, causationId);
    if (details === undefined) return;
    const reference = referenceOf({ payoutId, attempt: step.attempt });
    const startedAt = this.clock.now();
    const claim = this.ids.uuid();
    const handled = await this.payouts.decide(
      payoutId,
      context(causationId),
      (now) => answered(this.intent(now, request, details, step, startedAt)),
      { claim },
    );
    // Not written: somebody else's intent, or a cancellation, came first.
    if (handled.written.length === 0) return;
    if (handled.written[0]?.id !== claim) throw new Error('the claim was not the first event');
    const { requestTimeout } = this.registry.require(request.provider).card.timing;
    await this.followUps.schedule([{ key: payoutId, dueAt: startedAt + requestTimeout + SEND_MARGIN }]);
    const { amount } = request;
    const idempotencyKey = uuidV5(IDEMPOTENCY_NAMESPACE, reference);
    const order = { payoutId, reference, idempotencyKey, amount, ...details };
    this.callBeside(payoutId, async () => {
      const { outcome, evidence } = await this.dispatcher.send(
        request.provider,
        order,
        request.payee.payeeId,
        startedAt,
      );
      await this.reports.apply({
        payoutId,
        attempt: step.attempt,
        source: 'answer',
        outcome,
        causationId: claim,
        ...(evidence === undefined ? {} : { evidence }),
      });
    });
  }

  private intent(
    state: PayoutState,
    request: PayoutRequest,
    details: PayeeDetails,
    step: Extract<NextStep, { do: 'start' | 'resend' }>,
    at: number,
  ): StepDecision {
    if (step.do === 'resend')
      return decideResend(state, { type: 'StartResend', attempt: step.attempt, rule: step.rule, at });
    const reference = referenceOf({ payoutId: request.payoutId, attempt: step.attempt });
    const businessHash = this.orders.businessHash(request, details, reference);
    const { attempt, funds } = step;
    return decideStart(state, {
      type: 'StartSubmission',
      attempt,
      provider: request.provider,
      reference,
      businessHash,
      funds,
      at,
    });
  }

  /** Asks the provider, once at a time for each payout, and brings the payout on by what it says. */
  private async look(payoutId: PayoutId, state: Known, attempt: number): Promise<void> {
    if (this.stopping || this.looking.has(payoutId) || !('current' in state)) return this.later(payoutId);
    const { request, current } = state;
    const { requestTimeout } = this.registry.require(request.provider).card.timing;
    // Should this copy die now, another look follows.
    await this.followUps.schedule([
      { key: payoutId, dueAt: this.clock.now() + requestTimeout + SEND_MARGIN },
    ]);
    this.looking.add(payoutId);
    this.callBeside(payoutId, async () => {
      try {
        await this.report(payoutId, request, current, attempt);
      } finally {
        this.looking.delete(payoutId);
      }
    });
  }

  private async report(
    payoutId: PayoutId,
    request: PayoutRequest,
    current: AttemptState,
    attempt: number,
  ): Promise<void> {
    const { reference, orderId } = current;
    const query = {
      reference,
      currency: request.amount.currency,
      ...(orderId === undefined ? {} : { orderId }),
    };
    const { outcome, evidence } = await this.dispatcher.query(request.provider, query, request.payee.payeeId);
    const causationId = `query of ${reference}`;
    await this.reports.apply({
      payoutId,
      attempt,
      source: 'query',
      outcome,
      causationId,
      ...(evidence === undefined ? {} : { evidence }),
    });
    await this.advance(payoutId, { wake: 'event', causationId, justNotFound: outcome.kind === 'not-found' });
  }

  private async open(
    payoutId: PayoutId,
    request: PayoutRequest,
    causationId: string,
  ): Promise<PayeeDetails | undefined> {
    try {
      return await this.orders.open(request);
    } catch (error) {
      if (!(error instanceof PayeeErasedError)) throw error;
      const detail = 'the payee was erased before the payout was sent';
      await this.decide(payoutId, causationId, (now) =>
        decidePark(now, { type: 'ParkPayout', reason: 'beneficiary-unreadable', detail }),
      );
      return undefined;
    }
  }

  private async decide(
    payoutId: PayoutId,
    causationId: string,
    decide: (state: PayoutState) => StepDecision,
  ): Promise<void> {
    await this.payouts.decide(payoutId, context(causationId), (state) => answered(decide(state)));
  }

  private later(payoutId: PayoutId): Promise<void> {
    return this.followUps.schedule([{ key: payoutId, dueAt: this.clock.now() + 1_000 }]);
  }

  /** What fails here is our own fault: it is logged, and the durable follow-up tries again. */
  private callBeside(payoutId: PayoutId, call: () => Promise<void>): void {
    const running = call()
      .catch((error: unknown) => {
        const code = error instanceof ContentionError ? 'payout-contention' : 'payout-call-failed';
        this.logger.alarm(code, { payoutId, error });
      })
      .finally(() => this.calls.delete(running));
    this.calls.add(running);
  }
}

function context(causationId: string): EventContext {
  return { caller: CALLER, causationId };
}

function answered(decision: StepDecision) {
  return 'ignored' in decision
    ? { events: [], answer: decision.ignored }
    : { events: decision.events, answer: 'done' };
}
