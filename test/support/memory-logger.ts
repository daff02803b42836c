import { currentLogFields } from '#platform/logging/log-context';
import { Logger, type LogFields } from '#platform/logging/logger';

export interface LogEntry {
  readonly level: 'debug' | 'info' | 'warn' | 'error';
  readonly message: string;
  readonly fields: LogFields;
}

/** Keeps what is logged, as it was given, so that tests can ask for alarms and look for canaries. */
export class MemoryLogger extends Logger {
  readonly entries: LogEntry[];
  readonly #fields: LogFields;

  constructor(entries: LogEntry[] = [], fields: LogFields = {}) {
    super();
    this.entries = entries;
    this.#fields = fields;
  }

  /** The codes of the alarms so far, in their order. */
  alarms(): string[] {
    return this.entries.map(({ fields }) => fields['alarm']).filter((code) => typeof code === 'string');
  }

  debug(message: string, fields?: LogFields): void {
    this.#add('debug', message, fields);
  }

  info(message: string, fields?: LogFields): void {
    this.#add('info', message, fields);
  }

  warn(message: string, fields?: LogFields): void {
    this.#add('warn', message, fields);
  }

  error(message: string, fields?: LogFields): void {
    this.#add('error', message, fields);
  }

  alarm(code: string, fields?: LogFields): void {
    this.#add('error', `alarm: ${code}`, { ...fields, alarm: code });
  }

  child(fields: LogFields): MemoryLogger {
    return new MemoryLogger(this.entries, { ...this.#fields, ...fields });
  }

  #add(level: LogEntry['level'], message: string, fields: LogFields = {}): void {
    this.entries.push({ level, message, fields: { ...currentLogFields(), ...this.#fields, ...fields } });
  }
}
