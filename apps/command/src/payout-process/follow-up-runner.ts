import { Injectable } from '@nestjs/common';
import { FollowUps } from '#coordination/follow-ups';
import { Logger } from '#platform/logging/logger';
import { Clock } from '#platform/time/clock';
import { ProviderReferences } from '../callbacks/provider-references.js';
import { UnmatchedReports } from '../callbacks/unmatched-reports.js';
import { FollowUpBell } from './follow-up-bell.js';
import { readKey } from './follow-up-key.js';
import { PayoutProcess } from './payout-process.js';
import { StoppingError } from './submitter.js';

const AT_ONCE = 100;
const AFTER_A_FAILURE = 10_000;
/** Follow-ups of other copies become due without a bell. */
const LONGEST_PAUSE = 1_000;

/** Wakes payouts whose time has come, and what else waits for a time. What they do then is decided anew from their fold. */
@Injectable()
export class FollowUpRunner {
  constructor(
    private readonly followUps: FollowUps,
    private readonly process: PayoutProcess,
    private readonly unmatched: UnmatchedReports,
    private readonly references: ProviderReferences,
    private readonly bell: FollowUpBell,
    private readonly clock: Clock,
    private readonly logger: Logger,
  ) {}

  /** Runs until `signal` is aborted; what it has in hand then is finished. */
  async run(signal: AbortSignal): Promise<void> {
    while (!signal.aborted) {
      try {
        // Taken before the look: what becomes due during it rings already.
        const rung = this.bell.nextRing;
        const woken = await this.wakeDue();
        if (woken === AT_ONCE) continue;
        await this.pause(AbortSignal.any([rung, signal]));
      } catch (error) {
        this.logger.alarm('follow-ups-failed', { error });
        await this.clock.sleep(LONGEST_PAUSE, signal);
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
          // It stays due, for whichever copy is next to look.
          if (error instanceof StoppingError) return;
          this.logger.alarm('follow-up-failed', { followUp: key, ...subjectOf(key), error });
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
      case 'bind':
        return this.references.bindKnown(read.payoutId, `follow-up of ${key}`);
      case 'unmatched':
        return this.unmatched.check(read.stream);
    }
  }

  private async pause(signal: AbortSignal): Promise<void> {
    const next = await this.followUps.next();
    const pause = Math.min(
      next === undefined ? LONGEST_PAUSE : Math.max(next - this.clock.now(), 1),
      LONGEST_PAUSE,
    );
    await this.clock.sleep(pause, signal);
  }
}

/** For whoever looks for a payout's log lines. A key that is none of ours may be why it failed. */
function subjectOf(key: string): { readonly payoutId?: string } {
  try {
    const read = readKey(key);
    return read.kind === 'unmatched' ? {} : { payoutId: read.payoutId };
  } catch {
    return {};
  }
}
