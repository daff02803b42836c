import { EventStoreDBClient, START, type AllStreamRecordedEvent, type Position } from '@eventstore/db-client';
import pg from 'pg';
import { isRecord, MalformedEventError, placeOf, type StoredEvent } from './stored-event.js';
import type { Row, StoredRun } from './stored-run.js';

const PAGE = 1_000;

/** Where a run on servers lies. */
export interface ProductionPlaces {
  /** EventStoreDB's connection string. */
  readonly eventStoreUrl: string;
  readonly databaseUrl: string;
}

/**
 * What a run left on servers, read with the servers' own clients and plain SQL. One at a time in a process: the log's
 * client bears no second one.
 */
export class ProductionRun {
  readonly #client: EventStoreDBClient;
  readonly #events: StoredEvent[] = [];
  #last: Position | undefined;

  private constructor(private readonly places: ProductionPlaces) {
    this.#client = EventStoreDBClient.connectionString(places.eventStoreUrl);
  }

  /** Connects when something is read. */
  static open(places: ProductionPlaces): ProductionRun {
    return new ProductionRun(places);
  }

  /** The tables of one moment, and the log as far as it is then or farther. */
  async read(): Promise<StoredRun> {
    const tables = await readTables(this.places.databaseUrl);
    return { ...tables, events: await this.readLog() };
  }

  /** The whole log; what was read before isn't read again, since a log only grows. */
  async readLog(): Promise<readonly StoredEvent[]> {
    for (;;) {
      const page = await this.#page();
      for (const { event } of page) if (!event.type.startsWith('$')) this.#events.push(storedEvent(event));
      if (page.length === 0) return [...this.#events];
    }
  }

  /** Nothing may be read at that time. */
  async close(): Promise<void> {
    await this.#client.dispose();
  }

  /** From after the last one. `readAll` includes the place that it is given. */
  async #page(): Promise<readonly { readonly event: AllStreamRecordedEvent }[]> {
    const last = this.#last;
    const read = this.#client.readAll({ fromPosition: last ?? START, maxCount: PAGE, requiresLeader: true });
    const page: { readonly event: AllStreamRecordedEvent }[] = [];
    for await (const { event } of read) {
      if (event === undefined) continue;
      const { commit, prepare } = event.position;
      if (last !== undefined && commit === last.commit && prepare === last.prepare) continue;
      page.push({ event });
      this.#last = event.position;
    }
    return page;
  }
}

function storedEvent(event: AllStreamRecordedEvent): StoredEvent {
  const { streamId: stream, revision, type, id, data } = event;
  const { commit, prepare } = event.position;
  const position = placeOf(commit === prepare ? commit.toString() : `${commit}/${prepare}`);
  if (!isRecord(data))
    throw new MalformedEventError(`${type} at position ${position}: its data is no object`);
  return { position, id, stream, revision, type, data };
}

async function readTables(databaseUrl: string): Promise<Pick<StoredRun, 'payoutRows' | 'balanceRows'>> {
  const client = new pg.Client({ connectionString: databaseUrl, application_name: 'judge' });
  await client.connect();
  try {
    await client.query('BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY');
    const payouts = await client.query<Row>('SELECT * FROM payout_read_models.payouts');
    const balances = await client.query<Row>('SELECT * FROM payout_read_models.account_balances');
    await client.query('COMMIT');
    return { payoutRows: payouts.rows, balanceRows: balances.rows };
  } finally {
    await client.end();
  }
}
