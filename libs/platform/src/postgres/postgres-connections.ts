import { Client, Pool, type ClientConfig, type PoolClient } from 'pg';
import { whyNotConnected } from './classify.js';
import type { DatabaseAddress } from './database-address.js';
import { POSTGRES_TYPES } from './postgres-types.js';

export interface PostgresTimeouts {
  /** A statement is undone by the server after this time. */
  readonly statementMs: number;
  /** So is one that waits that long for another's lock. */
  readonly lockMs: number;
  /** A transaction in which nothing happens is undone, and its connection closed. */
  readonly idleInTransactionMs: number;
  readonly connectMs: number;
}

export const DEFAULT_TIMEOUTS: PostgresTimeouts = {
  statementMs: 10_000,
  lockMs: 5_000,
  idleInTransactionMs: 15_000,
  connectMs: 5_000,
};

/** The server's own timeout comes first; this one is for a server that hangs, or a network that swallows all. */
const HANGING_MS = 2_000;
const KEEP_ALIVE_MS = 10_000;

/** How a connection is made; `timeouts` undefined: nothing but connecting is limited in time. */
export function clientConfig(
  address: DatabaseAddress,
  applicationName: string,
  timeouts: PostgresTimeouts | undefined,
): ClientConfig {
  const { host, port, user, database, password, tls } = address;
  const limits = timeouts && {
    statement_timeout: timeouts.statementMs,
    query_timeout: timeouts.statementMs + HANGING_MS,
    lock_timeout: timeouts.lockMs,
    idle_in_transaction_session_timeout: timeouts.idleInTransactionMs,
  };
  return {
    ...{ host, port, user, database, password },
    ssl: tls ?? false,
    application_name: applicationName,
    connectionTimeoutMillis: (timeouts ?? DEFAULT_TIMEOUTS).connectMs,
    keepAlive: true,
    keepAliveInitialDelayMillis: KEEP_ALIVE_MS,
    types: POSTGRES_TYPES,
    ...limits,
  };
}

/** A few connections that are made when they are needed. Queries of one are sent without waiting for each other. */
export class PostgresConnections {
  readonly #pool: Pool;

  constructor(
    private readonly address: DatabaseAddress,
    config: ClientConfig,
    options: { readonly max: number; readonly onTrouble: () => void },
  ) {
    this.#pool = new Pool({ ...config, max: options.max, pipeline: true, idleTimeoutMillis: 60_000 });
    // A connection that isn't in use was lost; the pool has dropped it.
    this.#pool.on('error', options.onTrouble);
    // One that is in use: its query hears of it. Without a listener it would end the process.
    this.#pool.on('connect', (client) => client.on('error', options.onTrouble));
  }

  /** Rejects with `DatabaseUnreachableError` or `DatabaseBusyError`. */
  async acquire(): Promise<PoolClient> {
    try {
      return await this.#pool.connect();
    } catch (error) {
      throw whyNotConnected(error, this.address);
    }
  }

  /** Resolves when all are closed; waits for those in use. */
  async close(): Promise<void> {
    await this.#pool.end();
  }
}

/** A connection of its own, for what needs its own timeouts; the caller ends it. */
export async function connectAlone(
  address: DatabaseAddress,
  config: ClientConfig,
  onEnd: () => void = () => undefined,
): Promise<Client> {
  const client = new Client(config);
  client.on('error', onEnd);
  try {
    await client.connect();
  } catch (error) {
    throw whyNotConnected(error, address);
  }
  return client;
}
