import { decodeMetadata, encodeMetadata } from '#domain/codec/metadata';
import { decodeEvent, encodeEvent } from '#domain/codec/stored-event';
import type { SendingEvent } from '#domain/sending/events';
import { decideSending, evolveSending, SENDING_ON, type SendingState } from '#domain/sending/sending';
import { SENDING_STREAM } from '#domain/streams';
import type { EventStore } from '#event-store/event-store';
import { handleCommand, type StreamType } from '#event-store/handle-command';
import type { Ids } from '#platform/ids/ids';
import type { Clock } from '#platform/time/clock';

const BY = 'setup after-restore';

const SENDING: StreamType<SendingState, SendingEvent> = {
  initial: SENDING_ON,
  evolve: evolveSending,
  decode(recorded) {
    const event = decodeEvent(recorded, decodeMetadata(recorded.metadata).version);
    if (event.type === 'SendingPaused' || event.type === 'SendingResumed') return event;
    throw new Error(`${event.type} in ${recorded.stream}`);
  },
};

/** Records that nothing is sent until an operator resumes it. True when it was so already. */
export async function pauseSending(store: EventStore, clock: Clock, ids: Ids): Promise<boolean> {
  const causationId = ids.uuid();
  const at = clock.now();
  const { written } = await handleCommand(store, clock, {
    stream: SENDING_STREAM,
    type: SENDING,
    decide: (state) => ({
      events: decideSending(state, {
        type: 'PauseSending',
        cause: 'log-behind-checkpoint',
        by: BY,
        reason: 'the log was restored: what was sent since the backup is not in it',
        at,
      }),
      answer: undefined,
    }),
    encode: (event) => {
      const { type, version, data } = encodeEvent(event);
      const caller = { subject: BY, issuer: 'payout-ledger', authenticatedBy: 'the log’s own user' };
      const metadata = encodeMetadata({
        version,
        causationId,
        correlationId: causationId,
        caller,
        recordedAt: at,
      });
      return { id: causationId, type, data, metadata };
    },
  });
  return written.length === 0;
}
