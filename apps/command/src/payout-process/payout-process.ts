import { Injectable } from '@nestjs/common';
import type { PayoutId } from '#domain/ids';
import {
  decideConclusion,
  decidePark,
  decideReject,
  decideUnknown,
  type StepDecision,
} from '#domain/payout/decide-submission';
import type { PayoutState } from '#domain/payout/state';
import { nextStep, stepAfterHint, type FundsNews, type NextStep } from '#domain/processes/payout-process';
import { FollowUps } from '#coordination/follow-ups';
import { Logger } from '#platform/logging/logger';
import { Clock } from '#platform/time/clock';
import { ProviderRegistry } from '#providers/registry';
import { AccountStreams } from '../streams/account-streams.js';
import { PayoutScope } from '../observing/payout-scope.js';
import { PayoutStreams } from '../streams/payout-streams.js';
import { CallsBeside } from './calls-beside.js';
import { stepKey } from './follow-up-key.js';
import { KeyedQueue } from './keyed-queue.js';
import { LookUps } from './look-ups.js';
import { answered, processContext } from './process-context.js';
import { Submitter } from './submitter.js';

export interface Wake {
  readonly wake: 'event' | 'due';
  readonly news?: FundsNews;
  /** A look-up was just made: whether it found no such order, and when it was asked. */
  readonly lookUp?: { readonly notFound: boolean; readonly askedAt: number };
  /** What woke it: an event's id, or a follow-up. */
  readonly causationId: string;
}

interface Found {
  readonly payoutId: PayoutId;
  readonly state: Known;
  readonly revision: bigint;
}

type Known = Exclude<PayoutState, { status: 'absent' | 'rejected' }>;

/**
 * Brings a payout one step on. Every step is decided from the payout's present fold, and written or scheduled durably
 * before this resolves. It never waits for a provider: calls run beside it, and what they brought comes as a report.
 */
@Injectable()
export class PayoutProcess {
  private readonly queue = new KeyedQueue<PayoutId>();

  constructor(
    private readonly payouts: PayoutStreams,
    private readonly accounts: AccountStreams,
    private readonly registry: ProviderRegistry,
    private readonly followUps: FollowUps,
    private readonly submitter: Submitter,
    private readonly lookUps: LookUps,
    private readonly calls: CallsBeside,
    private readonly scope: PayoutScope,
    private readonly clock: Clock,
    private readonly logger: Logger,
  ) {}

  /** A payout is decided upon once at a time, whoever wakes it. */
  advance(payoutId: PayoutId, wake: Wake): Promise<void> {
    return this.queue.run(payoutId, () => this.step(payoutId, wake));
  }

  /** A callback was heard that proves nothing by itself. */
  askAfterHint(payoutId: PayoutId): Promise<void> {
    return this.queue.run(payoutId, async () => {
      const { state, first, last } = await this.payouts.read(payoutId);
      if (last === undefined || !('current' in state)) return;
      const step = stepAfterHint(state, this.registry.require(state.request.provider).card);
      if (step.do !== 'query') return;
      const subject = { payoutId, state, revision: last.revision, attempt: step.attempt };
      await this.scope.run(payoutId, first, () => this.lookUps.lookAfterHint(subject));
    });
  }

  /** Calls may begin, until `stop`. */
  begin(): void {
    this.calls.begin();
  }

  /** No new call begins; resolves when those under way have been recorded. */
  async stop(): Promise<void> {
    await this.calls.stop();
    await this.queue.idle();
  }

  private async step(payoutId: PayoutId, wake: Wake): Promise<void> {
    const { state, first, last } = await this.payouts.read(payoutId);
    if (last === undefined || state.status === 'absent' || state.status === 'rejected') return;
    await this.scope.run(payoutId, first, () =>
      this.stepOn({ payoutId, state, revision: last.revision }, wake),
    );
  }

  private async stepOn(found: Found, wake: Wake): Promise<void> {
    const { payoutId, state } = found;
    const news = wake.news ?? (await this.newsMissed(payoutId, state, wake));
    const step = nextStep(state, {
      card: this.registry.require(state.request.provider).card,
      now: wake.lookUp?.askedAt ?? this.clock.now(),
      wake: wake.wake,
      ...(news === undefined ? {} : { news }),
      ...(wake.lookUp === undefined ? {} : { justNotFound: wake.lookUp.notFound }),
    });
    await this.perform(found, step, wake.causationId);
  }

  /** The event that told of the reservation is past when a follow-up or an operator takes a payout up: it is looked up. */
  private async newsMissed(payoutId: PayoutId, state: Known, { wake }: Wake): Promise<FundsNews | undefined> {
    if (state.status !== 'requested' || (wake === 'event' && state.resumedAt === undefined)) return undefined;
    return this.accounts.reservationOf(state.request.accountId, payoutId);
  }

  private async perform(
    { payoutId, state, revision }: Found,
    step: NextStep,
    causationId: string,
  ): Promise<void> {
    const decide = (by: (now: PayoutState) => StepDecision): Promise<void> =>
      this.decide(payoutId, causationId, by);
    switch (step.do) {
      case 'ignore':
        this.logger.debug('payout process: nothing to do', { payoutId, why: step.why });
        return;
      case 'wait':
        return this.followUps.schedule([{ key: stepKey(payoutId), dueAt: step.until }]);
      case 'reject': {
        const detail = 'the funding account refused the reservation';
        return decide((now) => decideReject(now, { type: 'RejectPayout', reason: step.reason, detail }));
      }
      case 'mark-unknown': {
        const { attempt, reason } = step;
        return decide((now) => decideUnknown(now, { type: 'MarkOutcomeUnknown', attempt, reason }));
      }
      case 'conclude-failure':
        return decide((now) => decideConclusion(now, { type: 'ConcludeFailure' }));
      case 'park': {
        const { reason, detail } = step;
        this.logger.alarm('payout-parked', { payoutId, reason, detail });
        return decide((now) => decidePark(now, { type: 'ParkPayout', reason, detail }));
      }
      case 'start':
      case 'resend':
        return this.submitter.submit(payoutId, state.request, step, causationId);
      case 'query': {
        if (!('current' in state)) throw new Error('there is nothing to ask for');
        const subject = { payoutId, state, revision, attempt: step.attempt };
        return this.lookUps.look(subject, ({ outcome, askedAt }) =>
          this.advance(payoutId, {
            wake: 'event',
            causationId: `look-up of ${state.current.reference}`,
            lookUp: { notFound: outcome.kind === 'not-found', askedAt },
          }),
        );
      }
    }
  }

  private async decide(
    payoutId: PayoutId,
    causationId: string,
    by: (now: PayoutState) => StepDecision,
  ): Promise<void> {
    await this.payouts.decide(payoutId, processContext(causationId), (now) => answered(by(now)));
  }
}
