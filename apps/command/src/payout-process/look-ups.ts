import { Injectable } from '@nestjs/common';
import type { PayoutId } from '#domain/ids';
import { attemptOf, type SentPayout } from '#domain/payout/state';
import { SEND_MARGIN } from '#domain/processes/payout-process';
import type { ProviderOutcome } from '#domain/provider/provider-report';
import { FollowUps } from '#coordination/follow-ups';
import { Clock } from '#platform/time/clock';
import { ProviderRegistry } from '#providers/registry';
import { CallsBeside } from './calls-beside.js';
import { Dispatcher } from './dispatcher.js';
import { hintKey, stepKey } from './follow-up-key.js';
import { ReportApplier } from './report-applier.js';

const A_MOMENT = 1_000;

/** A payout as it was read, and the attempt to ask about. */
export interface Subject {
  readonly payoutId: PayoutId;
  readonly state: SentPayout;
  /** Of the payout's last event in `state`. */
  readonly revision: bigint;
  readonly attempt: number;
}

export interface LookUpAnswer {
  readonly outcome: ProviderOutcome;
  /** When the question left, at the earliest: the answer may be that old. */
  readonly askedAt: number;
  /** The payout went on meanwhile: nothing was taken from the answer. */
  readonly stale: boolean;
}

/** Asks providers about payouts, once at a time for each payout, and applies what they say. */
@Injectable()
export class LookUps {
  private readonly looking = new Set<PayoutId>();

  constructor(
    private readonly registry: ProviderRegistry,
    private readonly followUps: FollowUps,
    private readonly dispatcher: Dispatcher,
    private readonly reports: ReportApplier,
    private readonly calls: CallsBeside,
    private readonly clock: Clock,
  ) {}

  /** Asks beside; `then` is called with what the provider said, after it was applied. */
  async look(subject: Subject, then: (answer: LookUpAnswer) => Promise<void>): Promise<void> {
    const { payoutId, state } = subject;
    if (this.isBusy(payoutId)) return this.schedule(stepKey(payoutId), A_MOMENT);
    // Should this copy die now, another look follows.
    await this.schedule(stepKey(payoutId), this.longest(state));
    this.beside(payoutId, async () => {
      const answer = await this.ask(subject);
      // Whatever the payout has become meanwhile, the answer may say otherwise: it is asked for again in any state.
      if (answer.stale) await this.schedule(hintKey(payoutId), A_MOMENT);
      else await then(answer);
    });
  }

  /** The same at a hint's word. The hint is settled only when the provider has answered. */
  async lookAfterHint(subject: Subject): Promise<void> {
    const { payoutId, state } = subject;
    if (this.isBusy(payoutId)) return this.schedule(hintKey(payoutId), A_MOMENT);
    const again = this.clock.now() + this.longest(state);
    await this.followUps.schedule([{ key: hintKey(payoutId), dueAt: again }]);
    this.beside(payoutId, async () => {
      const { outcome, stale } = await this.ask(subject);
      if (stale) await this.schedule(hintKey(payoutId), A_MOMENT);
      else if (outcome.kind !== 'unknown' && outcome.kind !== 'not-sent')
        await this.followUps.settle(hintKey(payoutId), again);
    });
  }

  private async ask({ payoutId, state, revision, attempt }: Subject): Promise<LookUpAnswer> {
    const { request } = state;
    const asked = { at: this.clock.now(), revision };
    const { reference, orderId } = attemptOf(state, attempt) ?? state.current;
    const query = {
      reference,
      currency: request.amount.currency,
      ...(orderId === undefined ? {} : { orderId }),
    };
    const { outcome, evidence } = await this.dispatcher.query(request.provider, query, request.payee.payeeId);
    const applied = await this.reports.apply({
      payoutId,
      asked,
      attempt,
      source: 'query',
      outcome,
      causationId: `query of ${reference}`,
      ...(evidence === undefined ? {} : { evidence }),
    });
    return { outcome, askedAt: asked.at, stale: applied === 'stale' };
  }

  private isBusy(payoutId: PayoutId): boolean {
    return this.calls.stopping || this.looking.has(payoutId);
  }

  private beside(payoutId: PayoutId, call: () => Promise<void>): void {
    this.looking.add(payoutId);
    this.calls.run(payoutId, () => call().finally(() => this.looking.delete(payoutId)));
  }

  private longest({ request }: SentPayout): number {
    return this.registry.require(request.provider).card.timing.requestTimeout + SEND_MARGIN;
  }

  private schedule(key: string, inMs: number): Promise<void> {
    return this.followUps.schedule([{ key, dueAt: this.clock.now() + inMs }]);
  }
}
