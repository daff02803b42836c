import {
  AppendTooLargeError,
  InvalidAppendError,
  MAX_APPEND_BYTES,
  MAX_EVENT_BYTES,
  type ExpectedRevision,
  type JsonObject,
  type NewEvent,
} from './event-store.js';

/** An event as it is stored: data and metadata as JSON text. */
export interface PreparedEvent {
  /** UUID in lower case. */
  readonly id: string;
  readonly type: string;
  readonly data: string;
  readonly metadata: string;
}

const UUID = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/;
/** A real EventStoreDB refuses it as it does a malformed one. */
const NIL_UUID = '00000000-0000-0000-0000-000000000000';

/**
 * Checks a call as every adapter must, before anything is sent: a real server answers some of these by ending the
 * client's process. Throws `InvalidAppendError` or `AppendTooLargeError`.
 */
export function prepareAppend(
  stream: string,
  expected: ExpectedRevision,
  events: readonly NewEvent[],
): readonly PreparedEvent[] {
  requireName(stream, "the stream's name");
  if (expected !== 'no-stream' && expected < 0n) {
    throw new InvalidAppendError(`revision ${expected.toString()} doesn't exist: revisions begin at 0`);
  }
  if (events.length === 0) throw new InvalidAppendError(`no events to append to ${stream}`);

  const ids = new Set<string>();
  let size = 0;
  return events.map((event) => {
    const prepared = prepareEvent(event);
    if (ids.has(prepared.id)) throw new InvalidAppendError(`event id ${prepared.id} is twice in one append`);
    ids.add(prepared.id);
    size += checkedSize(prepared);
    if (size > MAX_APPEND_BYTES) {
      throw new AppendTooLargeError(
        `the events for ${stream} are over ${MAX_APPEND_BYTES} bytes together: append fewer at a time`,
      );
    }
    return prepared;
  });
}

function prepareEvent(event: NewEvent): PreparedEvent {
  const id = event.id.toLowerCase();
  if (!UUID.test(id) || id === NIL_UUID) {
    throw new InvalidAppendError(`not the UUID of an event: ${JSON.stringify(event.id.slice(0, 80))}`);
  }
  requireName(event.type, `the type of event ${id}`);
  return {
    id,
    type: event.type,
    data: json(event.data, `the data of event ${id}`),
    metadata: json(event.metadata, `the metadata of event ${id}`),
  };
}

/** Half a surrogate pair can't be stored as UTF-8: two such names would become one. */
function requireName(text: string, what: string): void {
  if (text === '') throw new InvalidAppendError(`${what} is empty`);
  if (!text.isWellFormed()) throw new InvalidAppendError(`${what} is not well-formed Unicode`);
}

function json(value: JsonObject, what: string): string {
  try {
    return JSON.stringify(value);
  } catch (error) {
    throw new InvalidAppendError(`${what} can't be written as JSON`, { cause: error });
  }
}

function checkedSize(event: PreparedEvent): number {
  const size = Buffer.byteLength(event.data) + Buffer.byteLength(event.metadata);
  if (size > MAX_EVENT_BYTES) {
    throw new AppendTooLargeError(
      `event ${event.id} (${event.type}) has ${size} bytes of data and metadata; the limit is ${MAX_EVENT_BYTES}`,
    );
  }
  return size;
}
