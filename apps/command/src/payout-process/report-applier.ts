import { Injectable } from '@nestjs/common';
import type { EvidenceHash, PayoutId } from '#domain/ids';
import { decideReport } from '#domain/payout/decide-report';
import type { ProviderOutcome, ReportSource } from '#domain/provider/provider-report';
import { Logger } from '#platform/logging/logger';
import { Clock } from '#platform/time/clock';
import { ProviderRegistry } from '#providers/registry';
import { processCaller } from '../streams/event-encoding.js';
import { PayoutStreams } from '../streams/payout-streams.js';

/** What a provider said about one attempt, through whichever channel. */
export interface Report {
  readonly payoutId: PayoutId;
  readonly attempt: number;
  readonly source: ReportSource;
  readonly outcome: ProviderOutcome;
  readonly evidence?: EvidenceHash;
  readonly causationId: string;
}

const CALLER = processCaller('provider-reports');

/** The single place where a provider's word becomes a fact, or is recorded as held, or is ignored by name. */
@Injectable()
export class ReportApplier {
  constructor(
    private readonly payouts: PayoutStreams,
    private readonly registry: ProviderRegistry,
    private readonly clock: Clock,
    private readonly logger: Logger,
  ) {}

  /** Durable when it resolves. The same report again changes nothing. */
  async apply({ payoutId, attempt, source, outcome, evidence, causationId }: Report): Promise<void> {
    const providerTime = 'order' in outcome ? outcome.order.providerTime : undefined;
    const context = { caller: CALLER, causationId, ...(providerTime === undefined ? {} : { providerTime }) };
    const at = this.clock.now();
    const handled = await this.payouts.decide(payoutId, context, (state) => {
      if (state.status === 'absent' || state.status === 'rejected') {
        return { events: [], answer: { note: `payout is ${state.status}`, alarm: true } };
      }
      const { refusalIsProof, notFoundIsFinalAfter } = this.registry.require(state.request.provider).card;
      const decision = decideReport(state, {
        type: 'ApplyProviderReport',
        attempt,
        source,
        outcome,
        at,
        rules: { refusalIsProof, notFoundIsFinalAfter },
        ...(evidence === undefined ? {} : { evidence }),
      });
      return 'ignored' in decision
        ? { events: [], answer: { note: decision.ignored, alarm: decision.alarm === true } }
        : {
            events: decision.events,
            answer: { note: decision.alarm ?? 'taken', alarm: decision.alarm !== undefined },
          };
    });
    const fields = { payoutId, attempt, source, outcome: outcome.kind, note: handled.answer.note };
    if (handled.answer.alarm) this.logger.alarm('provider-report', fields);
    else this.logger.debug('provider report', fields);
  }
}
