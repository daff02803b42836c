import type { MigrationSet } from '../../postgres/migrations.js';

/**
 * A NULL envelope is a destroyed key: the row stays, so that it never comes back. Little is stored per page beyond what
 * it holds: a rewrite of the table (see `PostgresPayeeKeys.destroy`) should stay quick.
 */
export const PAYEE_KEY_MIGRATIONS: MigrationSet = {
  schema: 'payout_keys',
  migrations: {
    '0001-tables': [
      `CREATE TABLE payout_keys.payee_key (
        payee_id text COLLATE "C" PRIMARY KEY,
        envelope text
      )`,
      `CREATE TABLE payout_keys.master_key_check (
        only_row boolean PRIMARY KEY DEFAULT true CHECK (only_row),
        master_key_id text NOT NULL,
        check_value text NOT NULL
      )`,
    ],
  },
};
