import { Injectable } from '@nestjs/common';
import type { PayoutId } from '#domain/ids';
import { Logger } from '#platform/logging/logger';

/** Calls to providers that run beside the payout process, which never waits for them. */
@Injectable()
export class CallsBeside {
  private readonly running = new Set<Promise<void>>();
  private ended = false;

  constructor(private readonly logger: Logger) {}

  /** From now on calls may begin, until `stop`. */
  begin(): void {
    this.ended = false;
  }

  /** True from the moment on when no new call may begin. */
  get stopping(): boolean {
    return this.ended;
  }

  /** What fails in here is our own fault: it is logged, and the durable follow-up tries again. */
  run(payoutId: PayoutId, call: () => Promise<void>): void {
    const running = call()
      .catch((error: unknown) => this.logger.alarm('payout-call-failed', { payoutId, error }))
      .finally(() => this.running.delete(running));
    this.running.add(running);
  }

  /** Resolves when those under way have been recorded. */
  async stop(): Promise<void> {
    this.ended = true;
    while (this.running.size > 0) await Promise.all(this.running);
  }
}
