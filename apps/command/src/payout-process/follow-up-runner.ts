import { Injectable } from '@nestjs/common';
import { FollowUps } from '#coordination/follow-ups';
import { Logger } from '#platform/logging/logger';
import { Clock } from '#platform/time/clock';
import { UnmatchedReports } from '../callbacks/unmatched-reports.js';
import { readKey } from './follow-up-key.js';
import { PayoutProcess } from './payout-process.js';

const AT_ONCE = 100;
const AFTER_A_FAILURE = 10_000;
/** Follow-ups of other copies become due without a bell. */
const LONGEST_PAUSE = 1_000;

/** Wakes payouts whose time has come, and what else waits for a time. What they do then is decided anew from their fold. */
@Injectable()
export class FollowUpRunner {
  private readonly stopped = new AbortController();
  private bell: AbortController | undefined;
  private running: Promise<void> | undefined;

  constructor(
    private readonly followUps: FollowUps,
    private readonly process: PayoutProcess,
    private readonly unmatched: UnmatchedReports,
    private readonly clock: Clock,
    private readonly logger: Logger,
  ) {}

  start(): void {
    this.running ??= this.run();
  }

  /** Something is due now: don't wait for the next look. */
  poke(): void {
    this.bell?.abort();
  }

  async stop(): Promise<void> {
    this.stopped.abort();
    this.poke();
    await this.running;
  }

  private async run(): Promise<void> {
    while (!this.stopped.signal.aborted) {
      try {
        const woken = await this.wakeDue();
        if (woken === AT_ONCE) continue;
        await this.pause();
      } catch (error) {
        this.logger.alarm('follow-ups-failed', { error });
        await this.clock.sleep(LONGEST_PAUSE, this.stopped.signal);
      }
    }
  }

  private async wakeDue(): Promise<number> {
    const due = await this.followUps.due(this.clock.now(), AT_ONCE);
    await Promise.all(
      due.map(async ({ key, dueAt }) => {
        try {
          await this.wake(key);
          // Only if the step has set no later time.
          await this.followUps.settle(key, dueAt);
        } catch (error) {
          this.logger.alarm('follow-up-failed', { followUp: key, error });
          await this.followUps.schedule([{ key, dueAt: this.clock.now() + AFTER_A_FAILURE }]);
        }
      }),
    );
    return due.length;
  }

  private wake(key: string): Promise<void> {
    const read = readKey(key);
    switch (read.kind) {
      case 'hint':
        return this.process.askAfterHint(read.payoutId);
      case 'step':
        return this.process.advance(read.payoutId, { wake: 'due', causationId: `follow-up of ${key}` });
      case 'unmatched':
        return this.unmatched.check(read.stream);
    }
  }

  private async pause(): Promise<void> {
    const next = await this.followUps.next();
    const pause = Math.min(
      next === undefined ? LONGEST_PAUSE : Math.max(next - this.clock.now(), 1),
      LONGEST_PAUSE,
    );
    const bell = new AbortController();
    this.bell = bell;
    await this.clock.sleep(pause, AbortSignal.any([bell.signal, this.stopped.signal]));
    this.bell = undefined;
  }
}
