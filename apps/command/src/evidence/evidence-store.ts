import { Injectable } from '@nestjs/common';
import { evidenceHash, type EvidenceHash, type PayeeId } from '#domain/ids';
import type { EvidenceEvent } from '#domain/provider/events';
import type { ProviderName } from '#domain/provider/provider-name';
import { evidenceStream } from '#domain/streams';
import { EventStore } from '#event-store/event-store';
import { appendUntilKnown } from '#event-store/handle-command';
import { Clock } from '#platform/time/clock';
import { PayeeErasedError } from '#platform/vault/errors';
import { IntakeSealer } from '#platform/vault/intake-sealer';
import { KeyedHash } from '#platform/vault/keyed-hash';
import { PersonalDataVault } from '#platform/vault/vault';
import { decodeRecorded, EventEncoding, processCaller } from '../streams/event-encoding.js';

const CALLER = processCaller('evidence');

type Sealed = Pick<EvidenceEvent['data'], 'sealed' | 'sealedFor'>;

/** Raw bytes that prove what was said. */
export interface Evidence {
  readonly provider: ProviderName;
  readonly what: 'exchange' | 'callback';
  /** Whose data it holds; undefined while nobody knows: it is then sealed with the intake key. */
  readonly payeeId: PayeeId | undefined;
  readonly raw: string;
  /** What makes it this piece and no other; the raw text where that is absent. A repeated callback differs in its headers only. */
  readonly identity?: string;
}

/**
 * The auditor's evidence: sealed, in a stream of its own that is named by its keyed hash. The same bytes are stored
 * once, however often they come.
 */
@Injectable()
export class EvidenceStore {
  constructor(
    private readonly store: EventStore,
    private readonly encoding: EventEncoding,
    private readonly vault: PersonalDataVault,
    private readonly intake: IntakeSealer,
    private readonly hashes: KeyedHash,
    private readonly clock: Clock,
  ) {}

  /** Durable when it resolves; the hash is its address. */
  async put({ provider, what, payeeId, raw, identity = raw }: Evidence): Promise<EvidenceHash> {
    const hash = evidenceHash(this.hashes.hex('evidence-hash', `${provider}\n${what}\n${identity}`));
    const stream = evidenceStream(hash);
    const { sealed, sealedFor } = await this.seal(payeeId, stream, raw);
    const event = {
      type: 'EvidenceStored' as const,
      data: { provider, what, sealedFor, sealed, storedAt: this.clock.now() },
    };
    const encoded = this.encoding.encode(event, stream, 0n, { caller: CALLER, causationId: hash }, undefined);
    // The id stands for the bytes: whoever stored them first, they are there.
    await appendUntilKnown(this.store, this.clock, stream, 'no-stream', [encoded]);
    return hash;
  }

  /** What comes for an erased payee is not kept; the payout it proves something about still goes on. */
  private async seal(payeeId: PayeeId | undefined, stream: string, raw: string): Promise<Sealed> {
    if (payeeId === undefined) {
      const sealed = Buffer.from(this.intake.seal(Buffer.from(raw, 'utf8'))).toString('base64');
      return { sealed, sealedFor: { kind: 'intake' } };
    }
    try {
      return { sealed: await this.vault.seal(payeeId, stream, raw), sealedFor: { kind: 'payee', payeeId } };
    } catch (error) {
      if (!(error instanceof PayeeErasedError)) throw error;
      return { sealed: '', sealedFor: { kind: 'erased', payeeId } };
    }
  }

  /** The raw text again, or undefined when no such evidence is stored. Rejects when the payee was erased. */
  async get(hash: EvidenceHash): Promise<string | undefined> {
    const stream = evidenceStream(hash);
    for await (const recorded of this.store.readStream(stream)) {
      const event = decodeRecorded(recorded);
      if (event.type !== 'EvidenceStored') throw new Error(`${event.type} in ${stream}`);
      const { sealedFor, sealed } = event.data;
      if (sealedFor.kind === 'erased') throw new PayeeErasedError(sealedFor.payeeId);
      if (sealedFor.kind === 'payee') return this.vault.open(sealedFor.payeeId, stream, sealed);
      return Buffer.from(this.intake.open(Buffer.from(sealed, 'base64'))).toString('utf8');
    }
    return undefined;
  }
}
