import { Injectable } from '@nestjs/common';
import type { EvidenceHash, PayeeId } from '#domain/ids';
import type { ProviderOutcome } from '#domain/provider/provider-report';
import type { ProviderName } from '#domain/provider/provider-name';
import type { OrderQuery, PayoutOrder, ProviderAnswer } from '#providers/provider';
import { ProviderRegistry } from '#providers/registry';
import { SEND_MARGIN } from '#domain/processes/payout-process';
import { Clock } from '#platform/time/clock';
import { EvidenceStore } from '../evidence/evidence-store.js';
import { SendPermit } from '../sending/send-permit.js';
import { SlotPool } from './slot-pool.js';

/** What a call brought, with its proof. */
export interface CallResult {
  readonly outcome: ProviderOutcome;
  readonly evidence?: EvidenceHash;
}

const CALLS_AT_ONCE = 16;

/**
 * Makes the calls to providers: a bounded number at once for each, so that a provider that hangs holds up nobody but
 * itself. It decides nothing. Everything that went over the wire is stored before the outcome is handed on.
 */
@Injectable()
export class Dispatcher {
  private readonly slots = new Map<ProviderName, SlotPool>();

  constructor(
    private readonly registry: ProviderRegistry,
    private readonly evidence: EvidenceStore,
    private readonly permit: SendPermit,
    private readonly clock: Clock,
  ) {}

  /**
   * Sends an order once. `sinceMs` is the monotonic time of the intent: a margin after it, others may take the send for
   * dead, so a send that waited longer for its turn doesn't begin. The time of day could be set back meanwhile. Nor does it
   * begin in a copy that has lost its lease by then, or after sending was paused.
   */
  send(provider: ProviderName, order: PayoutOrder, payeeId: PayeeId, sinceMs: number): Promise<CallResult> {
    return this.pool(provider).run(async () => {
      if (this.clock.monotonicMs() - sinceMs > SEND_MARGIN) {
        return { outcome: { kind: 'not-sent', reason: 'no free connection in time' } };
      }
      const refusal = this.permit.refusal();
      if (refusal !== undefined) return { outcome: { kind: 'not-sent', reason: refusal } };
      return this.record(provider, payeeId, await this.registry.require(provider).create(order));
    });
  }

  query(provider: ProviderName, query: OrderQuery, payeeId: PayeeId): Promise<CallResult> {
    return this.pool(provider).run(async () =>
      this.record(provider, payeeId, await this.registry.require(provider).query(query)),
    );
  }

  private async record(
    provider: ProviderName,
    payeeId: PayeeId,
    answer: ProviderAnswer,
  ): Promise<CallResult> {
    // Nothing came back and nothing was proved: there is nothing to keep.
    if (answer.evidence.answer === undefined) return { outcome: answer.outcome };
    const raw = JSON.stringify(answer.evidence);
    const evidence = await this.evidence.put({ provider, what: 'exchange', payeeId, raw });
    return { outcome: answer.outcome, evidence };
  }

  private pool(provider: ProviderName): SlotPool {
    const known = this.slots.get(provider);
    if (known !== undefined) return known;
    const pool = new SlotPool(CALLS_AT_ONCE);
    this.slots.set(provider, pool);
    return pool;
  }
}
