import { NO_STREAM, type AppendResult as ClientAnswer, type EventStoreDBClient } from '@eventstore/db-client';
import type { LogPosition } from '#domain/log-position';
import type { Clock } from '#platform/time/clock';
import {
  AppendOutcomeUnknownError,
  AppendTooLargeError,
  type AppendResult,
  type ExpectedRevision,
} from '../event-store.js';
import type { PreparedEvent } from '../prepared-append.js';
import { answerWithin } from './answer-within.js';
import { clientFailure, describeFailure } from './client-failure.js';
import { fromClient } from './client-position.js';
import { StreamDamagedError } from './errors.js';
import { InFlight } from './in-flight.js';
import { accessDenied, type PageReader } from './page-reader.js';

export interface AppenderOptions {
  readonly client: EventStoreDBClient;
  readonly clock: Clock;
  readonly reader: PageReader;
  readonly server: string;
  readonly timeoutMs: number;
  /** Appends that are sent and not answered, at most. */
  readonly inFlight: number;
}

/** Sends appends and says what became of each: what isn't a refusal of this very call is unknown. */
export class Appender {
  readonly #options: AppenderOptions;
  readonly #inFlight: InFlight;

  constructor(options: AppenderOptions) {
    this.#options = options;
    this.#inFlight = new InFlight(options.inFlight);
  }

  /** Those that still wait for their turn are not sent any more: `EventStoreClosedError`. */
  refuseWaiting(): void {
    this.#inFlight.close();
  }

  async append(
    stream: string,
    expected: ExpectedRevision,
    events: readonly PreparedEvent[],
  ): Promise<AppendResult> {
    await this.#inFlight.enter();
    let answer: ClientAnswer;
    try {
      answer = await answerWithin(
        this.#options.clock,
        this.#options.timeoutMs,
        this.#send(stream, expected, events),
      );
    } catch (error) {
      return this.#refused(stream, expected, error);
    } finally {
      this.#inFlight.leave();
    }
    return this.#appended(stream, expected, events.length, answer);
  }

  /** No credentials in the call: they would choose the append that is a third slower. */
  #send(stream: string, expected: ExpectedRevision, events: readonly PreparedEvent[]): Promise<ClientAnswer> {
    const sent = events.map(({ id, type, data, metadata }) => ({
      id,
      type,
      contentType: 'application/json' as const,
      data: JSON.parse(data) as Record<string, unknown>,
      metadata: new TextEncoder().encode(metadata),
    }));
    const expectedRevision = expected === 'no-stream' ? NO_STREAM : expected;
    return this.#options.client.appendToStream(stream, sent, { expectedRevision });
  }

  #refused(stream: string, expected: ExpectedRevision, error: unknown): AppendResult {
    const failure = clientFailure(error);
    switch (failure.kind) {
      case 'conflict': {
        const { actual } = failure;
        return { outcome: 'conflict', expected, actual: actual === NO_STREAM ? 'no-stream' : actual };
      }
      case 'too-large':
        throw new AppendTooLargeError(
          `the events for ${stream} are over the server's ${failure.limit} bytes together: append fewer at a time, or raise its MaxAppendSize`,
          { cause: error },
        );
      case 'access-denied':
        throw accessDenied(this.#options.server, `append to ${stream}`, error);
      case 'stream-deleted':
        throw new StreamDamagedError(
          `${stream} was tombstoned: nothing can be written to it; see docs/eventstoredb.md`,
          { cause: error },
        );
      case 'stream-not-found':
      case 'not-leader':
      case 'unknown':
        throw new AppendOutcomeUnknownError(`append to ${stream}: ${describeFailure(error)}`, {
          cause: error,
        });
    }
  }

  async #appended(
    stream: string,
    expected: ExpectedRevision,
    count: number,
    answer: ClientAnswer,
  ): Promise<AppendResult> {
    const lastRevision = (expected === 'no-stream' ? -1n : expected) + BigInt(count);
    if (answer.nextExpectedRevision !== lastRevision) {
      throw new StreamDamagedError(
        `${stream} was deleted before: what should have got revision ${lastRevision.toString()} got ${answer.nextExpectedRevision.toString()}; see docs/eventstoredb.md`,
      );
    }
    const position = fromClient(answer.position) ?? (await this.#positionOf(stream, lastRevision));
    return { outcome: 'appended', lastRevision, position };
  }

  /** By its source, a server that has the events but not yet from a majority answers a repeated append without it. */
  async #positionOf(stream: string, revision: bigint): Promise<LogPosition> {
    // A closing store waits for its appends.
    const { signal } = new AbortController();
    const [event] = (await this.#options.reader.stream(stream, revision, 1, signal)) ?? [];
    const position = event?.revision === revision ? fromClient(event.position) : undefined;
    if (position !== undefined) return position;
    throw new AppendOutcomeUnknownError(`append to ${stream}: the server told no position of what it has`);
  }
}
