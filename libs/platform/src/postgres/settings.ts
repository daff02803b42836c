import { parsedSecret } from '../config/setting.js';
import { databaseAddress } from './database-address.js';

const EXPECTS =
  'postgres://user:password@host:5432/database, where wanted with ?sslmode=verify-full and &sslrootcert=<file>';

/** Read models, checkpoints, follow-ups, held messages and leases. */
export const DATABASE_SETTINGS = {
  databaseUrl: parsedSecret('DATABASE_URL', {
    description: 'PostgreSQL database of the read models, checkpoints, follow-ups and leases',
    expects: EXPECTS,
    read: databaseAddress,
  }),
};

/** Payees' keys, apart from all data. */
export const KEYS_DATABASE_SETTINGS = {
  keysDatabaseUrl: parsedSecret('KEYS_DATABASE_URL', {
    description: "PostgreSQL database of payees' keys: one of its own, that no backup of data contains",
    expects: EXPECTS,
    read: databaseAddress,
  }),
};
