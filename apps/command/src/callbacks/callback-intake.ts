import { Injectable } from '@nestjs/common';
import type { EvidenceHash, PayeeId } from '#domain/ids';
import { readReference, type Attempt } from '#domain/provider/reference';
import { readCallbackMessage, type CallbackMessage } from '#messaging/contracts/callbacks.v1';
import type { HandlerDecision, ReceivedMessage } from '#messaging/message-bus';
import { Logger } from '#platform/logging/logger';
import type { CallbackReading } from '#providers/provider';
import { ProviderRegistry } from '#providers/registry';
import { EvidenceStore } from '../evidence/evidence-store.js';
import { CallbackWatch } from '../observing/callback-watch.js';
import { PayoutScope } from '../observing/payout-scope.js';
import { PayoutStreams } from '../streams/payout-streams.js';
import { CallbackReplay } from './callback-replay.js';
import { ProviderReferences } from './provider-references.js';
import { rawCallbackOf } from './raw-callback.js';

type Verified = Extract<CallbackReading, { verdict: 'verified' }>;
type Taken = HandlerDecision & { readonly unmatched?: true };

const DONE: Taken = { kind: 'done' };

/** Takes callbacks from the bus: finds the payout, keeps the raw bytes as evidence, and delivers what they say. */
@Injectable()
export class CallbackIntake {
  constructor(
    private readonly registry: ProviderRegistry,
    private readonly payouts: PayoutStreams,
    private readonly evidence: EvidenceStore,
    private readonly references: ProviderReferences,
    private readonly replay: CallbackReplay,
    private readonly watch: CallbackWatch,
    private readonly scope: PayoutScope,
    private readonly logger: Logger,
  ) {}

  handle(message: ReceivedMessage): Promise<HandlerDecision> {
    const read = readCallbackMessage(message.value);
    return this.watch.take(read.ok ? read.callback.provider : undefined, async () => {
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
      return this.takeVerified(message, callback, reading);
    });
  }

  private async takeVerified(
    message: ReceivedMessage,
    callback: CallbackMessage,
    reading: Verified,
  ): Promise<Taken> {
    const { provider } = callback;
    const attempt = await this.attemptOf(provider, reading);
    const attributes = { provider, outcome: reading.outcome.kind };
    if (attempt === undefined) {
      return this.watch.apply(message, attributes, async () => {
        const hash = await this.keep(message, callback, undefined);
        const owner = await this.leave(provider, reading, hash);
        if (owner === undefined) return { kind: 'done', unmatched: true };
        await this.replay.apply(provider, owner, reading.outcome, hash);
        return DONE;
      });
    }
    const { payoutId } = attempt;
    const { state, first } = await this.payouts.read(payoutId);
    if (state.status === 'absent' || state.status === 'rejected') {
      this.logger.alarm('callback-for-unknown-payout', { provider, payoutId });
      return { kind: 'park', reason: 'no such payout was requested here' };
    }
    const { payeeId } = state.request.payee;
    return this.scope.run(payoutId, first, () =>
      this.watch.apply(message, { ...attributes, 'payout.id': payoutId }, async () => {
        const hash = await this.keep(message, callback, payeeId);
        await this.replay.apply(provider, attempt, reading.outcome, hash);
        return DONE;
      }),
    );
  }

  private keep(
    message: ReceivedMessage,
    { provider, bodyBase64 }: CallbackMessage,
    payeeId: PayeeId | undefined,
  ): Promise<EvidenceHash> {
    const raw = Buffer.from(message.value).toString('utf8');
    return this.evidence.put({ provider, what: 'callback', payeeId, raw, identity: bodyBase64 });
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
}
