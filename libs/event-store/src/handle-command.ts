import type { Clock } from '#platform/time/clock';
import {
  AppendOutcomeUnknownError,
  type EventStore,
  type ExpectedRevision,
  type LogPosition,
  type NewEvent,
  type NonEmpty,
  type RecordedEvent,
} from './event-store.js';

/** How one kind of stream is folded and written. */
export interface StreamType<State, Event> {
  readonly initial: State;
  decode(recorded: RecordedEvent): Event;
  evolve(state: State, event: Event): State;
}

/** What a decider answers. No events: nothing happened. */
export interface Decision<Event, Answer> {
  readonly events: readonly Event[];
  readonly answer: Answer;
}

export interface CommandHandling<State, Event, Answer> {
  readonly stream: string;
  readonly type: StreamType<State, Event>;
  /** `revision` is that of the last event in `state`; undefined while the stream is missing. */
  decide(state: State, revision: bigint | undefined): Decision<Event, Answer>;
  /**
   * The event as it is stored. `revision` is the place that it is meant for; `first` the stream's first event, if
   * there is one. The id must be the same whenever the same event is meant for the same place.
   */
  encode(event: Event, revision: bigint, first: RecordedEvent | undefined): NewEvent;
  /** The stream is expected to be missing: it is read only when that turns out wrong. */
  readonly expectNew?: boolean;
}

export interface Handled<State, Answer> {
  readonly answer: Answer;
  /** The state that was decided upon, with the new events. */
  readonly state: State;
  /** The new events as they were written; empty when nothing happened. */
  readonly written: readonly NewEvent[];
  /** Revision and position of the stream's last event. Absent when the stream is missing still. */
  readonly last?: { readonly revision: bigint; readonly position: LogPosition };
}

/** Others wrote to the stream again and again while this command was decided. */
export class ContentionError extends Error {
  override readonly name = 'ContentionError';
}

const ATTEMPTS_AT_CONFLICT = 20;
/**
 * How long an append is repeated whose outcome stays unknown: the last try begins after that. A hung server is noticed
 * after 17 s and another leader is there 5 s later. Much longer would keep a program from stopping in time.
 */
const UNKNOWN_FOR_MS = 22_000;
const FIRST_PAUSE_MS = 50;
/** Short, so that the time without a leader isn't made longer by us. */
const LONGEST_PAUSE_MS = 1_000;

/**
 * Reads, folds, decides, appends at the exact revision that was read; on a conflict, again from the reading. An append
 * whose outcome isn't known is repeated with the same ids at the same revision until the store says what became of it.
 */
export async function handleCommand<State, Event, Answer>(
  store: EventStore,
  clock: Clock,
  handling: CommandHandling<State, Event, Answer>,
): Promise<Handled<State, Answer>> {
  let assumeNew = handling.expectNew === true;
  for (let attempt = 1; attempt <= ATTEMPTS_AT_CONFLICT; attempt += 1) {
    const read = assumeNew ? nothingRead(handling.type) : await readState(store, handling);
    assumeNew = false;
    const { events, answer } = handling.decide(read.state, read.last?.revision);
    if (events.length === 0) {
      return {
        answer,
        state: read.state,
        written: [],
        ...(read.last === undefined ? {} : { last: read.last }),
      };
    }
    const expected: ExpectedRevision = read.last?.revision ?? 'no-stream';
    const next = read.last === undefined ? 0n : read.last.revision + 1n;
    const encoded = events.map((event, index) => handling.encode(event, next + BigInt(index), read.first));
    const result = await appendUntilKnown(store, clock, handling.stream, expected, nonEmpty(encoded));
    if (result.outcome === 'conflict') continue;
    return {
      answer,
      state: events.reduce((state, event) => handling.type.evolve(state, event), read.state),
      written: encoded,
      last: { revision: result.lastRevision, position: result.position },
    };
  }
  throw new ContentionError(
    `${handling.stream} changed ${ATTEMPTS_AT_CONFLICT} times while a command was decided`,
  );
}

export interface ReadState<State> {
  readonly state: State;
  readonly first: RecordedEvent | undefined;
  readonly last: { readonly revision: bigint; readonly position: LogPosition } | undefined;
}

/** The state of a stream as it is now. */
export async function readState<State, Event>(
  store: EventStore,
  { stream, type }: { readonly stream: string; readonly type: StreamType<State, Event> },
): Promise<ReadState<State>> {
  let state = type.initial;
  let first: RecordedEvent | undefined;
  let last: ReadState<State>['last'];
  for await (const recorded of store.readStream(stream)) {
    first ??= recorded;
    last = { revision: recorded.revision, position: recorded.position };
    state = type.evolve(state, type.decode(recorded));
  }
  return { state, first, last };
}

/** Appends, and asks again with the same ids while the outcome is unknown. Throws when the store stays silent. */
export async function appendUntilKnown(
  store: EventStore,
  clock: Clock,
  stream: string,
  expected: ExpectedRevision,
  events: NonEmpty<NewEvent>,
) {
  const startedAt = clock.monotonicMs();
  for (let pauseMs = FIRST_PAUSE_MS; ; pauseMs = Math.min(pauseMs * 2, LONGEST_PAUSE_MS)) {
    const triedAt = clock.monotonicMs();
    try {
      return await store.append(stream, expected, events);
    } catch (error) {
      if (!(error instanceof AppendOutcomeUnknownError)) throw error;
      if (triedAt - startedAt >= UNKNOWN_FOR_MS) throw error;
      await clock.sleep(pauseMs);
    }
  }
}

export function nonEmpty<T>(items: readonly T[]): NonEmpty<T> {
  const [head, ...tail] = items;
  if (head === undefined) throw new RangeError('expected at least one item');
  return [head, ...tail];
}

function nothingRead<State, Event>(type: StreamType<State, Event>): ReadState<State> {
  return { state: type.initial, first: undefined, last: undefined };
}
