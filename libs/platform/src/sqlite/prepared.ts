import type { Database, Statement } from 'better-sqlite3';

const statements = new WeakMap<Database, Map<string, Statement>>();

/**
 * The statement of this text on this connection, prepared once. `Row` is what the caller knows about the selected
 * columns. The text must be a constant: each different one stays in memory as long as the connection.
 */
export function prepared<Parameters extends unknown[], Row = unknown>(
  db: Database,
  sql: string,
): Statement<Parameters, Row> {
  let ofThisConnection = statements.get(db);
  if (ofThisConnection === undefined) {
    ofThisConnection = new Map();
    statements.set(db, ofThisConnection);
  }
  let statement = ofThisConnection.get(sql);
  if (statement === undefined) {
    statement = db.prepare(sql);
    ofThisConnection.set(sql, statement);
  }
  return statement as unknown as Statement<Parameters, Row>;
}
