import { join } from 'node:path';
import { isAccountEvent } from '#domain/codec/stored-event';
import { logPosition, type LogPosition } from '#domain/log-position';
import { EVENT_STORE_WRITER, SqliteEventStore } from '#event-store/sqlite/sqlite-event-store';
import { SqliteFile } from '#platform/sqlite/sqlite-file';
import type { ReadModelDatabase } from '#read-models/database';
import { READ_MODELS } from '#read-models/models';
import { READ_MODELS_WRITER, SqliteReadModelDatabase } from '#read-models/sqlite/sqlite-read-model-database';
import { LIVES, History, payoutEvents, usd, type LoggedEvent } from '#test/support/read-models/history';
import { writeLog } from '#test/support/read-models/log-writer';
import { temporaryFolder } from '#test/support/temporary-folder';

/** An account with a deposit of 1000.00 USD, and one payout (12.50 USD) for each life, in the order of the names. */
export function historyOf(lives: readonly (keyof typeof LIVES)[]): readonly LoggedEvent[] {
  const history = new History();
  history.open('acc-1');
  history.instruct('acc-1', 1, { kind: 'deposit', amount: usd('1000.00') });
  for (const [number, life] of lives.entries()) {
    for (const step of LIVES[life] ?? []) history.happen(payoutEvents(number)[step]);
  }
  return history.events.map(atStorePosition);
}

/** Histories count in tens; the embedded stores count one by one, and causes have to name places of their log. */
function atStorePosition(logged: LoggedEvent): LoggedEvent {
  const { event } = logged;
  const position = tenth(logged.position);
  if (!isAccountEvent(event) || event.type === 'AccountOpened') return { ...logged, position };
  const cause = { ...event.data.cause, position: tenth(event.data.cause.position) };
  return { ...logged, position, event: { ...event, data: { ...event.data, cause } } as LoggedEvent['event'] };
}

function tenth(position: LogPosition): LogPosition {
  return logPosition((BigInt(position) / 10n).toString());
}

/** Brings every read model up to the events, one batch each. */
export async function project(database: ReadModelDatabase, events: readonly LoggedEvent[]): Promise<void> {
  const last = events.at(-1);
  if (last === undefined) return;
  for (const model of READ_MODELS) {
    const { schema, concerns } = model;
    await database.migrate(schema);
    const from = await database.checkpoint(schema.model);
    const batch = events.filter(({ event }) => concerns.has(event.type));
    await database.apply(schema.model, from, last.position, await model.project(database, batch));
  }
}

/** A data folder with a ledger that the real adapters wrote. */
export class LedgerFolder {
  readonly #folder = temporaryFolder();
  #file: SqliteFile | undefined;

  get path(): string {
    return this.#folder.path;
  }

  get databasePath(): string {
    return join(this.path, 'ledger.db');
  }

  /** Leaves the file open, as a running service has it. */
  async write(events: readonly LoggedEvent[], projected = events): Promise<void> {
    this.#file ??= await SqliteFile.open({
      path: this.databasePath,
      modules: [EVENT_STORE_WRITER, READ_MODELS_WRITER],
    });
    const store = new SqliteEventStore(this.#file);
    await writeLog(store, events);
    await store.close();
    await project(new SqliteReadModelDatabase(this.#file), projected);
  }

  /** As after the service has stopped. */
  async stop(): Promise<void> {
    await this.#file?.close();
    this.#file = undefined;
  }

  async dispose(): Promise<void> {
    await this.stop();
    this.#folder.remove();
  }
}
