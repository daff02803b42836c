import { AsyncLocalStorage } from 'node:async_hooks';
import type { LogFields } from './logger.js';

const storage = new AsyncLocalStorage<LogFields>();

/**
 * Runs the work so that every line that is logged by it, however deep and however late, has these fields besides those
 * that it is given: what the work is about is said once, where it is known.
 */
export function withLogFields<T>(fields: LogFields, work: () => T): T {
  return storage.run({ ...storage.getStore(), ...fields }, work);
}

/** The fields of the work that is under way. */
export function currentLogFields(): LogFields {
  return storage.getStore() ?? NONE;
}

const NONE: LogFields = {};
