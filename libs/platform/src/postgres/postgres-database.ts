import type { PoolClient, QueryResultRow } from 'pg';
import type { Readiness } from '../health/health.js';
import type { Logger } from '../logging/logger.js';
import type { Clock } from '../time/clock.js';
import { whyFailed } from './classify.js';
import type { DatabaseAddress } from './database-address.js';
import { DatabaseStatementError, DatabaseUnreachableError } from './errors.js';
import type { MigrationSet } from './migrations.js';
import {
  clientConfig,
  connectAlone,
  DEFAULT_TIMEOUTS,
  PostgresConnections,
  type PostgresTimeouts,
} from './postgres-connections.js';
import {
  PostgresTransaction,
  runAlone,
  type QueryAnswer,
  type SqlStatement,
} from './postgres-transaction.js';
import { PostgresWatch } from './postgres-watch.js';

export interface PostgresDatabaseOptions {
  readonly url: DatabaseAddress;
  readonly clock: Clock;
  readonly logger: Logger;
  /** Seen by administrators in `pg_stat_activity`. */
  readonly applicationName: string;
  /** It is ready when all of these are done. They are run by `migrateDatabase`, never from here. */
  readonly migrations: readonly MigrationSet[];
  /** Connections at most, besides three of its own; 10 if absent. */
  readonly connections?: number;
  readonly timeouts?: Partial<PostgresTimeouts>;
}

const CONNECTIONS = 10;
/** For what must not wait behind other work: leases. */
const URGENT_CONNECTIONS = 2;

/**
 * One PostgreSQL database. It opens without waiting for the server, connects when it can, tells its state, and goes on
 * after an outage by itself. Every call may reject with an error of `errors.ts`; all but `DatabaseOutcomeUnknownError`
 * mean that nothing was done.
 */
export class PostgresDatabase {
  readonly #url: DatabaseAddress;
  readonly #applicationName: string;
  readonly #connections: PostgresConnections;
  readonly #urgent: PostgresConnections;
  readonly #watch: PostgresWatch;
  #closing: Promise<void> | undefined;

  private constructor({ url, clock, logger, ...options }: PostgresDatabaseOptions) {
    this.#url = url;
    this.#applicationName = options.applicationName;
    const config = clientConfig(url, options.applicationName, { ...DEFAULT_TIMEOUTS, ...options.timeouts });
    this.#watch = new PostgresWatch(url, { config, clock, logger, migrations: options.migrations });
    const onTrouble = (): void => this.#watch.look();
    const max = options.connections ?? CONNECTIONS;
    this.#connections = new PostgresConnections(url, config, { max, onTrouble });
    this.#urgent = new PostgresConnections(url, config, { max: URGENT_CONNECTIONS, onTrouble });
  }

  /** Returns at once, whether the server is there or not. */
  static async open(options: PostgresDatabaseOptions): Promise<PostgresDatabase> {
    return new PostgresDatabase(options);
  }

  /** Whether it can be used; if not, why, and what to do about it. */
  status(): Readiness {
    return this.#watch.status();
  }

  /** Resolves when it can be used, when the signal is aborted, or when it is closed: see `status` then. */
  ready(signal?: AbortSignal): Promise<void> {
    return this.#watch.ready(signal);
  }

  /** `user@host:port/database`. */
  get shown(): string {
    return this.#url.shown;
  }

  /** A statement that changes nothing: it is repeated once, on another connection, when its connection is lost. */
  async read<R extends QueryResultRow>(
    sql: string,
    parameters: readonly unknown[] = [],
  ): Promise<readonly R[]> {
    const once = (): Promise<QueryAnswer<R>> => this.#run<R>(this.#connections, { sql, parameters }, false);
    try {
      return (await once()).rows;
    } catch (error) {
      if (!(error instanceof DatabaseUnreachableError)) throw error;
      return (await once()).rows;
    }
  }

  /** A statement that is a transaction of its own. `urgent`: on a connection that other work doesn't take. */
  write<R extends QueryResultRow>(
    sql: string,
    parameters: readonly unknown[] = [],
    options: { readonly urgent?: boolean } = {},
  ): Promise<QueryAnswer<R>> {
    const connections = options.urgent === true ? this.#urgent : this.#connections;
    return this.#run<R>(connections, { sql, parameters }, true);
  }

  /** Runs `work` in a transaction (read committed), and undoes all of it when it rejects. */
  async transaction<T>(work: (transaction: PostgresTransaction) => Promise<T>): Promise<T> {
    const transaction = new PostgresTransaction(await this.#acquire(this.#connections), this.shown);
    try {
      const result = await work(transaction);
      await transaction.commit();
      return result;
    } catch (error) {
      await transaction.rollBack();
      throw this.#seen(error);
    } finally {
      transaction.release();
    }
  }

  /** Statements outside of a transaction on a connection of their own, without limits of time (such as VACUUM). */
  async alone(statements: readonly string[]): Promise<void> {
    const config = clientConfig(this.#url, this.#applicationName, undefined);
    const client = await connectAlone(this.#url, config);
    try {
      for (const statement of statements) await client.query(statement);
    } catch (error) {
      throw this.#seen(whyFailed(error, this.shown, true));
    } finally {
      await client.end().catch(() => undefined);
    }
  }

  /** Waits for what is under way, then closes every connection. */
  close(): Promise<void> {
    this.#closing ??= (async () => {
      await Promise.all([this.#connections.close(), this.#urgent.close()]);
      await this.#watch.close();
    })();
    return this.#closing;
  }

  async #acquire(connections: PostgresConnections): Promise<PoolClient> {
    if (this.#closing !== undefined) throw new DatabaseUnreachableError(`${this.shown} is closed here`);
    try {
      return await connections.acquire();
    } catch (error) {
      this.#watch.look();
      throw error;
    }
  }

  async #run<R extends QueryResultRow>(
    connections: PostgresConnections,
    statement: SqlStatement,
    mayBeDone: boolean,
  ): Promise<QueryAnswer<R>> {
    const client = await this.#acquire(connections);
    return runAlone<R>(client, statement, (error) => this.#seen(whyFailed(error, this.shown, mayBeDone)));
  }

  /** What may be more than one statement's trouble is looked into at once. */
  #seen<E>(error: E): E {
    if (!(error instanceof DatabaseStatementError)) this.#watch.look();
    return error;
  }
}
