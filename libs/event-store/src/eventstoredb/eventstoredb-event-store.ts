import type { LogPosition } from '#domain/log-position';
import type { Logger } from '#platform/logging/logger';
import type { Clock } from '#platform/time/clock';
import { Bell } from '../bell.js';
import {
  EventStore,
  EventStoreClosedError,
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
import { checkLimit } from '../recorded-row.js';
import { Appender } from './appender.js';
import { describeFailure } from './client-failure.js';
import { ReadAbortedError } from './collect.js';
import { parseConnectionString } from './connection-string.js';
import { deletionWarning } from './deletion-warning.js';
import { listenAtTail } from './doorbell.js';
import { EventStoreUnavailableError } from './errors.js';
import { followed } from './followed.js';
import { LogReader } from './log-reader.js';
import { OneClient } from './one-client.js';
import { hasOurPrefix } from './our-streams.js';
import { PageReader } from './page-reader.js';
import { refuseSystemNames } from './recorded.js';
import { ServerState, type EventStoreStatus } from './server-state.js';
import { DEFAULT_APPENDS_IN_FLIGHT, DEFAULT_TIMEOUT_MS } from './settings.js';
import { StreamGuard } from './stream-guard.js';
import { TailWatch } from './tail-watch.js';

export interface EventStoreDbOptions {
  /** EventStoreDB's connection string. */
  readonly url: string;
  readonly clock: Clock;
  readonly logger: Logger;
  /** Milliseconds after which an append counts as unknown and a read is asked again; 5,000 if absent. */
  readonly timeoutMs?: number;
  /** Appends sent and not answered at most, the others wait in their order; 64 if absent. */
  readonly appendsInFlight?: number;
  /** Longest delay until events of another process are seen when the server's live subscription is silent; 1,000. */
  readonly pollMs?: number;
  /** Whether a stream is looked after: its settings and deletion; by `STREAM_PREFIXES` if absent. */
  readonly isOurs?: (stream: string) => boolean;
}

/**
 * The log in EventStoreDB 23.10 or later. It is opened whether or not the server is there: `status` tells. What a real
 * server answered, and so what this is built on, is in docs/eventstoredb.md.
 */
export class EventStoreDbEventStore extends EventStore {
  readonly #clock: Clock;
  readonly #timeoutMs: number;
  readonly #one: OneClient;
  readonly #log: LogReader;
  readonly #appender: Appender;
  readonly #state: ServerState;
  readonly #guard: StreamGuard;
  readonly #bell = new Bell();
  readonly #work = new OpenWork();
  readonly #watch: TailWatch;
  readonly #background: readonly Promise<void>[];
  #closed: Promise<void> | undefined;

  private constructor(options: EventStoreDbOptions) {
    super();
    const { clock, logger, timeoutMs = DEFAULT_TIMEOUT_MS } = options;
    const connection = parseConnectionString(options.url);
    const server = connection.shown;
    const one = OneClient.open(connection, (error) =>
      logger.debug('an answer that nobody waits for was dropped', { reason: describeFailure(error) }),
    );
    const { client } = one;
    const state = new ServerState(logger, server);
    const reader = new PageReader({ client, clock, timeoutMs, server });
    const isOurs = options.isOurs ?? hasOurPrefix;
    const guard = new StreamGuard({ client, reader, clock, logger, timeoutMs, isOurs });
    const log = new LogReader(reader, (event) => guard.notice(event));
    const { closing } = this.#work;
    this.#watch = new TailWatch({
      tail: { newest: () => log.newest(closing), listen: (listener) => listenAtTail(client, listener) },
      clock,
      bell: this.#bell,
      succeeded: () => {
        if (!state.answers) guard.retry();
        state.succeeded();
      },
      failed: (error) => state.failed(error),
      ...(options.pollMs === undefined ? {} : { idlePauseMs: options.pollMs }),
    });
    const inFlight = options.appendsInFlight ?? DEFAULT_APPENDS_IN_FLIGHT;
    this.#appender = new Appender({ client, clock, reader, server, timeoutMs, inFlight });
    this.#clock = clock;
    this.#timeoutMs = timeoutMs;
    this.#one = one;
    this.#log = log;
    this.#state = state;
    this.#guard = guard;
    this.#background = [
      this.#watch.run(closing),
      guard.run(closing),
      warnOfDeletion(logger, () => deletionWarning(connection, reader, closing)),
    ];
  }

  /** Throws `ConnectionStringError` or `SecondClientError`; never because the server is down. */
  static async open(options: EventStoreDbOptions): Promise<EventStoreDbEventStore> {
    return new EventStoreDbEventStore(options);
  }

  /** Whether the server answers and would keep all that is ours; what is waited for else. */
  status(): EventStoreStatus {
    const status = this.#state.status();
    if (!status.ready) return status;
    if (!this.#guard.searched) {
      return {
        ready: false,
        detail: `${status.detail}; the settings of our streams are being looked through`,
      };
    }
    try {
      this.#guard.check();
      return status;
    } catch (error) {
      return { ready: false, detail: describeFailure(error) };
    }
  }

  /** What is known of settings and deletions of our streams. */
  get guard(): Pick<StreamGuard, 'searched' | 'unsafe' | 'tombstoned' | 'search' | 'check'> {
    return this.#guard;
  }

  async append(
    stream: string,
    expected: ExpectedRevision,
    events: NonEmpty<NewEvent>,
  ): Promise<AppendResult> {
    this.#work.check();
    const prepared = prepareAppend(stream, expected, events);
    refuseSystemNames(
      stream,
      prepared.map(({ type }) => type),
    );
    this.#guard.check();
    const result = await this.#work.track(this.#appender.append(stream, expected, prepared));
    if (result.outcome === 'appended') this.#watch.saw(result.position);
    return result;
  }

  async *readStream(stream: string, fromRevision = 0n): AsyncGenerator<RecordedEvent, void, undefined> {
    const events = this.#log.stream(stream, fromRevision, this.#work.closing);
    for (;;) {
      this.#work.check();
      const next = await untilClosed(events.next());
      if (next.done === true) return;
      yield next.value;
    }
  }

  async readAll(options: ReadAllOptions): Promise<readonly RecordedEvent[]> {
    this.#work.check();
    checkLimit(options.limit);
    return untilClosed(this.#log.page(options, this.#work.closing));
  }

  subscribe(options: {
    readonly after?: LogPosition;
    readonly signal: AbortSignal;
  }): AsyncIterable<Delivery> {
    this.#work.check();
    const signal = AbortSignal.any([options.signal, this.#work.closing]);
    const subscription = new PagedSubscription({
      readAll: (page) => this.#log.page(page, signal).catch(nothingOnceAborted),
      bell: this.#bell,
      after: options.after,
      signals: [signal],
    });
    return followed(subscription, () => this.#watch.join());
  }

  async head(): Promise<LogPosition | undefined> {
    this.#work.check();
    return untilClosed(this.#log.head(this.#work.closing));
  }

  async close(): Promise<void> {
    this.#closed ??= this.#close();
    await this.#closed;
  }

  /**
   * Appends that wait behind a server that hangs are given the time of one answer. The client goes last: disposing of it
   * would fail what it has under way.
   */
  async #close(): Promise<void> {
    const finished = this.#work.close();
    const stopWaiting = this.#clock.after(this.#timeoutMs, () => this.#appender.refuseWaiting());
    await finished;
    stopWaiting();
    await Promise.all(this.#background);
    await this.#one.dispose(this.#clock);
  }
}

async function untilClosed<T>(read: Promise<T>): Promise<T> {
  try {
    return await read;
  } catch (error) {
    if (!(error instanceof ReadAbortedError)) throw error;
    throw new EventStoreClosedError('the event store was closed', { cause: error });
  }
}

/** A subscription that has ended asks no further. */
function nothingOnceAborted(error: unknown): readonly RecordedEvent[] {
  if (error instanceof ReadAbortedError) return [];
  throw error;
}

async function warnOfDeletion(logger: Logger, find: () => Promise<string | undefined>): Promise<void> {
  for (;;) {
    try {
      const warning = await find();
      if (warning !== undefined) logger.warn('our user could delete what is in the log', { reason: warning });
      return;
    } catch (error) {
      // The server has been away for the whole time that a read waits: asked again.
      if (!(error instanceof EventStoreUnavailableError)) return;
    }
  }
}
