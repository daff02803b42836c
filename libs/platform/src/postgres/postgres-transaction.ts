import type { PoolClient, QueryResultRow } from 'pg';
import { endsConnection, whyFailed } from './classify.js';
import { parameter } from './postgres-types.js';

export interface QueryAnswer<R> {
  readonly rows: readonly R[];
  /** Rows that were found or changed. */
  readonly count: number;
}

export interface SqlStatement {
  readonly sql: string;
  readonly parameters: readonly unknown[];
}

const MOST_NAMES = 200;

/** Names of prepared statements, by their text; one text has one name on every connection. */
const names = new Map<string, string>();

/** Runs one statement outside of a transaction, and gives the connection back. */
export async function runAlone<R extends QueryResultRow>(
  client: PoolClient,
  { sql, parameters }: SqlStatement,
  failed: (error: unknown) => Error,
): Promise<QueryAnswer<R>> {
  try {
    const { rows, rowCount } = await client.query<R>(sql, parameters.map(parameter));
    client.release();
    return { rows, count: rowCount ?? 0 };
  } catch (error) {
    client.release(endsConnection(error));
    throw failed(error);
  }
}

/** A transaction on one connection. It begins with its first statement, in one message with it. */
export class PostgresTransaction {
  #begun = false;
  /** What the connection can't be given back with. */
  #broken = false;

  constructor(
    private readonly client: PoolClient,
    private readonly shown: string,
  ) {}

  async query<R extends QueryResultRow>(
    sql: string,
    parameters: readonly unknown[] = [],
  ): Promise<QueryAnswer<R>> {
    this.#begin();
    try {
      const { rows, rowCount } = await this.client.query<R>(sql, parameters.map(parameter));
      return { rows, count: rowCount ?? 0 };
    } catch (error) {
      throw this.#failed(error, false);
    }
  }

  /**
   * Runs statements in their order, sent without waiting for each other. They are prepared on the connection, so that
   * few texts with many parameters are quick. Rejects with the first error.
   */
  async all(statements: readonly SqlStatement[]): Promise<void> {
    this.#begin();
    const answers = await Promise.allSettled(
      statements.map(({ sql, parameters }) =>
        this.client.query({ ...nameOf(sql), text: sql, values: parameters.map(parameter) }),
      ),
    );
    const failed = answers.find((answer) => answer.status === 'rejected');
    if (failed !== undefined) throw this.#failed(failed.reason, false);
  }

  /** Rejects with `DatabaseOutcomeUnknownError` when the connection is lost over it. */
  async commit(): Promise<void> {
    if (!this.#begun) return;
    let command: string;
    try {
      ({ command } = await this.client.query('COMMIT'));
    } catch (error) {
      throw this.#failed(error, true);
    }
    // Of a transaction in which a statement has failed PostgreSQL makes a rollback, and says so.
    if (command !== 'COMMIT') {
      throw new Error('a transaction was to be committed although one of its statements had failed');
    }
  }

  /** Never rejects. */
  async rollBack(): Promise<void> {
    if (!this.#begun || this.#broken) return;
    try {
      await this.client.query('ROLLBACK');
    } catch {
      this.#broken = true;
    }
  }

  /** Gives the connection back. */
  release(): void {
    this.client.release(this.#broken);
  }

  #begin(): void {
    if (this.#begun) return;
    this.#begun = true;
    // It fails with its connection only, and then so does the statement behind it, which is waited for.
    this.client.query('BEGIN ISOLATION LEVEL READ COMMITTED').catch(() => undefined);
  }

  #failed(error: unknown, mayBeDone: boolean): Error {
    this.#broken ||= endsConnection(error);
    return whyFailed(error, this.shown, mayBeDone);
  }
}

function nameOf(sql: string): { readonly name?: string } {
  let name = names.get(sql);
  if (name === undefined) {
    if (names.size >= MOST_NAMES) return {};
    name = `payout_${names.size + 1}`;
    names.set(sql, name);
  }
  return { name };
}
