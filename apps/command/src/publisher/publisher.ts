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
import { publicFactOf } from './public-events.js';

const PAYOUT_STREAM = /^payout-/;

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
    const wanted = new Map<string, RecordedEvent>();
    for (const recorded of batch) if (PAYOUT_STREAM.test(recorded.stream)) wanted.set(recorded.id, recorded);
    const streams = new Set(Array.from(wanted.values(), ({ stream }) => stream));
    const told = await Promise.all(Array.from(streams, (stream) => this.messagesOf(stream, wanted)));
    const messages = told.flat().sort((a, b) => a.order - b.order);
    if (messages.length > 0)
      await this.bus.publish(
        TOPICS.events,
        messages.map(({ message }) => message),
      );
  }

  /** The payout is folded up to each wanted event: what is told is its state just then. */
  private async messagesOf(
    stream: string,
    wanted: ReadonlyMap<string, RecordedEvent>,
  ): Promise<readonly { readonly order: number; readonly message: OutgoingMessage }[]> {
    const order = new Map(Array.from(wanted.keys(), (id, index): [string, number] => [id, index]));
    const messages: { order: number; message: OutgoingMessage }[] = [];
    let state: PayoutState = ABSENT;
    let request: PayoutRequest | undefined;
    for await (const recorded of this.store.readStream(stream)) {
      const event = decodeRecorded(recorded);
      if (!isPayoutEvent(event)) throw new Error(`${event.type} in ${stream}`);
      const before = state;
      state = evolvePayout(state, event);
      request ??= requestOf(event);
      const place = order.get(recorded.id);
      if (place === undefined || request === undefined) continue;
      const fact = publicFactOf(event, before, state, request);
      if (fact === undefined) continue;
      const { recordedAt, traceparent } = decodeMetadata(recorded.metadata);
      const data = { ...fact.data, position: recorded.position, revision: recorded.revision.toString() };
      const value = printPublicEvent(
        { name: fact.name, data },
        { id: recorded.id, time: isoTime(recordedAt) },
      );
      const headers = {
        [HEADERS.contentType]: CLOUD_EVENT_CONTENT_TYPE,
        ...(traceparent === undefined ? {} : { [HEADERS.traceparent]: traceparent }),
      };
      messages.push({ order: place, message: { key: request.accountId, headers, value } });
    }
    return messages;
  }
}

function requestOf(event: PayoutEvent): PayoutRequest | undefined {
  if (event.type === 'PayoutRequested') {
    const { reserve: _reserve, ...request } = event.data;
    return request;
  }
  return event.type === 'PayoutRejected' ? event.data.request : undefined;
}
