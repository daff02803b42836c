import { Injectable } from '@nestjs/common';
import type { EvidenceHash, PayeeId, PayoutId } from '#domain/ids';
import { readReference, type Attempt } from '#domain/provider/reference';
import { readCallbackMessage } from '#messaging/contracts/callbacks.v1';
import type { HandlerDecision, ReceivedMessage } from '#messaging/message-bus';
import { Logger } from '#platform/logging/logger';
import type { CallbackReading } from '#providers/provider';
import { ProviderRegistry } from '#providers/registry';
import { EvidenceStore } from '../evidence/evidence-store.js';
import { PayoutStreams } from '../streams/payout-streams.js';
import { CallbackReplay } from './callback-replay.js';
import { ProviderReferences } from './provider-references.js';
import { rawCallbackOf } from './raw-callback.js';

type Verified = Extract<CallbackReading, { verdict: 'verified' }>;

/** Takes callbacks from the bus: finds the payout, keeps the raw bytes as evidence, and delivers what they say. */
@Injectable()
export class CallbackIntake {
  constructor(
    private readonly registry: ProviderRegistry,
    private readonly payouts: PayoutStreams,
    private readonly evidence: EvidenceStore,
    private readonly references: ProviderReferences,
    private readonly replay: CallbackReplay,
    private readonly logger: Logger,
  ) {}

  async handle(message: ReceivedMessage): Promise<HandlerDecision> {
    const read = readCallbackMessage(message.value);
    if (!read.ok) return { kind: 'park', reason: read.reason };
    const { callback } = read;
    const { provider } = callback;
    if (this.registry.get(provider) === undefined)
      return { kind: 'park', reason: `${provider} isn't set up here` };
    // The app that took it has verified it already; the bus is not a place to trust (guarantee G29).
    const reading = this.registry.require(provider).readCallback(rawCallbackOf(callback));
    if (reading.verdict !== 'verified') {
      this.logger.alarm('callback-refused', { provider, verdict: reading.verdict, reason: reading.reason });
      return { kind: 'park', reason: `${reading.verdict}: ${reading.reason}` };
    }
    const raw = Buffer.from(message.value).toString('utf8');
    const attempt = await this.attemptOf(callback.provider, reading);
    const payee = attempt === undefined ? undefined : await this.payeeOf(attempt.payoutId);
    if (attempt !== undefined && payee === undefined) {
      this.logger.alarm('callback-for-unknown-payout', { provider, payoutId: attempt.payoutId });
      return { kind: 'park', reason: 'no such payout was requested here' };
    }
    const hash = await this.evidence.put({
      provider,
      what: 'callback',
      payeeId: payee,
      raw,
      identity: callback.bodyBase64,
    });
    const owner = attempt ?? (await this.leave(callback.provider, reading, hash));
    if (owner !== undefined) await this.replay.apply(provider, owner, reading.outcome, hash);
    return { kind: 'done' };
  }

  private async attemptOf(
    provider: Parameters<ProviderReferences['find']>[0],
    reading: Verified,
  ): Promise<Attempt | undefined> {
    const own = reading.reference === undefined ? undefined : readReference(reading.reference);
    if (own !== undefined) return own;
    return reading.orderId === undefined ? undefined : this.references.find(provider, reading.orderId);
  }

  private async leave(
    provider: Parameters<ProviderReferences['find']>[0],
    reading: Verified,
    hash: EvidenceHash,
  ): Promise<Attempt | undefined> {
    if (reading.orderId === undefined) {
      this.logger.alarm('callback-names-nothing', { provider });
      return undefined;
    }
    return this.references.leaveUnmatched(provider, reading.orderId, hash);
  }

  private async payeeOf(payoutId: PayoutId): Promise<PayeeId | undefined> {
    const { state } = await this.payouts.read(payoutId);
    return state.status === 'absent' || state.status === 'rejected' ? undefined : state.request.payee.payeeId;
  }
}
