import { Injectable } from '@nestjs/common';
import { FollowUps } from '#coordination/follow-ups';
import type { EvidenceHash, PayoutId, ProviderOrderId } from '#domain/ids';
import type { ReferenceEvent } from '#domain/provider/events';
import type { ProviderName } from '#domain/provider/provider-name';
import type { Attempt } from '#domain/provider/reference';
import { referenceStream } from '#domain/streams';
import { EventStore } from '#event-store/event-store';
import { handleCommand, readState, type Decision, type Handled } from '#event-store/handle-command';
import { Clock } from '#platform/time/clock';
import { KeyedHash } from '#platform/vault/keyed-hash';
import { ProviderRegistry } from '#providers/registry';
import { unmatchedKey } from '../payout-process/follow-up-key.js';
import { EventEncoding, processCaller } from '../streams/event-encoding.js';
import { PayoutScope } from '../observing/payout-scope.js';
import { PayoutStreams } from '../streams/payout-streams.js';
import { CallbackReplay } from './callback-replay.js';
import { REFERENCE, type ReferenceState } from './reference-stream.js';

const CALLER = processCaller('provider-references');

/**
 * Whose a provider's order number is, for providers whose callbacks name nothing else. A callback that comes before the
 * create answer leaves itself in the number's stream, and is delivered again when the number is bound.
 */
@Injectable()
export class ProviderReferences {
  constructor(
    private readonly store: EventStore,
    private readonly payouts: PayoutStreams,
    private readonly encoding: EventEncoding,
    private readonly hashes: KeyedHash,
    private readonly registry: ProviderRegistry,
    private readonly replay: CallbackReplay,
    private readonly followUps: FollowUps,
    private readonly scope: PayoutScope,
    private readonly clock: Clock,
  ) {}

  /** Binds the number and delivers what waited for it. Repeating it changes nothing. */
  async bind(
    payoutId: PayoutId,
    attempt: number,
    orderId: ProviderOrderId,
    causationId: string,
  ): Promise<void> {
    const { state, first } = await this.payouts.read(payoutId);
    if (state.status === 'absent' || state.status === 'rejected') return;
    const { provider } = state.request;
    if (this.registry.require(provider).card.callback.carriesReference) return;
    await this.scope.run(payoutId, first, () =>
      this.bindTo({ payoutId, attempt }, provider, orderId, causationId),
    );
  }

  private async bindTo(
    { payoutId, attempt }: Attempt,
    provider: ProviderName,
    orderId: ProviderOrderId,
    causationId: string,
  ): Promise<void> {
    const handled = await this.decide(provider, orderId, causationId, (known) =>
      known.bound === undefined
        ? {
            events: [{ type: 'ProviderReferenceBound', data: { provider, payoutId, attempt } }],
            answer: undefined,
          }
        : { events: [], answer: undefined },
    );
    for (const evidence of handled.state.unmatched)
      await this.replay.deliver(provider, { payoutId, attempt }, evidence);
  }

  /** The same for the number that the payout's own stream tells; nothing when it tells none. */
  async bindKnown(payoutId: PayoutId, causationId: string): Promise<void> {
    const { state } = await this.payouts.read(payoutId);
    if (!('current' in state) || state.current.orderId === undefined) return;
    await this.bind(payoutId, state.current.attempt, state.current.orderId, causationId);
  }

  /** The attempt that the number belongs to, if it is known. */
  async find(provider: ProviderName, orderId: ProviderOrderId): Promise<ReferenceState['bound']> {
    const stream = this.streamOf(provider, orderId);
    return (await readState(this.store, { stream, type: REFERENCE })).state.bound;
  }

  /**
   * Leaves a callback with a number that nobody knows yet, and has it looked at when the card's time is over; answers
   * with the attempt when it was bound meanwhile.
   */
  async leaveUnmatched(
    provider: ProviderName,
    orderId: ProviderOrderId,
    evidence: EvidenceHash,
  ): Promise<ReferenceState['bound']> {
    const receivedAt = this.clock.now();
    const handled = await this.decide(provider, orderId, evidence, (known) =>
      known.bound !== undefined || known.unmatched.includes(evidence)
        ? { events: [], answer: known.bound }
        : {
            events: [{ type: 'ProviderReportUnmatched', data: { provider, evidence, receivedAt } }],
            answer: undefined,
          },
    );
    if (handled.answer === undefined) {
      const { unmatchedAlarmAfter } = this.registry.require(provider).card.callback;
      const key = unmatchedKey(this.streamOf(provider, orderId));
      await this.followUps.bringForward(key, receivedAt + unmatchedAlarmAfter);
    }
    return handled.answer;
  }

  private decide<Answer>(
    provider: ProviderName,
    orderId: ProviderOrderId,
    causationId: string,
    decide: (state: ReferenceState) => Decision<ReferenceEvent, Answer>,
  ): Promise<Handled<ReferenceState, Answer>> {
    const stream = this.streamOf(provider, orderId);
    return handleCommand(this.store, this.clock, {
      stream,
      type: REFERENCE,
      decide,
      encode: (event, revision, first) =>
        this.encoding.encode(event, stream, revision, { caller: CALLER, causationId }, first),
    });
  }

  private streamOf(provider: ProviderName, orderId: ProviderOrderId): string {
    return referenceStream(provider, this.hashes.hex('provider-reference', `${provider}\n${orderId}`));
  }
}
