import { encodeMetadata } from '#domain/codec/metadata';
import { encodeEvent } from '#domain/codec/stored-event';
import type { EventStore, NewEvent } from '#event-store/event-store';
import { uuidV5 } from '#platform/ids/uuid-v5';
import type { LoggedEvent } from './history.js';

const NAMESPACE = '7f3b1c52-64c0-4a55-9d2c-0f6d0a7b9e31';

/** The event as a store takes it. */
export function storedForm({ event, stream, revision, recordedAt }: LoggedEvent): NewEvent {
  const { type, version, data } = encodeEvent(event);
  const metadata = encodeMetadata({
    version,
    causationId: 'test',
    correlationId: 'test',
    caller: { subject: 'test', issuer: 'test', authenticatedBy: 'test' },
    recordedAt,
  });
  return { id: uuidV5(NAMESPACE, `${stream}@${revision}`), type, data, metadata };
}

/** Appends the events one by one, in order. */
export async function writeLog(store: EventStore, events: readonly LoggedEvent[]): Promise<void> {
  for (const logged of events) {
    const expected = logged.revision === 0n ? 'no-stream' : logged.revision - 1n;
    const result = await store.append(logged.stream, expected, [storedForm(logged)]);
    if (result.outcome !== 'appended') throw new Error(`${logged.stream}: ${result.outcome}`);
  }
}
