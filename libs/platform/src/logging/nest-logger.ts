import type { LoggerService } from '@nestjs/common';
import type { Logger, LogFields } from './logger.js';

/** Sends what Nest itself says to our log. Nest gives the name of the speaking class as the last argument. */
export class NestLogger implements LoggerService {
  readonly #logger: Logger;

  constructor(logger: Logger) {
    this.#logger = logger;
  }

  log(message: unknown, ...rest: readonly unknown[]): void {
    // What Nest calls «log» is its routine at the start.
    this.#logger.debug(textOf(message), fieldsOf(message, rest));
  }

  error(message: unknown, ...rest: readonly unknown[]): void {
    this.#logger.error(textOf(message), fieldsOf(message, rest));
  }

  warn(message: unknown, ...rest: readonly unknown[]): void {
    this.#logger.warn(textOf(message), fieldsOf(message, rest));
  }

  debug(message: unknown, ...rest: readonly unknown[]): void {
    this.#logger.debug(textOf(message), fieldsOf(message, rest));
  }

  verbose(message: unknown, ...rest: readonly unknown[]): void {
    this.#logger.debug(textOf(message), fieldsOf(message, rest));
  }

  fatal(message: unknown, ...rest: readonly unknown[]): void {
    this.#logger.error(textOf(message), fieldsOf(message, rest));
  }
}

function textOf(message: unknown): string {
  if (typeof message === 'string') return message;
  return message instanceof Error ? message.name : 'Nest';
}

function fieldsOf(message: unknown, rest: readonly unknown[]): LogFields {
  const context = typeof rest.at(-1) === 'string' ? rest.at(-1) : undefined;
  const more = context === undefined ? rest : rest.slice(0, -1);
  return {
    ...(context === undefined ? {} : { context }),
    ...(message instanceof Error ? { error: message } : typeof message === 'string' ? {} : { said: message }),
    ...(more.length === 0 ? {} : { more }),
  };
}
