import type { Readiness } from '../../health/health.js';
import type { PostgresDatabase } from '../../postgres/postgres-database.js';
import { KeyRemnantsError, PayeeErasedError, WrongMasterKeyError } from '../errors.js';
import { constantTimeEqual } from '../keyed-hash.js';
import type { KeyWrapper } from '../key-wrapper.js';
import type { MasterKey } from '../master-key.js';
import { PayeeKeys, type WrappedKey } from '../payee-keys.js';

interface KeyRow {
  /** Null when the key was destroyed. */
  readonly envelope: string | null;
}

interface MasterKeyCheck {
  readonly masterKeyId: string;
  readonly checkValue: string;
}

/** Without them, what was destroyed would lie in the table until its space is used again. */
const REWRITE = ["SET lock_timeout = '5s'", 'VACUUM (FULL) payout_keys.payee_key'];

/**
 * Payees' keys in a PostgreSQL database of their own, which no backup of data contains. Every call rejects with
 * `WrongMasterKeyError` while the database was made with another master key, and with the database's errors.
 */
export class PostgresPayeeKeys extends PayeeKeys {
  #checked: Promise<void> | undefined;
  #wrongKey: WrongMasterKeyError | undefined;
  #rewriting: Promise<void> | undefined;
  #nextRewrite: Promise<void> | undefined;

  private constructor(
    private readonly database: PostgresDatabase,
    private readonly master: MasterKey,
    private readonly wrapper: KeyWrapper,
  ) {
    super();
  }

  /**
   * Returns at once; the caller closes the database, which was opened with `PAYEE_KEY_MIGRATIONS`. The first start keeps
   * the master key's check value there, and every later one is compared with it before anything else is done.
   */
  static async open(
    database: PostgresDatabase,
    master: MasterKey,
    wrapper: KeyWrapper,
  ): Promise<PostgresPayeeKeys> {
    const keys = new PostgresPayeeKeys(database, master, wrapper);
    void database.ready().then(() => keys.status());
    return keys;
  }

  status(): Readiness {
    const state = this.database.status();
    if (!state.ready) return state;
    if (this.#checked !== undefined && this.#wrongKey === undefined) return state;
    // Also when it was wrong: somebody may have put the right database there since.
    void this.#check().catch(() => undefined);
    const detail = this.#wrongKey?.message ?? `comparing the master key with ${this.database.shown}`;
    return { ready: false, detail };
  }

  async getOrCreate(payeeId: string): Promise<WrappedKey> {
    await this.#check();
    const row = (await this.#read(payeeId)) ?? (await this.#create(payeeId));
    if (row.envelope === null) throw new PayeeErasedError(payeeId);
    return { payeeId, envelope: row.envelope };
  }

  async find(payeeId: string): Promise<WrappedKey | 'erased' | undefined> {
    await this.#check();
    const row = await this.#read(payeeId);
    if (row === undefined) return undefined;
    return row.envelope === null ? 'erased' : { payeeId, envelope: row.envelope };
  }

  /**
   * Also rewrites the table, where the key's old bytes would stay; rejects with `KeyRemnantsError` if that fails. They
   * stay in the write-ahead log until the server reuses it, and in whatever copies were made of it.
   */
  async destroy(payeeId: string): Promise<boolean> {
    await this.#check();
    const { count } = await this.database.write(
      'UPDATE payout_keys.payee_key SET envelope = NULL WHERE payee_id = $1 AND envelope IS NOT NULL',
      [payeeId],
    );
    if (count === 0 && (await this.#read(payeeId)) === undefined) return false;
    try {
      await this.#rewrite();
    } catch (error) {
      throw new KeyRemnantsError(this.database.shown, payeeId, { cause: error });
    }
    return count === 1;
  }

  async #read(payeeId: string): Promise<KeyRow | undefined> {
    const [row] = await this.database.read<KeyRow & object>(
      'SELECT envelope FROM payout_keys.payee_key WHERE payee_id = $1',
      [payeeId],
    );
    return row;
  }

  /** The row of whoever was first. */
  async #create(payeeId: string): Promise<KeyRow> {
    const { rows } = await this.database.write<KeyRow & object>(
      `INSERT INTO payout_keys.payee_key (payee_id, envelope) VALUES ($1, $2)
       ON CONFLICT (payee_id) DO UPDATE SET payee_id = excluded.payee_id
       RETURNING envelope`,
      [payeeId, this.wrapper.create(payeeId).envelope],
    );
    return rows[0] ?? { envelope: null };
  }

  #check(): Promise<void> {
    this.#checked ??= this.#compareMasterKey().catch((error: unknown) => {
      this.#checked = undefined;
      throw error;
    });
    return this.#checked;
  }

  async #compareMasterKey(): Promise<void> {
    const { id, checkValue } = this.master;
    const { rows } = await this.database.write<MasterKeyCheck & object>(
      `INSERT INTO payout_keys.master_key_check (master_key_id, check_value) VALUES ($1, $2)
       ON CONFLICT (only_row) DO UPDATE SET only_row = excluded.only_row
       RETURNING master_key_id AS "masterKeyId", check_value AS "checkValue"`,
      [id, checkValue],
    );
    const kept = rows[0] ?? { masterKeyId: id, checkValue };
    const same = constantTimeEqual(kept.checkValue, checkValue);
    this.#wrongKey = same ? undefined : new WrongMasterKeyError(this.database.shown, kept.masterKeyId, id);
    if (this.#wrongKey !== undefined) throw this.#wrongKey;
  }

  /** One at a time; those who come while one is under way share the next. */
  #rewrite(): Promise<void> {
    const start = (): Promise<void> => {
      this.#nextRewrite = undefined;
      const rewriting = this.database.alone(REWRITE).finally(() => {
        if (this.#rewriting === rewriting) this.#rewriting = undefined;
      });
      this.#rewriting = rewriting;
      return rewriting;
    };
    if (this.#rewriting === undefined) return start();
    this.#nextRewrite ??= this.#rewriting.catch(() => undefined).then(start);
    return this.#nextRewrite;
  }
}
