import { Injectable } from '@nestjs/common';
import type { PayoutId } from '#domain/ids';
import { decidePark, decideResend, decideStart, type StepDecision } from '#domain/payout/decide-submission';
import type { PayoutRequest } from '#domain/payout/events';
import type { PayoutState } from '#domain/payout/state';
import { SEND_MARGIN, type NextStep } from '#domain/processes/payout-process';
import { referenceOf } from '#domain/provider/reference';
import { FollowUps } from '#coordination/follow-ups';
import { Ids } from '#platform/ids/ids';
import { uuidV5 } from '#platform/ids/uuid-v5';
import { Clock } from '#platform/time/clock';
import { PayeeErasedError } from '#platform/vault/errors';
import { ProviderRegistry } from '#providers/registry';
import { SendPermit } from '../sending/send-permit.js';
import { PayoutStreams } from '../streams/payout-streams.js';
import { CallsBeside } from './calls-beside.js';
import { Dispatcher } from './dispatcher.js';
import { stepKey } from './follow-up-key.js';
import { answered, processContext } from './process-context.js';
import { ReportApplier } from './report-applier.js';
import { SealedOrder, type PayeeDetails } from './sealed-order.js';

/** This copy is being stopped, or another one sends: what it was handed has to be handed on again. */
export class StoppingError extends Error {
  override readonly name = 'StoppingError';
}

type Submission = Extract<NextStep, { do: 'start' | 'resend' }>;

/** How often a payout that waits for sending to be resumed is taken up again. */
const WHILE_PAUSED = 5_000;

const IDEMPOTENCY_NAMESPACE = '0e8e9a14-7c0d-4b62-9a55-b0f4d1a7c3e2';

/**
 * Submits a payout: the intent first, durable and under a claim that nobody else has; then the send, once, by the one
 * who knows its own claim to be the one in the log.
 */
@Injectable()
export class Submitter {
  constructor(
    private readonly payouts: PayoutStreams,
    private readonly registry: ProviderRegistry,
    private readonly followUps: FollowUps,
    private readonly dispatcher: Dispatcher,
    private readonly orders: SealedOrder,
    private readonly reports: ReportApplier,
    private readonly calls: CallsBeside,
    private readonly permit: SendPermit,
    private readonly clock: Clock,
    private readonly ids: Ids,
  ) {}

  /** When it resolves, the intent and its follow-up are durable and the send is on its way, or nothing was to be sent. */
  async submit(
    payoutId: PayoutId,
    request: PayoutRequest,
    step: Submission,
    causationId: string,
  ): Promise<void> {
    // The reservation is only in the event that woke us: without an error the checkpoint would pass it.
    if (this.calls.stopping) throw new StoppingError();
    const refusal = this.permit.refusal();
    if (refusal === 'another-copy-sends') throw new StoppingError();
    if (refusal === 'sending-paused') {
      await this.followUps.schedule([{ key: stepKey(payoutId), dueAt: this.clock.now() + WHILE_PAUSED }]);
      return;
    }
    const details = await this.open(payoutId, request, causationId);
    if (details === undefined) return;
    const reference = referenceOf({ payoutId, attempt: step.attempt });
    const startedAt = this.clock.now();
    const sinceMs = this.clock.monotonicMs();
    const claim = this.ids.uuid();
    const handled = await this.payouts.decide(
      payoutId,
      processContext(causationId),
      (now) => answered(this.intent(now, request, details, step, startedAt)),
      { claim },
    );
    // Not written: somebody else's intent, or a cancellation, came first.
    if (handled.written.length === 0) return;
    if (handled.written[0]?.id !== claim) throw new Error('the claim was not the first event');
    const { requestTimeout } = this.registry.require(request.provider).card.timing;
    await this.followUps.schedule([
      { key: stepKey(payoutId), dueAt: startedAt + requestTimeout + SEND_MARGIN },
    ]);
    const idempotencyKey = uuidV5(IDEMPOTENCY_NAMESPACE, reference);
    const order = { payoutId, reference, idempotencyKey, amount: request.amount, ...details };
    this.calls.run(payoutId, async () => {
      const { outcome, evidence } = await this.dispatcher.send(
        request.provider,
        order,
        request.payee.payeeId,
        sinceMs,
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
    step: Submission,
    at: number,
  ): StepDecision {
    const { attempt } = step;
    if (step.do === 'resend')
      return decideResend(state, { type: 'StartResend', attempt, rule: step.rule, at });
    const { payoutId, provider } = request;
    const reference = referenceOf({ payoutId, attempt });
    const businessHash = this.orders.businessHash(request, details, reference);
    return decideStart(state, {
      type: 'StartSubmission',
      attempt,
      provider,
      reference,
      businessHash,
      funds: step.funds,
      at,
    });
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
      await this.payouts.decide(payoutId, processContext(causationId), (now) =>
        answered(decidePark(now, { type: 'ParkPayout', reason: 'beneficiary-unreadable', detail })),
      );
      return undefined;
    }
  }
}
