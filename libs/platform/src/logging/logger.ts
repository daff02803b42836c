/** What goes along with a message. Values of personal or secret keys are withheld; see `safe-fields.ts`. */
export type LogFields = Readonly<Record<string, unknown>>;

/**
 * The log for operators. Messages are constant texts: what varies goes into the fields, under an honest key. Personal
 * data belongs in neither.
 */
export abstract class Logger {
  abstract debug(message: string, fields?: LogFields): void;
  abstract info(message: string, fields?: LogFields): void;
  abstract warn(message: string, fields?: LogFields): void;
  abstract error(message: string, fields?: LogFields): void;

  /** Someone must look at it: an error with the field `alarm`, whose codes operators match on. */
  abstract alarm(code: string, fields?: LogFields): void;

  /** A logger that adds these fields to each message. */
  abstract child(fields: LogFields): Logger;
}
