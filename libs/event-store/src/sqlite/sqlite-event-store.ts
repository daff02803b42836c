import type { LogPosition } from '#domain/log-position';
import { prepared } from '#platform/sqlite/prepared';
import { nextTurn } from '#platform/sqlite/system-turn';
import type { SqliteAccess } from '#platform/sqlite/read-only-sqlite-file';
import { WriteOutcomeUnknownError, WriterStoppedError } from '#platform/sqlite/sqlite-file';
import { Bell } from '../bell.js';
import {
  AppendOutcomeUnknownError,
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
import { prepareAppend } from '../prepared-append.js';
import { checkLimit, numberOf, positionOf, recordedEvent, type RecordedRow } from '../recorded-row.js';
import { EVENT_ID_REUSED, type AppendJob, type AppendJobResult } from './writer.js';

/** What a `SqliteFile` needs to be opened with to hold an event store. */
export const EVENT_STORE_WRITER = new URL('./writer.js', import.meta.url);

/** The name of the module in `writer.ts`. */
const MODULE = 'event-store';

/** Events of one stream read at once. */
const STREAM_PAGE = 200;

const COLUMNS = 'position, revision, id, type, data, metadata';

/** The log in the embedded file. Closing it leaves the file open for its other users. */
export class SqliteEventStore extends EventStore {
  readonly #file: SqliteAccess;
  readonly #bell = new Bell();
  readonly #work = new OpenWork();
  readonly #stopListening: () => void;

  constructor(file: SqliteAccess) {
    super();
    this.#file = file;
    // Most commits of the file are of its other users: a look at the log after each would find nothing.
    this.#stopListening = file.onCommit((modules) => {
      if (modules.has(MODULE)) this.#bell.ring();
    });
  }

  async append(
    stream: string,
    expected: ExpectedRevision,
    events: NonEmpty<NewEvent>,
  ): Promise<AppendResult> {
    this.#work.check();
    const job: AppendJob = {
      stream,
      expected: expected === 'no-stream' ? -1 : Number(expected),
      events: prepareAppend(stream, expected, events),
    };
    const result = await this.#work.track(this.#run(job));
    if (result.appended) {
      return {
        outcome: 'appended',
        lastRevision: BigInt(result.lastRevision),
        position: positionOf(result.position),
      };
    }
    const actual = result.actual === -1 ? 'no-stream' : BigInt(result.actual);
    return { outcome: 'conflict', expected, actual };
  }

  async *readStream(stream: string, fromRevision = 0n): AsyncGenerator<RecordedEvent, void, undefined> {
    let next = Number(fromRevision);
    for (;;) {
      this.#work.check();
      const page = this.#streamPage(stream, next);
      for (const row of page) {
        yield recordedEvent({ ...row, stream });
        next = row.revision + 1;
      }
      if (page.length < STREAM_PAGE) return;
    }
  }

  async readAll(options: ReadAllOptions): Promise<readonly RecordedEvent[]> {
    this.#work.check();
    const page = this.#page(options);
    // Reading doesn't wait for anything: a long replay would keep everything else in the process from its turn.
    if (page.length === options.limit) await nextTurn();
    return page;
  }

  subscribe(options: {
    readonly after?: LogPosition;
    readonly signal: AbortSignal;
  }): AsyncIterable<Delivery> {
    this.#work.check();
    return new PagedSubscription({
      readAll: (page) => this.readAll(page),
      bell: this.#bell,
      after: options.after,
      signals: [options.signal, this.#work.closing],
    });
  }

  async head(): Promise<LogPosition | undefined> {
    this.#work.check();
    const row = prepared<[], { position: number | null }>(
      this.#file.reader(),
      'SELECT max(position) AS position FROM events',
    ).get();
    return typeof row?.position === 'number' ? positionOf(row.position) : undefined;
  }

  async close(): Promise<void> {
    this.#stopListening();
    await this.#work.close();
  }

  async #run(job: AppendJob): Promise<AppendJobResult> {
    try {
      return await this.#file.run<AppendJobResult>(MODULE, 'append', job);
    } catch (error) {
      if (error instanceof WriteOutcomeUnknownError || error instanceof WriterStoppedError) {
        throw new AppendOutcomeUnknownError(`append to ${job.stream}: ${error.message}`, { cause: error });
      }
      if (error instanceof Error && error.name === EVENT_ID_REUSED) {
        throw new EventIdReusedError(error.message, { cause: error });
      }
      throw error;
    }
  }

  #page({ after, limit }: ReadAllOptions): readonly RecordedEvent[] {
    checkLimit(limit);
    return prepared<[number, number], RecordedRow>(
      this.#file.reader(),
      `SELECT ${COLUMNS}, (SELECT name FROM event_streams WHERE number = events.stream) AS stream
       FROM events WHERE position > ? ORDER BY position LIMIT ?`,
    )
      .all(numberOf(after), limit)
      .map(recordedEvent);
  }

  #streamPage(stream: string, from: number): readonly Omit<RecordedRow, 'stream'>[] {
    return prepared<[string, number, number], Omit<RecordedRow, 'stream'>>(
      this.#file.reader(),
      `SELECT ${COLUMNS} FROM events
       WHERE stream = (SELECT number FROM event_streams WHERE name = ?) AND revision >= ?
       ORDER BY revision LIMIT ?`,
    ).all(stream, from, STREAM_PAGE);
  }
}
