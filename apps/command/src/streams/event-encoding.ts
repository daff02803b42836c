import { Injectable } from '@nestjs/common';
import { decodeMetadata, encodeMetadata, type Caller } from '#domain/codec/metadata';
import { decodeEvent, encodeEvent, type DomainEvent } from '#domain/codec/stored-event';
import type { NewEvent, RecordedEvent } from '#event-store/event-store';
import { uuidV5 } from '#platform/ids/uuid-v5';
import { Clock } from '#platform/time/clock';

/** Why an event is written, and for whom. */
export interface EventContext {
  readonly caller: Caller;
  /** What led to it. The same cause at the same place gives the same event id. */
  readonly causationId: string;
  /** Absent: that of the stream's first event, else the cause itself. */
  readonly correlationId?: string;
  readonly commandId?: string;
  readonly providerTime?: string;
  /** Absent: that of the stream's first event, so that a payout has one trace from its request to its end. */
  readonly traceparent?: string;
}

const EVENT_NAMESPACE = 'c0a7d5b2-93e1-4f6c-8a24-7b5e1d9f3c60';

/** Who acts when no caller does. */
export function processCaller(subject: string): Caller {
  return { subject, issuer: 'payout-ledger', authenticatedBy: 'process' };
}

/** Turns domain events into stored ones: metadata, and an id that stands for place, type and cause. */
@Injectable()
export class EventEncoding {
  constructor(private readonly clock: Clock) {}

  /** `id` only for a claim, which nobody else may have (see the payout process). */
  encode(
    event: DomainEvent,
    stream: string,
    revision: bigint,
    context: EventContext,
    first: RecordedEvent | undefined,
    id = eventId(stream, revision, event.type, context.causationId),
  ): NewEvent {
    const { type, version, data } = encodeEvent(event);
    const { caller, causationId, commandId, providerTime } = context;
    const begun = first === undefined ? undefined : decodeMetadata(first.metadata);
    const traceparent = context.traceparent ?? begun?.traceparent;
    const metadata = encodeMetadata({
      version,
      causationId,
      correlationId: context.correlationId ?? begun?.correlationId ?? causationId,
      caller,
      recordedAt: this.clock.now(),
      ...(commandId === undefined ? {} : { commandId }),
      ...(providerTime === undefined ? {} : { providerTime }),
      ...(traceparent === undefined ? {} : { traceparent }),
    });
    return { id, type, data, metadata };
  }
}

export function eventId(stream: string, revision: bigint, type: string, causationId: string): string {
  return uuidV5(EVENT_NAMESPACE, `${stream}@${revision}\n${type}\n${causationId}`);
}

export function decodeRecorded(recorded: RecordedEvent): DomainEvent {
  return decodeEvent(recorded, decodeMetadata(recorded.metadata).version);
}
