import BetterSqlite3 from 'better-sqlite3';
import { prepared } from '../../sqlite/prepared.js';
import type { SqliteFile } from '../../sqlite/sqlite-file.js';
import { KeyRemnantsError, PayeeErasedError, WrongMasterKeyError } from '../errors.js';
import { constantTimeEqual } from '../keyed-hash.js';
import type { KeyWrapper } from '../key-wrapper.js';
import type { MasterKey } from '../master-key.js';
import { PayeeKeys, type WrappedKey } from '../payee-keys.js';
import { FIND_KEY, type KeyRow, type MasterKeyCheck } from './writer.js';

/** For `SqliteFile.open`: the tables and jobs of the key file. */
export const PAYEE_KEYS_WRITER = new URL('./writer.js', import.meta.url);

const MODULE = 'payee-keys';

/** Payees' keys in a SQLite file of their own (`keys.db`), which is no part of a data backup. */
export class SqlitePayeeKeys extends PayeeKeys {
  readonly #file: SqliteFile;
  readonly #wrapper: KeyWrapper;

  private constructor(file: SqliteFile, wrapper: KeyWrapper) {
    super();
    this.#file = file;
    this.#wrapper = wrapper;
  }

  /**
   * `file` was opened with `PAYEE_KEYS_WRITER`; the caller closes it. The first start keeps the master key's check
   * value in the file; throws `WrongMasterKeyError` when a later start has another one.
   */
  static async open(file: SqliteFile, master: MasterKey, wrapper: KeyWrapper): Promise<SqlitePayeeKeys> {
    const given: MasterKeyCheck = { masterKeyId: master.id, checkValue: master.checkValue };
    const kept = await file.run<MasterKeyCheck>(MODULE, 'rememberMasterKey', given);
    if (!constantTimeEqual(kept.checkValue, given.checkValue)) {
      throw new WrongMasterKeyError(file.reader().name, kept.masterKeyId, given.masterKeyId);
    }
    return new SqlitePayeeKeys(file, wrapper);
  }

  async getOrCreate(payeeId: string): Promise<WrappedKey> {
    const row = this.#read(payeeId) ?? (await this.#create(payeeId));
    if (row.envelope === null) throw new PayeeErasedError(payeeId);
    return { payeeId, envelope: row.envelope };
  }

  async find(payeeId: string): Promise<WrappedKey | 'erased' | undefined> {
    const row = this.#read(payeeId);
    if (row === undefined) return undefined;
    return row.envelope === null ? 'erased' : { payeeId, envelope: row.envelope };
  }

  /** Also empties the write-ahead log, where the key's old bytes would stay. Rejects with `KeyRemnantsError` if it can't. */
  async destroy(payeeId: string): Promise<boolean> {
    const destroyed = await this.#file.run<boolean>(MODULE, 'destroy', { payeeId });
    if (this.#read(payeeId) !== undefined) this.#emptyWriteAheadLog(payeeId);
    return destroyed;
  }

  #create(payeeId: string): Promise<KeyRow> {
    return this.#file.run<KeyRow>(MODULE, 'create', this.#wrapper.create(payeeId));
  }

  #read(payeeId: string): KeyRow | undefined {
    return prepared<[string], KeyRow>(this.#file.reader(), FIND_KEY).get(payeeId);
  }

  /** On a connection of its own: the writer's thread runs jobs only inside transactions, where no checkpoint can be made. */
  #emptyWriteAheadLog(payeeId: string): void {
    const path = this.#file.reader().name;
    const db = new BetterSqlite3(path, { timeout: 2_000 });
    try {
      if (db.pragma('wal_checkpoint(TRUNCATE)', { simple: true }) !== 0)
        throw new KeyRemnantsError(`${path}-wal`, payeeId);
    } finally {
      db.close();
    }
  }
}
