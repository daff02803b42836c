import { OutageError } from '../outage/outage-error.js';

/** Nothing was done: the database doesn't answer, or doesn't let us in. It may later: try again. */
export class DatabaseUnreachableError extends OutageError {
  override readonly name = 'DatabaseUnreachableError';
}

/**
 * The connection was lost before the answer came: nobody knows whether it was done. Do it again where that is harmless,
 * or look.
 */
export class DatabaseOutcomeUnknownError extends OutageError {
  override readonly name = 'DatabaseOutcomeUnknownError';
}

/** Nothing was done: the database has too much to do, or too little room. Try again. */
export class DatabaseBusyError extends OutageError {
  override readonly name = 'DatabaseBusyError';
}

/** Nothing was done: tables are missing, or our user may not use them. The message names the remedy. */
export class DatabaseNotPreparedError extends OutageError {
  override readonly name = 'DatabaseNotPreparedError';
}

/** Nothing was done: the statement is wrong, or breaks a rule of the tables. A defect of ours. */
export class DatabaseStatementError extends Error {
  override readonly name = 'DatabaseStatementError';

  constructor(
    message: string,
    /** PostgreSQL's code of five letters and digits. */
    readonly code: string,
    options: ErrorOptions,
  ) {
    super(message, options);
  }
}
