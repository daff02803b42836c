import type { Logger } from '#platform/logging/logger';
import type { ConsumerObserver } from './consumer-observer.js';

/** Tells operators of messages that wait or were given up. */
export function loggingObserver(logger: Logger): ConsumerObserver {
  return {
    retrying: (incident) =>
      logger.warn('message has to wait', { ...incident, offset: incident.offset.toString() }),
    parked: (incident) => logger.alarm('message-parked', { ...incident, offset: incident.offset.toString() }),
  };
}
