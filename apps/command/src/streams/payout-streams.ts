import { Injectable } from '@nestjs/common';
import { isPayoutEvent } from '#domain/codec/stored-event';
import type { PayoutId } from '#domain/ids';
import type { PayoutEvent } from '#domain/payout/events';
import { evolvePayout } from '#domain/payout/evolve';
import { ABSENT, type PayoutState } from '#domain/payout/state';
import { payoutStream } from '#domain/streams';
import { EventStore, type RecordedEvent } from '#event-store/event-store';
import {
  handleCommand,
  readState,
  type Decision,
  type Handled,
  type ReadState,
  type StreamType,
} from '#event-store/handle-command';
import { Clock } from '#platform/time/clock';
import { decodeRecorded, EventEncoding, type EventContext } from './event-encoding.js';

const PAYOUT: StreamType<PayoutState, PayoutEvent> = {
  initial: ABSENT,
  evolve: evolvePayout,
  decode(recorded: RecordedEvent) {
    const event = decodeRecorded(recorded);
    if (!isPayoutEvent(event)) throw new Error(`${event.type} in ${recorded.stream}`);
    return event;
  },
};

export interface PayoutDecisionOptions {
  /** The stream should be missing: try without reading it first. */
  readonly expectNew?: boolean;
  /** A random id for the first event: only the one who made it can know that it wrote it. */
  readonly claim?: string;
}

/** Reads payouts and writes decisions about them. */
@Injectable()
export class PayoutStreams {
  constructor(
    private readonly store: EventStore,
    private readonly encoding: EventEncoding,
    private readonly clock: Clock,
  ) {}

  read(payoutId: PayoutId): Promise<ReadState<PayoutState>> {
    return readState(this.store, { stream: payoutStream(payoutId), type: PAYOUT });
  }

  decide<Answer>(
    payoutId: PayoutId,
    context: EventContext,
    decide: (state: PayoutState, revision: bigint | undefined) => Decision<PayoutEvent, Answer>,
    options: PayoutDecisionOptions = {},
  ): Promise<Handled<PayoutState, Answer>> {
    const stream = payoutStream(payoutId);
    let claim = options.claim;
    return handleCommand(this.store, this.clock, {
      stream,
      type: PAYOUT,
      decide: (state, revision) => {
        claim = options.claim;
        return decide(state, revision);
      },
      encode: (event, revision, first) => {
        const id = claim;
        claim = undefined;
        return this.encoding.encode(event, stream, revision, context, first, id);
      },
      ...(options.expectNew === true ? { expectNew: true } : {}),
    });
  }
}
