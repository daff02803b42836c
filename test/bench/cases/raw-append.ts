import { join } from 'node:path';
import { EVENT_STORE_WRITER, SqliteEventStore } from '#event-store/sqlite/sqlite-event-store';
import { SqliteFile } from '#platform/sqlite/sqlite-file';
import { temporaryFolder } from '#test/support/temporary-folder';
import type { BenchCase, Measurement } from '../bench-case.js';
import { APPEND_LOAD, appendFor } from '../ledger/append-load.js';
import type { Progress } from '../progress.js';

export const RAW_APPEND = 'raw-append';

/** The embedded store alone, as fast as it goes: the limit for everything else in the same file. */
export class RawAppendCase implements BenchCase {
  readonly figures = {
    [RAW_APPEND]: {
      unit: 'events',
      comparedWith: RAW_APPEND,
      about: `${APPEND_LOAD.appenders} appenders, each waiting until its ${APPEND_LOAD.eventsPerAppend} events in a new stream are durable`,
    },
  };
  readonly settings: Readonly<Record<string, number>>;
  readonly #seconds: number;

  constructor(quick: boolean) {
    this.#seconds = quick ? 0.2 : 3;
    this.settings = {
      ...APPEND_LOAD,
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
      await appendFor(store, this.#seconds / 10, progress);
      return { [RAW_APPEND]: await appendFor(store, this.#seconds, progress) };
    } finally {
      await store.close();
      await file.close();
      folder.remove();
    }
  }
}
