import { Injectable } from '@nestjs/common';

/** Tells the runner of follow-ups that something is due now. Losing a ring costs a second: it looks by itself too. */
@Injectable()
export class FollowUpBell {
  private waiting = new AbortController();

  /** Aborted at the next ring. */
  get nextRing(): AbortSignal {
    return this.waiting.signal;
  }

  ring(): void {
    const rung = this.waiting;
    this.waiting = new AbortController();
    rung.abort();
  }
}
