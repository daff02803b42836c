import { Injectable } from '@nestjs/common';
import type { EvidenceHash, PayoutId } from '#domain/ids';
import type { PayoutEvent } from '#domain/payout/events';
import { decideReport } from '#domain/payout/decide-report';
import type { ProviderOutcome, ReportSource } from '#domain/provider/provider-report';
import type { Decision } from '#event-store/handle-command';
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
  /** For a look-up: when it began, and the payout's revision then. */
  readonly asked?: { readonly at: number; readonly revision: bigint };
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

  /**
   * Durable when it resolves. The same report again changes nothing. `stale`: the payout went on while it was asked for,
   * so the answer may be older than what is known; nothing was taken from it, and it has to be asked for again.
   */
  async apply(report: Report): Promise<'applied' | 'stale'> {
    const { payoutId, attempt, source, outcome, evidence, causationId, asked } = report;
    const providerTime = 'order' in outcome ? outcome.order.providerTime : undefined;
    const context = { caller: CALLER, causationId, ...(providerTime === undefined ? {} : { providerTime }) };
    const at = asked?.at ?? this.clock.now();
    const handled = await this.payouts.decide(payoutId, context, (state, revision) => {
      if (asked !== undefined && asked.revision !== revision)
        return nothing('the payout went on while it was asked for', { stale: true });
      if (state.status === 'absent' || state.status === 'rejected') {
        return nothing(`payout is ${state.status}`, { alarm: true });
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
      if ('ignored' in decision) return nothing(decision.ignored, { alarm: decision.alarm === true });
      const { events, alarm } = decision;
      return { events, answer: { note: alarm ?? 'taken', alarm: alarm !== undefined, stale: false } };
    });
    const fields = { payoutId, attempt, source, outcome: outcome.kind, note: handled.answer.note };
    if (handled.answer.alarm) this.logger.alarm('provider-report', fields);
    else this.logger.debug('provider report', fields);
    return handled.answer.stale ? 'stale' : 'applied';
  }
}

interface Taken {
  readonly note: string;
  readonly alarm: boolean;
  readonly stale: boolean;
}

function nothing(
  note: string,
  { alarm = false, stale = false }: Partial<Taken>,
): Decision<PayoutEvent, Taken> {
  return { events: [], answer: { note, alarm, stale } };
}
