import { existsSync } from 'node:fs';
import { join } from 'node:path';
import Sqlite from 'better-sqlite3';
import { isRecord, MalformedEventError, type StoredEvent } from './stored-event.js';

/** A row of a read model, as it lies in its table. */
export type Row = Readonly<Record<string, unknown>>;

/** What a run left in its log and tables. */
export interface StoredRun {
  /** In log order. */
  readonly events: readonly StoredEvent[];
  readonly payoutRows: readonly Row[];
  readonly balanceRows: readonly Row[];
}

interface EventRow {
  readonly position: bigint;
  readonly id: string;
  readonly stream: string;
  readonly revision: bigint;
  readonly type: string;
  readonly data: string;
}

/** Reads `<data>/ledger.db` by plain SQL. The service may be running: it is one snapshot. */
export function readRun(dataFolder: string): StoredRun {
  const path = join(dataFolder, 'ledger.db');
  if (!existsSync(path))
    throw new Error(`there is no file ${path}: was the service started with this data folder?`);
  const db = new Sqlite(path, { readonly: true, fileMustExist: true });
  try {
    return db.transaction(() => ({
      events: db
        .prepare<[], EventRow>(
          `SELECT e.position, e.id, s.name AS stream, e.revision, e.type, e.data
           FROM events e LEFT JOIN event_streams s ON s.number = e.stream ORDER BY e.position`,
        )
        .safeIntegers()
        .all()
        .map(storedEvent),
      payoutRows: db.prepare<[], Row>('SELECT * FROM payouts').all(),
      balanceRows: db.prepare<[], Row>('SELECT * FROM account_balances').all(),
    }))();
  } finally {
    db.close();
  }
}

function storedEvent({ data, ...row }: EventRow): StoredEvent {
  const json: unknown = JSON.parse(data);
  if (!isRecord(json))
    throw new MalformedEventError(`${row.type} at position ${row.position}: its data is no object`);
  return { ...row, data: json };
}
