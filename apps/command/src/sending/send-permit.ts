import { Injectable } from '@nestjs/common';
import type { HeldLease } from '#coordination/lease-keeper';
import { SendingGate } from './sending-gate.js';

/** Why this copy may not send now. */
export type Refusal = 'another-copy-sends' | 'sending-paused';

/**
 * Whether this copy may begin a request to a provider at this moment. It is asked before an intent is written and again
 * right before the first byte: a copy that was paused in between sees by its monotonic clock that its lease is over.
 */
@Injectable()
export class SendPermit {
  private lease: HeldLease | undefined;

  constructor(private readonly gate: SendingGate) {}

  /** This copy sends, for as long as it holds the lease. */
  hold(lease: HeldLease): void {
    this.lease = lease;
  }

  refusal(): Refusal | undefined {
    if (this.lease?.held() !== true) return 'another-copy-sends';
    return this.gate.isOpen ? undefined : 'sending-paused';
  }
}
