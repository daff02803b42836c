import { Injectable } from '@nestjs/common';
import { EventStore } from '#event-store/event-store';
import { readState } from '#event-store/handle-command';
import { Logger } from '#platform/logging/logger';
import { REFERENCE } from './reference-stream.js';

/** Says aloud that a provider speaks of an order that nobody here knows, once its create answer should long have come. */
@Injectable()
export class UnmatchedReports {
  constructor(
    private readonly store: EventStore,
    private readonly logger: Logger,
  ) {}

  /** `stream` is that of the provider's order number. */
  async check(stream: string): Promise<void> {
    const { bound, unmatched } = (await readState(this.store, { stream, type: REFERENCE })).state;
    if (bound !== undefined || unmatched.length === 0) return;
    this.logger.alarm('callback-unmatched', { stream, callbacks: unmatched.length });
  }
}
