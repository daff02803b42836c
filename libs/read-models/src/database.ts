import type { CompiledQuery, Kysely } from 'kysely';
import type { LogPosition } from '#domain/log-position';
import type { ReadModelTables } from './tables.js';

/** A statement as the database runs it. What kysely compiles is one. */
export interface Statement {
  readonly sql: string;
  readonly parameters: readonly unknown[];
}

/** The tables of one model. A model whose version changed is made anew from the log. */
export interface ModelSchema {
  /** Name of the model and of its checkpoint. */
  readonly model: string;
  /** Raise it with each change of the tables or of what a projector writes. */
  readonly version: number;
  /** Removes the tables of this and of earlier versions, where they are. */
  drop(build: Kysely<ReadModelTables>): readonly Statement[];
  create(build: Kysely<ReadModelTables>): readonly Statement[];
}

/**
 * The tables that readers see. SQL is built with kysely and kept to what SQLite and PostgreSQL both understand; what
 * each adapter must do is in `test/contract/read-model-database.contract.ts`.
 */
export abstract class ReadModelDatabase {
  /** Builds queries in the database's dialect; it runs none. */
  abstract readonly build: Kysely<ReadModelTables>;

  /**
   * Makes the model's tables. Tables of another version are dropped and the checkpoint goes back to the start, in one
   * transaction; tables of this version are left alone.
   */
  abstract migrate(schema: ModelSchema): Promise<void>;

  /** The place in the log up to which the model's rows are complete; undefined: the start, or no such model. */
  abstract checkpoint(model: string): Promise<LogPosition | undefined>;

  /**
   * Runs the statements and moves the checkpoint from `from` to `to`, in one transaction. `lost`: the checkpoint isn't
   * at `from`, so another runner is at work; nothing was changed. Rejects, with nothing changed, when a statement fails.
   * Rejects too when the database is lost over it: whether it was done is then told by the checkpoint, which is at `to`
   * or at `from`.
   */
  abstract apply(
    model: string,
    from: LogPosition | undefined,
    to: LogPosition,
    statements: readonly Statement[],
  ): Promise<'applied' | 'lost'>;

  /** Sees everything that was applied before the call. */
  abstract query<R>(query: CompiledQuery<R>): Promise<readonly R[]>;
}
