/** A JSON value as it is stored: no `undefined`, no `bigint`; large numbers are text. */
export type Json = string | number | boolean | null | readonly Json[] | JsonObject;
export interface JsonObject {
  readonly [key: string]: Json;
}

/** The revision that a writer has read: the stream is missing, or its last event has this revision (from 0n). */
export type ExpectedRevision = 'no-stream' | bigint;

/**
 * A place in the log of all streams. Opaque: store it, compare it with `comparePositions` of
 * `#domain/log-position`, give it back. Text, so that it survives JSON.
 */
export type { LogPosition } from '#domain/log-position';
import type { LogPosition } from '#domain/log-position';
import { OutageError } from '#platform/outage/outage-error';

export interface NewEvent {
  /** UUID in lower case. It stands for the event's content, for ever: the same id is never used for other data. */
  readonly id: string;
  readonly type: string;
  readonly data: JsonObject;
  readonly metadata: JsonObject;
}

export interface RecordedEvent extends NewEvent {
  readonly stream: string;
  readonly revision: bigint;
  readonly position: LogPosition;
}

export type NonEmpty<T> = readonly [T, ...T[]];

/**
 * `appended`: the events are in the log, now or since an earlier append of the same ids at the same revision; the
 * answer doesn't tell which (a real store doesn't either). Whoever must know whether it was *its* write uses an id
 * that nobody else has. `position` is the log position of the last of these events when it was first written.
 */
export type AppendResult =
  | { readonly outcome: 'appended'; readonly lastRevision: bigint; readonly position: LogPosition }
  | { readonly outcome: 'conflict'; readonly expected: ExpectedRevision; readonly actual: ExpectedRevision };

/** Serialised size (data and metadata as UTF-8 JSON) of one event, and of all events of one append. */
export const MAX_EVENT_BYTES = 256 * 1024;
export const MAX_APPEND_BYTES = 768 * 1024;

/** The call itself is wrong (no events, no UUID, an id twice, an empty name): nothing was sent to the store. */
export class InvalidAppendError extends Error {
  override readonly name = 'InvalidAppendError';
}

/** An event or the whole append is over its limit: nothing was written. */
export class AppendTooLargeError extends Error {
  override readonly name = 'AppendTooLargeError';
}

/** An id of this append is in the stream already, at another revision: nothing was written. A defect of the caller. */
export class EventIdReusedError extends Error {
  override readonly name = 'EventIdReusedError';
}

/**
 * The store didn't say whether the events were written. Append the same events at the same expected revision again, or
 * read the stream; never assume either way.
 */
export class AppendOutcomeUnknownError extends OutageError {
  override readonly name = 'AppendOutcomeUnknownError';
}

/** The store was closed: nothing was sent. */
export class EventStoreClosedError extends Error {
  override readonly name = 'EventStoreClosedError';
}

export interface ReadAllOptions {
  /** Exclusive: the first event read is the one after it. Absent: from the start. */
  readonly after?: LogPosition;
  /** At most this many events. */
  readonly limit: number;
}

export type Delivery =
  | { readonly kind: 'event'; readonly event: RecordedEvent }
  /** Everything that was in the log a moment ago has been delivered. Repeated each time the tail is reached again. */
  | { readonly kind: 'caught-up' };

/**
 * The log. Streams are appended to at an exact revision and never changed; `any`, delete and truncation can't be
 * expressed. What each adapter must answer is in `test/contract/event-store.contract.ts`.
 */
export abstract class EventStore {
  /** Durable when it resolves. */
  abstract append(
    stream: string,
    expected: ExpectedRevision,
    events: NonEmpty<NewEvent>,
  ): Promise<AppendResult>;

  /** The stream's events in order from `fromRevision` (inclusive, 0n if absent); nothing when the stream is missing. */
  abstract readStream(stream: string, fromRevision?: bigint): AsyncIterable<RecordedEvent>;

  /** One page of the log of all streams, in log order. A page shorter than `limit` ends at the tail. */
  abstract readAll(options: ReadAllOptions): Promise<readonly RecordedEvent[]>;

  /**
   * The log from `after` (exclusive) and on for ever: old events, `caught-up`, then new ones as they come, with no
   * gap and no double. Ends when `signal` is aborted or the iterator is returned. Pages are read only as fast as the
   * consumer takes them.
   */
  abstract subscribe(options: {
    readonly after?: LogPosition;
    readonly signal: AbortSignal;
  }): AsyncIterable<Delivery>;

  /** Position of the last event of the log, or undefined when it is empty. */
  abstract head(): Promise<LogPosition | undefined>;

  /** Ends the subscriptions; resolves when no append is in flight. Later calls: `EventStoreClosedError`. */
  abstract close(): Promise<void>;
}
