import type { Database } from 'better-sqlite3';
import type { WriterModule } from '../../sqlite/writer-module.js';

export interface KeyRow {
  /** NULL when the key was destroyed: the row stays, so that it never comes back. */
  readonly envelope: string | null;
}

export const FIND_KEY = 'SELECT envelope FROM payee_key WHERE payee_id = ?';

function migrate(db: Database): void {
  // What is deleted is overwritten in the file: a destroyed key must not be found in a free page.
  db.pragma('secure_delete = ON');
  db.exec(`
    CREATE TABLE IF NOT EXISTS payee_key (
      payee_id TEXT NOT NULL PRIMARY KEY,
      envelope TEXT
    ) STRICT, WITHOUT ROWID;
    CREATE TABLE IF NOT EXISTS master_key_check (
      only_row INTEGER NOT NULL PRIMARY KEY CHECK (only_row = 1),
      master_key_id TEXT NOT NULL,
      check_value TEXT NOT NULL
    ) STRICT;
  `);
}

function create(db: Database, args: { readonly payeeId: string; readonly envelope: string }): KeyRow {
  db.prepare('INSERT INTO payee_key (payee_id, envelope) VALUES (?, ?) ON CONFLICT DO NOTHING').run(
    args.payeeId,
    args.envelope,
  );
  return db.prepare<[string], KeyRow>(FIND_KEY).get(args.payeeId) ?? { envelope: null };
}

function destroy(db: Database, args: { readonly payeeId: string }): boolean {
  const { changes } = db
    .prepare('UPDATE payee_key SET envelope = NULL WHERE payee_id = ? AND envelope IS NOT NULL')
    .run(args.payeeId);
  return changes === 1;
}

export interface MasterKeyCheck {
  readonly masterKeyId: string;
  readonly checkValue: string;
}

/** Keeps the first master key's check value for ever, and answers which one that is. */
function rememberMasterKey(db: Database, args: MasterKeyCheck): MasterKeyCheck {
  db.prepare('INSERT INTO master_key_check VALUES (1, ?, ?) ON CONFLICT DO NOTHING').run(
    args.masterKeyId,
    args.checkValue,
  );
  const kept = db
    .prepare<[], MasterKeyCheck>(
      'SELECT master_key_id AS masterKeyId, check_value AS checkValue FROM master_key_check',
    )
    .get();
  return kept ?? args;
}

const writer: WriterModule = { name: 'payee-keys', migrate, jobs: { create, destroy, rememberMasterKey } };
export default writer;
