import { count, instant, optional, shape, text, type JsonObject, type ShapeOf } from './fields.js';

const metadataFields = {
  /** Version of the event's data. */
  version: count,
  /** The command that was decided, where a caller gave one. */
  commandId: optional(text),
  /** What led to it: a command's id, an event's id, a follow-up's name. */
  causationId: text,
  /** One for everything that follows from one command. */
  correlationId: text,
  /** Who asked: subject, who vouches for the subject, and how. */
  caller: shape({ subject: text, issuer: text, authenticatedBy: text }),
  recordedAt: instant,
  /** The provider's own time, as its text. */
  providerTime: optional(text),
  /** W3C trace context. */
  traceparent: optional(text),
};

/** What stands beside every event's data, from the first one on. */
const metadata = shape(metadataFields);
export type EventMetadata = ShapeOf<typeof metadataFields>;
export type Caller = EventMetadata['caller'];

export function encodeMetadata(value: EventMetadata): JsonObject {
  return metadata.encode(value);
}

/** Throws `UnreadableEventError`. */
export function decodeMetadata(json: JsonObject): EventMetadata {
  return metadata.decode(json, 'metadata');
}
