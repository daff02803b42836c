import { join } from 'node:path';
import { EVENT_STORE_WRITER, SqliteEventStore } from '#event-store/sqlite/sqlite-event-store';
import type { NewEvent } from '#event-store/event-store';
import { SystemIds } from '#platform/ids/system-ids';
import { SqliteFile } from '#platform/sqlite/sqlite-file';
import { temporaryFolder } from '#test/support/temporary-folder';
import { Stopwatch, type BenchCase, type Measurement } from '../bench-case.js';
import type { Progress } from '../progress.js';

export const RAW_APPEND = 'raw-append';

const APPENDERS = 64;
const EVENTS_PER_APPEND = 2;
const EVENT_BYTES = 600;

/** The embedded store alone, as fast as it goes: the limit for everything else in the same file. */
export class RawAppendCase implements BenchCase {
  readonly figures = {
    [RAW_APPEND]: {
      unit: 'events',
      comparedWith: RAW_APPEND,
      about: `${APPENDERS} appenders, each waiting until its ${EVENTS_PER_APPEND} events in a new stream are durable`,
    },
  };
  readonly settings: Readonly<Record<string, number>>;
  readonly #seconds: number;

  constructor(quick: boolean) {
    this.#seconds = quick ? 0.2 : 3;
    this.settings = {
      appenders: APPENDERS,
      eventsPerAppend: EVENTS_PER_APPEND,
      eventBytes: EVENT_BYTES,
      seconds: this.#seconds,
    };
  }

  async run(progress: Progress): Promise<Readonly<Record<string, Measurement>>> {
    const folder = temporaryFolder();
    const file = await SqliteFile.open({
      path: join(folder.path, 'ledger.db'),
      modules: [EVENT_STORE_WRITER],
    });
    const store = new SqliteEventStore(file);
    try {
      await this.#appendFor(store, this.#seconds / 10, progress);
      return { [RAW_APPEND]: await this.#appendFor(store, this.#seconds, progress) };
    } finally {
      await store.close();
      await file.close();
      folder.remove();
    }
  }

  async #appendFor(store: SqliteEventStore, seconds: number, progress: Progress): Promise<Measurement> {
    const ids = new SystemIds();
    const latencies: number[] = [];
    const watch = new Stopwatch();
    const until = performance.now() + seconds * 1_000;
    const appender = async (): Promise<void> => {
      while (performance.now() < until) {
        const sentAt = performance.now();
        const result = await store.append(`raw-${ids.uuid()}`, 'no-stream', [newEvent(ids), newEvent(ids)]);
        if (result.outcome !== 'appended') throw new Error('a new stream had events already');
        latencies.push(performance.now() - sentAt);
        progress.count(latencies.length * EVENTS_PER_APPEND);
      }
    };
    await Promise.all(Array.from({ length: APPENDERS }, appender));
    return {
      count: latencies.length * EVENTS_PER_APPEND,
      ...watch.lap(),
      latencies,
    };
  }
}

const PADDING = 'x'.repeat(EVENT_BYTES - JSON.stringify({ padding: '' }).length);

function newEvent(ids: SystemIds): NewEvent {
  return { id: ids.uuid(), type: 'RawEvent', data: { padding: PADDING }, metadata: {} };
}
