import type { LogPosition } from '#domain/log-position';
import { Bell } from '../bell.js';
import {
  EventIdReusedError,
  EventStore,
  type AppendResult,
  type Delivery,
  type ExpectedRevision,
  type NewEvent,
  type NonEmpty,
  type ReadAllOptions,
  type RecordedEvent,
} from '../event-store.js';
import { OpenWork } from '../open-work.js';
import { PagedSubscription } from '../paged-subscription.js';
import { prepareAppend, type PreparedEvent } from '../prepared-append.js';
import { checkLimit, numberOf, positionOf, recordedEvent, type RecordedRow } from '../recorded-row.js';

/** A log that is gone with its object: for tests and the simulation. It keeps text, so that nothing is shared. */
export class InMemoryEventStore extends EventStore {
  readonly #log: RecordedRow[] = [];
  readonly #streams = new Map<string, RecordedRow[]>();
  /** Ids by stream. */
  readonly #ids = new Map<string, Set<string>>();
  readonly #bell = new Bell();
  readonly #work = new OpenWork();

  async append(
    stream: string,
    expected: ExpectedRevision,
    events: NonEmpty<NewEvent>,
  ): Promise<AppendResult> {
    this.#work.check();
    const wanted = prepareAppend(stream, expected, events);
    const rows = this.#streams.get(stream) ?? [];
    const actual: ExpectedRevision = rows.length === 0 ? 'no-stream' : BigInt(rows.length - 1);
    if (actual === expected) return this.#insert(stream, rows, wanted);

    const first = expected === 'no-stream' ? 0 : Number(expected) + 1;
    const stored = rows.slice(first, first + wanted.length);
    const last = stored.at(-1);
    if (last !== undefined && wanted.every((event, index) => stored[index]?.id === event.id)) {
      return appended(last);
    }
    return { outcome: 'conflict', expected, actual };
  }

  async *readStream(stream: string, fromRevision = 0n): AsyncGenerator<RecordedEvent, void, undefined> {
    for (let next = Math.max(0, Number(fromRevision)); ; next += 1) {
      this.#work.check();
      const row = this.#streams.get(stream)?.[next];
      if (row === undefined) return;
      yield recordedEvent(row);
    }
  }

  async readAll(options: ReadAllOptions): Promise<readonly RecordedEvent[]> {
    this.#work.check();
    return this.#page(options);
  }

  subscribe(options: {
    readonly after?: LogPosition;
    readonly signal: AbortSignal;
  }): AsyncIterable<Delivery> {
    this.#work.check();
    return new PagedSubscription({
      readAll: async (page) => this.#page(page),
      bell: this.#bell,
      after: options.after,
      signals: [options.signal, this.#work.closing],
    });
  }

  async head(): Promise<LogPosition | undefined> {
    this.#work.check();
    return this.#log.length === 0 ? undefined : positionOf(this.#log.length);
  }

  async close(): Promise<void> {
    await this.#work.close();
  }

  #insert(stream: string, rows: RecordedRow[], events: readonly PreparedEvent[]): AppendResult {
    const ids = this.#ids.get(stream) ?? new Set<string>();
    const known = events.find((event) => ids.has(event.id));
    if (known !== undefined) {
      throw new EventIdReusedError(
        `event ${known.id} is in ${stream} already, at another revision: read the stream before appending`,
      );
    }
    for (const event of events) {
      const row = { ...event, stream, revision: rows.length, position: this.#log.length + 1 };
      rows.push(row);
      this.#log.push(row);
      ids.add(event.id);
    }
    this.#streams.set(stream, rows);
    this.#ids.set(stream, ids);
    this.#bell.ring();
    const last = rows.at(-1);
    if (last === undefined) throw new Error('an append without events');
    return appended(last);
  }

  #page({ after, limit }: ReadAllOptions): readonly RecordedEvent[] {
    checkLimit(limit);
    const from = numberOf(after);
    return this.#log.slice(from, from + limit).map(recordedEvent);
  }
}

function appended(last: RecordedRow): AppendResult {
  return { outcome: 'appended', lastRevision: BigInt(last.revision), position: positionOf(last.position) };
}
