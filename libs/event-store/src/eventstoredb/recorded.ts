import type { RecordedEvent as ClientEvent } from '@eventstore/db-client';
import { InvalidAppendError, type JsonObject, type RecordedEvent } from '../event-store.js';
import { fromClient } from './client-position.js';

/** The server's own names, of streams as of types, begin with it. */
const SYSTEM = '$';

/** What the server writes for itself: statistics, settings, users, deletions, links. */
export function isSystemEvent({ type, streamId }: Pick<ClientEvent, 'type' | 'streamId'>): boolean {
  return type.startsWith(SYSTEM) || streamId.startsWith(SYSTEM);
}

/** An event of ours under such a name would be missed by whoever reads the log. Throws `InvalidAppendError`. */
export function refuseSystemNames(stream: string, types: readonly string[]): void {
  const name = [stream, ...types].find((text) => text.startsWith(SYSTEM));
  if (name === undefined) return;
  throw new InvalidAppendError(`${name.slice(0, 80)}: names that begin with $ are EventStoreDB's own`);
}

/** Throws when the server is too old to tell positions with the events of a stream. */
export function recordedEvent(event: ClientEvent): RecordedEvent {
  const position = fromClient(event.position);
  if (position === undefined) {
    throw new Error('the server tells no positions of events: EventStoreDB 23.10 or later is needed');
  }
  return {
    id: event.id,
    type: event.type,
    data: asObject(event.data),
    metadata: event.metadata === undefined ? {} : asObject(event.metadata),
    stream: event.streamId,
    revision: event.revision,
    position,
  };
}

/** Ours are objects. What others wrote is kept under a key that tells what it was. */
function asObject(value: unknown): JsonObject {
  if (value instanceof Uint8Array) return { base64: Buffer.from(value).toString('base64') };
  if (typeof value === 'object' && value !== null && !Array.isArray(value)) return value as JsonObject;
  return { value: value as JsonObject[string] };
}
