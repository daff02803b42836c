import { Injectable } from '@nestjs/common';
import { FollowUps } from '#coordination/follow-ups';
import type { EvidenceHash } from '#domain/ids';
import type { ProviderOutcome } from '#domain/provider/provider-report';
import type { ProviderName } from '#domain/provider/provider-name';
import type { Attempt } from '#domain/provider/reference';
import { readCallbackMessage } from '#messaging/contracts/callbacks.v1';
import { Logger } from '#platform/logging/logger';
import { Clock } from '#platform/time/clock';
import { ProviderRegistry } from '#providers/registry';
import { EvidenceStore } from '../evidence/evidence-store.js';
import { hintKey } from '../payout-process/follow-up-key.js';
import { FollowUpBell } from '../payout-process/follow-up-bell.js';
import { ReportApplier } from '../payout-process/report-applier.js';
import { rawCallbackOf } from './raw-callback.js';

/** Delivers what a callback says to the payout that it belongs to. */
@Injectable()
export class CallbackReplay {
  constructor(
    private readonly registry: ProviderRegistry,
    private readonly evidence: EvidenceStore,
    private readonly reports: ReportApplier,
    private readonly followUps: FollowUps,
    private readonly bell: FollowUpBell,
    private readonly clock: Clock,
    private readonly logger: Logger,
  ) {}

  /** A stored callback once more, now that its payout is known. */
  async deliver(provider: ProviderName, attempt: Attempt, evidence: EvidenceHash): Promise<void> {
    const raw = await this.evidence.get(evidence);
    const message = raw === undefined ? undefined : readCallbackMessage(Buffer.from(raw, 'utf8'));
    if (message?.ok !== true) {
      this.logger.alarm('stored-callback-unreadable', { provider, evidence });
      return;
    }
    const reading = this.registry.require(provider).readCallback(rawCallbackOf(message.callback));
    if (reading.verdict !== 'verified') {
      this.logger.alarm('stored-callback-refused', { provider, evidence, reason: reading.reason });
      return;
    }
    await this.apply(provider, attempt, reading.outcome, evidence);
  }

  /** A claim is applied as a report; a mere hint only makes the payout process look now. */
  async apply(
    provider: ProviderName,
    { payoutId, attempt }: Attempt,
    outcome: ProviderOutcome,
    evidence: EvidenceHash,
  ): Promise<void> {
    if (this.registry.require(provider).card.callback.trust === 'hint') {
      await this.followUps.bringForward(hintKey(payoutId), this.clock.now());
      this.bell.ring();
      return;
    }
    await this.reports.apply({
      payoutId,
      attempt,
      source: 'callback',
      outcome,
      evidence,
      causationId: evidence,
    });
  }
}
