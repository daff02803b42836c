import { checkCommit, type CommitCheck, type Expected, type StreamView } from './commit-check.js';
import { RecentIds } from './recent-ids.js';
import {
  DELETED_REVISION,
  isMetastream,
  keep,
  metastreamOf,
  type Encode,
  type ProposedEvent,
  type StoredEvent,
} from './stored-event.js';
import {
  NO_METADATA,
  parseStreamMetadata,
  withTruncateBefore,
  type StreamMetadata,
} from './stream-metadata.js';

export type AppendOutcome =
  | { readonly outcome: 'written'; readonly lastRevision: bigint | undefined; readonly position: number }
  | { readonly outcome: 'already'; readonly lastRevision: bigint; readonly position: number }
  | { readonly outcome: 'wrong-revision'; readonly actual: bigint | undefined }
  | { readonly outcome: 'deleted' };

interface Stream {
  readonly events: StoredEvent[];
  tombstone: StoredEvent | undefined;
}

const NO_EVENTS: readonly StoredEvent[] = [];

/**
 * The log and what the server decides on it, in memory, without a clock, a socket or a file. Events are *written* at
 * once, for the decisions that follow, and *visible* to readers when `settle` says that they are durable.
 */
export class EventLog {
  readonly #events: StoredEvent[] = [];
  readonly #streams = new Map<string, Stream>();
  readonly #metadata = new Map<string, StreamMetadata>();
  readonly #recent = new RecentIds();
  #end = 0;
  #visible = 0;

  /** `newId` names the events that the server writes itself. */
  constructor(
    private readonly encode: Encode,
    private readonly newId: () => string,
  ) {}

  /** Events that were written, visible or not; index in the log of all streams. */
  get written(): number {
    return this.#events.length;
  }
  get visible(): number {
    return this.#visible;
  }
  /** The position that the next event gets. */
  get end(): number {
    return this.#end;
  }
  at(index: number): StoredEvent | undefined {
    return this.#events[index];
  }
  since(index: number): readonly StoredEvent[] {
    return this.#events.slice(index);
  }

  /** All events up to that index can be read from now on. */
  settle(count: number): void {
    this.#visible = Math.max(this.#visible, Math.min(count, this.#events.length));
  }

  /** Events read from a file: taken as they are, visible. */
  restore(events: readonly StoredEvent[]): void {
    for (const event of events) this.#take(event);
    this.#visible = this.#events.length;
  }

  /** What a restart forgets. */
  forgetRecentIds(): void {
    this.#recent.forget();
  }

  append(stream: string, expected: Expected, events: readonly ProposedEvent[], nowMs: number): AppendOutcome {
    const check = this.#check(
      stream,
      expected,
      events.map((event) => event.id),
    );
    switch (check.decision) {
      case 'deleted':
        return { outcome: 'deleted' };
      case 'wrong-revision':
        return { outcome: 'wrong-revision', actual: this.lastRevision(stream) };
      case 'already': {
        const last = this.#streams.get(stream)?.events[Number(check.lastRevision)];
        return {
          outcome: 'already',
          lastRevision: check.lastRevision,
          position: last?.position ?? this.#end,
        };
      }
      case 'write': {
        if (events.length === 0) {
          return { outcome: 'written', lastRevision: this.lastRevision(stream), position: this.#end };
        }
        if (check.undelete) this.#undelete(stream, nowMs);
        let last: StoredEvent | undefined;
        for (const event of events) last = this.#write(stream, event, nowMs);
        return {
          outcome: 'written',
          lastRevision: last?.revision,
          position: last?.position ?? this.#end,
        };
      }
    }
  }

  /** Soft delete: a metadata event that hides everything; the stream's numbers go on afterwards. */
  delete(stream: string, expected: Expected, nowMs: number): AppendOutcome {
    const check = this.#check(stream, expected, [this.newId()]);
    if (check.decision === 'deleted') return { outcome: 'deleted' };
    if (check.decision !== 'write') return { outcome: 'wrong-revision', actual: this.lastRevision(stream) };
    const event = this.#writeMetadata(stream, DELETED_REVISION, nowMs);
    return { outcome: 'written', lastRevision: this.lastRevision(stream), position: event.position };
  }

