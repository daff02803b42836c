import { Injectable } from '@nestjs/common';
import type { DomainEvent } from '#domain/codec/stored-event';
import type { PayoutId, ProviderOrderId } from '#domain/ids';
import { FollowUps } from '#coordination/follow-ups';
import type { RecordedEvent } from '#event-store/event-store';
import { Logger } from '#platform/logging/logger';
import { Clock } from '#platform/time/clock';
import { ProviderReferences } from '../callbacks/provider-references.js';
import { PayoutScope } from '../observing/payout-scope.js';
import { decodeRecorded } from '../streams/event-encoding.js';
import { fundsNewsOf } from '../streams/funds-news.js';
import { bindKey, stepKey } from './follow-up-key.js';
import { PayoutProcess, type Wake } from './payout-process.js';
import { StoppingError } from './submitter.js';

const AFTER_A_FAILURE = 10_000;

/** A wake, and the event that it comes from. */
interface Woken {
  readonly wake: Wake;
  readonly by: RecordedEvent;
}

/** Event types after which a payout may have a next step. What the step is, its fold says. */
const WAKING: ReadonlySet<DomainEvent['type']> = new Set<DomainEvent['type']>([
  'FundsReserved',
  'FundsReservationRefused',
  'PayoutSubmissionStarted',
  'PayoutResendStarted',
  'PayoutSubmissionDeferred',
  'PayoutSubmitted',
  'PayoutSubmissionUnknown',
  'PayoutAttemptFailed',
  'PayoutReportHeld',
  'PayoutResolved',
  'PayoutStatusChanged',
]);

/** Hands the log to the payout process: each payout of a batch once, and provider numbers to where callbacks look. */
@Injectable()
export class ProcessSubscription {
  constructor(
    private readonly process: PayoutProcess,
    private readonly references: ProviderReferences,
    private readonly followUps: FollowUps,
    private readonly scope: PayoutScope,
    private readonly clock: Clock,
    private readonly logger: Logger,
  ) {}

  /** When it resolves, each step's intent or follow-up is durable, and the checkpoint may pass the batch. */
  async handle(batch: readonly RecordedEvent[]): Promise<void> {
    const wakes = new Map<PayoutId, Woken>();
    const numbers: Promise<void>[] = [];
    for (const recorded of batch) {
      if (!WAKING.has(recorded.type as DomainEvent['type'])) continue;
      const event = decodeRecorded(recorded);
      const { payoutId } = event.data as { readonly payoutId: PayoutId };
      if (
        (event.type === 'PayoutSubmitted' || event.type === 'PayoutStatusChanged') &&
        event.data.orderId !== undefined
      ) {
        const { attempt, orderId } = event.data;
        numbers.push(this.bind(payoutId, attempt, orderId, recorded));
      }
      // A final state has no next step; only its number was of interest.
      if (event.type === 'PayoutStatusChanged') continue;
      const news = fundsNewsOf(event, recorded)?.news ?? wakes.get(payoutId)?.wake.news;
      const wake = {
        wake: 'event',
        causationId: recorded.id,
        ...(news === undefined ? {} : { news }),
      } as const;
      wakes.set(payoutId, { wake, by: recorded });
    }
    await Promise.all([
      ...numbers,
      ...Array.from(wakes, ([payoutId, woken]) => this.advance(payoutId, woken)),
    ]);
  }

  /** A number that can't be bound, or whose callbacks can't be delivered, halts nobody else either. */
  private async bind(
    payoutId: PayoutId,
    attempt: number,
    orderId: ProviderOrderId,
    by: RecordedEvent,
  ): Promise<void> {
    try {
      await this.references.bind(payoutId, attempt, orderId, by.id);
    } catch (error) {
      this.alarm('provider-number-not-bound', payoutId, by, error);
      await this.followUps.schedule([{ key: bindKey(payoutId), dueAt: this.clock.now() + AFTER_A_FAILURE }]);
    }
  }

  /** A payout that can't be brought on halts no other: it is tried again, and again, by a durable follow-up. */
  private async advance(payoutId: PayoutId, { wake, by }: Woken): Promise<void> {
    try {
      await this.process.advance(payoutId, wake);
    } catch (error) {
      if (error instanceof StoppingError) throw error;
      this.alarm('payout-step-failed', payoutId, by, error);
      await this.followUps.schedule([{ key: stepKey(payoutId), dueAt: this.clock.now() + AFTER_A_FAILURE }]);
    }
  }

  private alarm(code: string, payoutId: PayoutId, by: RecordedEvent, error: unknown): void {
    this.scope.run(payoutId, by, () => this.logger.alarm(code, { payoutId, error }));
  }
}
