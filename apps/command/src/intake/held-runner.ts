import { Injectable } from '@nestjs/common';
import { HeldMessages } from '#coordination/held-messages';
import { Logger } from '#platform/logging/logger';
import { Clock } from '#platform/time/clock';
import { CommandIntake } from './command-intake.js';

const PAUSE = 1_000;

/** Carries out what operators asked to be tried again, in the order in which it came. */
@Injectable()
export class HeldRunner {
  constructor(
    private readonly held: HeldMessages,
    private readonly intake: CommandIntake,
    private readonly clock: Clock,
    private readonly logger: Logger,
  ) {}

  /** Runs until `signal` is aborted; the message in hand is finished. */
  async run(signal: AbortSignal): Promise<void> {
    while (!signal.aborted) {
      try {
        if (await this.retryNext()) continue;
      } catch (error) {
        this.logger.alarm('held-commands-failed', { error });
      }
      await this.clock.sleep(PAUSE, signal);
    }
  }

  private async retryNext(): Promise<boolean> {
    const next = await this.held.nextToRetry();
    if (next === undefined) return false;
    const result = await this.intake.retry(next.message);
    if (result.done) await this.held.done(next.key, next.id);
    else await this.held.failAgain(next.key, result.reason);
    return true;
  }
}
