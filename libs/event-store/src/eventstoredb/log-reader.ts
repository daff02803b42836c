import {
  BACKWARDS,
  END,
  START,
  type Position,
  type RecordedEvent as ClientEvent,
} from '@eventstore/db-client';
import type { LogPosition } from '#domain/log-position';
import type { ReadAllOptions, RecordedEvent } from '../event-store.js';
import { fromClient, LARGEST_POSITION, toClient } from './client-position.js';
import { StreamDamagedError } from './errors.js';
import type { PageReader } from './page-reader.js';
import { isSystemEvent, recordedEvent } from './recorded.js';
import { harmfulSettings } from './stream-guard.js';

/** Events of one stream read at once. */
const STREAM_PAGE = 200;
/** Events of the log read at once, at least, where system events lie between ours. */
const LEAST_LOG_PAGE = 100;
/** Events read back from the end of the log, at first and then, to find the last one that isn't the server's own. */
const FIRST_HEAD_PAGE = 16;
const HEAD_PAGE = 500;

/** Streams and the log as the port has them: no system events, nothing missed or doubled where pages meet. */
export class LogReader {
  readonly #reader: PageReader;
  readonly #notice: (event: ClientEvent) => void;

  /** `notice` is told of each system event that passes by. */
  constructor(reader: PageReader, notice: (event: ClientEvent) => void) {
    this.#reader = reader;
    this.#notice = notice;
  }

  /** From `from` (inclusive) to the stream's end; each page is asked for when the one before has been taken. */
  async *stream(
    name: string,
    from: bigint,
    signal: AbortSignal,
  ): AsyncGenerator<RecordedEvent, void, undefined> {
    let next = from < 0n ? 0n : from;
    while (next <= LARGEST_POSITION) {
      const page = await this.#reader.stream(name, next, STREAM_PAGE, signal);
      if (page === undefined || (page.length === 0 && next === 0n)) {
        await this.#requireUndamaged(name, signal);
        return;
      }
      for (const event of page) {
        if (event.revision !== next) throw damaged(name, `its revision ${next.toString()} is not there`);
        yield recordedEvent(event);
        next += 1n;
      }
      if (page.length < STREAM_PAGE) return;
    }
  }

  async page({ after, limit }: ReadAllOptions, signal: AbortSignal): Promise<readonly RecordedEvent[]> {
    let last = after === undefined ? undefined : toClient(after);
    // Behind everything that a server can hold.
    if (after !== undefined && last === undefined) return [];
    const events: RecordedEvent[] = [];
    for (let wanted = limit; ; wanted = Math.max(limit - events.length, LEAST_LOG_PAGE)) {
      // The place where the page before ended comes along.
      const count = last === undefined ? wanted : wanted + 1;
      const raw = await this.#reader.all(last ?? START, count, signal);
      for (const event of raw) {
        if (last !== undefined && !isAfter(event.position, last)) continue;
        if (isSystemEvent(event)) this.#notice(event);
        else if (events.push(recordedEvent(event)) === limit) return events;
      }
      if (raw.length < count) return events;
      last = raw.at(-1)?.position ?? last;
    }
  }

  /** Position of the last event that isn't the server's own. */
  async head(signal: AbortSignal): Promise<LogPosition | undefined> {
    let from: Position | typeof END = END;
    for (let count = FIRST_HEAD_PAGE; ; count = HEAD_PAGE) {
      const raw = await this.#reader.all(from, count, signal, BACKWARDS);
      const found = raw.find((event) => !isSystemEvent(event));
      if (found !== undefined) return recordedEvent(found).position;
      const last = raw.at(-1);
      if (last === undefined || raw.length < count) return undefined;
      from = last.position;
    }
  }

  /** Position of the last event of whatever kind. Asked once, so that silence is noticed. */
  async newest(signal: AbortSignal): Promise<LogPosition | undefined> {
    return fromClient((await this.#reader.newest(signal))?.position);
  }

  /** A stream that was deleted softly looks like one that never was, but for its metadata. */
  async #requireUndamaged(name: string, signal: AbortSignal): Promise<void> {
    const settings = await harmfulSettings(this.#reader, name, signal);
    if (settings.length > 0) throw damaged(name, `it has ${settings.join(', ')}`);
  }
}

function damaged(stream: string, how: string): StreamDamagedError {
  return new StreamDamagedError(
    `${stream} was deleted or cut (${how}): set its metadata back before the next scavenge; see docs/eventstoredb.md`,
  );
}

function isAfter(position: Position, other: Position): boolean {
  if (position.commit !== other.commit) return position.commit > other.commit;
  return position.prepare > other.prepare;
}