  /** For ever. The stream's last event is the tombstone. */
  tombstone(stream: string, expected: Expected, nowMs: number): AppendOutcome {
    const id = this.newId();
    const check = this.#check(stream, expected, [id]);
    if (check.decision === 'deleted') return { outcome: 'deleted' };
    if (check.decision !== 'write') return { outcome: 'wrong-revision', actual: this.lastRevision(stream) };
    const proposed: ProposedEvent = {
      id,
      type: '$streamDeleted',
      contentType: 'application/octet-stream',
      data: new Uint8Array(),
      metadata: new Uint8Array(),
    };
    const event = this.#write(stream, proposed, nowMs, DELETED_REVISION);
    return { outcome: 'written', lastRevision: DELETED_REVISION, position: event.position };
  }

  /** Undefined when the stream never had an event. */
  lastRevision(stream: string): bigint | undefined {
    const count = this.#streams.get(stream)?.events.length ?? 0;
    return count === 0 ? undefined : BigInt(count - 1);
  }

  isTombstoned(stream: string): boolean {
    return this.#streams.get(stream)?.tombstone !== undefined;
  }

  metadataOf(stream: string): StreamMetadata {
    if (isMetastream(stream)) return METASTREAM;
    return this.#metadata.get(stream) ?? NO_METADATA;
  }

  /** All events of a stream, hidden ones too, in the order of their revisions. */
  streamEvents(stream: string): readonly StoredEvent[] {
    return this.#streams.get(stream)?.events ?? NO_EVENTS;
  }

  /** The first event of the log whose position isn't before that one. */
  indexAt(position: number): number {
    let low = 0;
    let high = this.#events.length;
    while (low < high) {
      const middle = (low + high) >>> 1;
      const event = this.#events[middle];
      if (event !== undefined && event.position < position) low = middle + 1;
      else high = middle;
    }
    return low;
  }

  #check(stream: string, expected: Expected, ids: readonly string[]): CommitCheck {
    return checkCommit(this.#view(stream), expected, ids, this.#recent);
  }

  #view(name: string): StreamView {
    const stream = this.#streams.get(name);
    const events = stream?.events ?? NO_EVENTS;
    return {
      name,
      lastRevision: BigInt(events.length - 1),
      tombstoned: stream?.tombstone !== undefined,
      softDeleted: this.metadataOf(name).softDeleted,
      hasMetadata: (this.#streams.get(metastreamOf(name))?.events.length ?? 0) > 0,
      idAt: (revision) => events[Number(revision)]?.id,
    };
  }

  /** The first append after a soft delete shows the stream again, from there on. */
  #undelete(stream: string, nowMs: number): void {
    const next = (this.lastRevision(stream) ?? -1n) + 1n;
    this.#writeMetadata(stream, next, nowMs);
  }

  #writeMetadata(stream: string, truncateBefore: bigint, nowMs: number): StoredEvent {
    const metastream = metastreamOf(stream);
    const before = this.#streams.get(metastream)?.events.at(-1);
    return this.#write(
      metastream,
      {
        id: this.newId(),
        type: '$metadata',
        contentType: 'application/json',
        data: withTruncateBefore(before?.data, truncateBefore),
        metadata: new Uint8Array(),
      },
      nowMs,
    );
  }

  #write(stream: string, proposed: ProposedEvent, nowMs: number, revision?: bigint): StoredEvent {
    const placed = {
      ...proposed,
      stream,
      revision: revision ?? BigInt(this.#streams.get(stream)?.events.length ?? 0),
      position: this.#end,
      createdMs: nowMs,
    };
    const event = keep(placed, this.encode(placed));
    this.#take(event);
    return event;
  }

  #take(event: StoredEvent): void {
    let stream = this.#streams.get(event.stream);
    if (stream === undefined) {
      stream = { events: [], tombstone: undefined };
      this.#streams.set(event.stream, stream);
    }
    if (event.revision === DELETED_REVISION) {
      stream.tombstone = event;
    } else {
      stream.events.push(event);
      this.#recent.add(event.stream, event.id, event.revision);
    }
    if (isMetastream(event.stream)) {
      this.#metadata.set(event.stream.slice(2), parseStreamMetadata(event.data));
    }
    this.#events.push(event);
    this.#end = event.position + event.wire.length;
  }
}

/** Of a metadata stream only the last event shows. */
const METASTREAM: StreamMetadata = { softDeleted: false, maxCount: 1 };
