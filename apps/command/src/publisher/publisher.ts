import { Injectable } from '@nestjs/common';
import { decodeMetadata } from '#domain/codec/metadata';
import { isPayoutEvent } from '#domain/codec/stored-event';
import type { PayoutEvent, PayoutRequest } from '#domain/payout/events';
import { evolvePayout } from '#domain/payout/evolve';
import { ABSENT, type PayoutState } from '#domain/payout/state';
import { EventStore, type RecordedEvent } from '#event-store/event-store';
import { printPublicEvent } from '#messaging/contracts/events.v1';
import { CLOUD_EVENT_CONTENT_TYPE, HEADERS } from '#messaging/contracts/headers';
import { MessageBus, type OutgoingMessage } from '#messaging/message-bus';
import { TOPICS } from '#messaging/topics';
import { isoTime } from '#platform/time/clock';
import { decodeRecorded } from '../streams/event-encoding.js';
import { isTold, publicFactOf, type PublicFact } from './public-events.js';

const PAYOUT_STREAM = /^payout-/;

/** What a batch holds of one payout, in order. */
interface Part {
  readonly events: RecordedEvent[];
  /** Ids of the events to be told of, with their places in the batch. */
  readonly wanted: Map<string, number>;
}

interface OrderedMessage {
  readonly order: number;
  readonly message: OutgoingMessage;
}

/**
 * Tells other services what happened, from the log and in its order: at least once, with the stored event's own id, so
 * that whoever gets one twice can tell.
 */
@Injectable()
export class Publisher {
  constructor(
    private readonly store: EventStore,
    private readonly bus: MessageBus,
  ) {}

  /** When it resolves, what the batch says is durable on the bus, and the checkpoint may pass it. */
  async handle(batch: readonly RecordedEvent[]): Promise<void> {
    const streams = new Map<string, Part>();
    for (const [order, recorded] of batch.entries()) {
      if (!PAYOUT_STREAM.test(recorded.stream)) continue;
      const part = streams.get(recorded.stream) ?? { events: [], wanted: new Map<string, number>() };
      part.events.push(recorded);
      if (isTold(recorded)) part.wanted.set(recorded.id, order);
      // Nothing is told of it, but what can't be read stops the publisher here as everywhere.
      else decodeRecorded(recorded);
      streams.set(recorded.stream, part);
    }
    const told = await Promise.all(Array.from(streams.values(), (part) => this.messagesOf(part)));
    const messages = told.flat().sort((a, b) => a.order - b.order);
    if (messages.length > 0)
      await this.bus.publish(
        TOPICS.events,
        messages.map(({ message }) => message),
      );
  }

  /** The payout is folded up to each wanted event: what is told is its state just then. */
  private async messagesOf(part: Part): Promise<readonly OrderedMessage[]> {
    const messages: OrderedMessage[] = [];
    let missing = part.wanted.size;
    if (missing === 0) return messages;
    let state: PayoutState = ABSENT;
    let request: PayoutRequest | undefined;
    for await (const recorded of this.fromTheStart(part)) {
      const event = decodeRecorded(recorded);
      if (!isPayoutEvent(event)) throw new Error(`${event.type} in ${recorded.stream}`);
      const before = state;
      state = evolvePayout(state, event);
      request ??= requestOf(event);
      const order = part.wanted.get(recorded.id);
      if (order === undefined) continue;
      missing -= 1;
      const fact =
        request === undefined || !isTold(event) ? undefined : publicFactOf(event, before, state, request);
      if (request !== undefined && fact !== undefined)
        messages.push({ order, message: messageOf(recorded, fact, request) });
      if (missing === 0) break;
    }
    return messages;
  }

  /** A payout that begins in this batch needs no reading. */
  private fromTheStart({ events }: Part): Iterable<RecordedEvent> | AsyncIterable<RecordedEvent> {
    const [first] = events;
    if (first === undefined) return [];
    return first.revision === 0n ? events : this.store.readStream(first.stream);
  }
}

function messageOf(recorded: RecordedEvent, fact: PublicFact, request: PayoutRequest): OutgoingMessage {
  const { recordedAt, traceparent } = decodeMetadata(recorded.metadata);
  const data = { ...fact.data, position: recorded.position, revision: recorded.revision.toString() };
  const value = printPublicEvent({ name: fact.name, data }, { id: recorded.id, time: isoTime(recordedAt) });
  const headers = {
    [HEADERS.contentType]: CLOUD_EVENT_CONTENT_TYPE,
    ...(traceparent === undefined ? {} : { [HEADERS.traceparent]: traceparent }),
  };
  return { key: request.accountId, headers, value };
}

function requestOf(event: PayoutEvent): PayoutRequest | undefined {
  if (event.type === 'PayoutRequested') {
    const { reserve: _reserve, ...request } = event.data;
    return request;
  }
  return event.type === 'PayoutRejected' ? event.data.request : undefined;
}
