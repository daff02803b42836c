import { Logger, type LogFields } from '../logging/logger.js';
import type { Counter, Metrics } from './metrics.js';

/** The same log, with its alarms counted by their codes. */
export function countedAlarms(logger: Logger, metrics: Metrics): Logger {
  const alarms = metrics.counter({
    name: 'payout_alarms_total',
    help: 'Alarms, by their code',
    labels: ['alarm'],
  });
  return new CountingLogger(logger, alarms);
}

class CountingLogger extends Logger {
  constructor(
    private readonly inner: Logger,
    private readonly alarms: Counter<'alarm'>,
  ) {
    super();
  }

  debug(message: string, fields?: LogFields): void {
    this.inner.debug(message, fields);
  }

  info(message: string, fields?: LogFields): void {
    this.inner.info(message, fields);
  }

  warn(message: string, fields?: LogFields): void {
    this.inner.warn(message, fields);
  }

  error(message: string, fields?: LogFields): void {
    this.inner.error(message, fields);
  }

  alarm(code: string, fields?: LogFields): void {
    this.alarms.add({ alarm: code });
    this.inner.alarm(code, fields);
  }

  child(fields: LogFields): Logger {
    return new CountingLogger(this.inner.child(fields), this.alarms);
  }
}
