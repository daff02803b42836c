import { pino, type DestinationStream, type Logger as Pino } from 'pino';
import { isoTime, type Clock } from '../time/clock.js';
import { currentLogFields } from './log-context.js';
import { Logger, type LogFields } from './logger.js';
import { safeFields } from './safe-fields.js';

export const LOG_LEVELS = ['debug', 'info', 'warn', 'error', 'silent'] as const;
export type LogLevel = (typeof LOG_LEVELS)[number];

export interface PinoLoggerOptions {
  readonly level: LogLevel;
  /** Name of the program. */
  readonly service: string;
  readonly clock: Clock;
  /** Where the lines go; stderr if absent, written at once so that a crash loses none. */
  readonly destination?: DestinationStream;
}

/** One JSON object per line. */
export class PinoLogger extends Logger {
  readonly #pino: Pino;

  private constructor(inner: Pino) {
    super();
    this.#pino = inner;
  }

  static create(options: PinoLoggerOptions): PinoLogger {
    return new PinoLogger(
      pino(
        {
          level: options.level,
          base: { service: options.service, pid: process.pid },
          messageKey: 'message',
          timestamp: () => `,"time":"${isoTime(options.clock.now())}"`,
          formatters: { level: (level) => ({ level }) },
        },
        options.destination ?? pino.destination({ dest: 2, sync: true }),
      ),
    );
  }

  debug(message: string, fields: LogFields = {}): void {
    // The fields are walked only when the line is written.
    if (this.#pino.isLevelEnabled('debug')) this.#pino.debug(around(fields), message);
  }

  info(message: string, fields: LogFields = {}): void {
    if (this.#pino.isLevelEnabled('info')) this.#pino.info(around(fields), message);
  }

  warn(message: string, fields: LogFields = {}): void {
    if (this.#pino.isLevelEnabled('warn')) this.#pino.warn(around(fields), message);
  }

  error(message: string, fields: LogFields = {}): void {
    this.#pino.error(around(fields), message);
  }

  alarm(code: string, fields: LogFields = {}): void {
    this.#pino.error({ ...around(fields), alarm: code }, `alarm: ${code}`);
  }

  child(fields: LogFields): PinoLogger {
    return new PinoLogger(this.#pino.child(safeFields(fields)));
  }
}

/** What the line itself says counts for more than what is said around it. */
function around(fields: LogFields): Record<string, unknown> {
  return safeFields({ ...currentLogFields(), ...fields });
}
