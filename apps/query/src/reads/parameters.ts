import { isLogPosition } from '#domain/log-position';
import { invalidRequest } from '../problem/problems.js';

/** For `readQuery`. */
export const MIN_POSITION = {
  minPosition: {
    must: 'must be a position that this service gave',
    read: (text: string) => (isLogPosition(text) ? text : undefined),
  },
} as const;

/** An id in the address, read by the domain. Throws a `ProblemException` when it isn't of its form. */
export function readPathId<T extends string>(name: string, text: string, read: (text: string) => T): T {
  try {
    return read(text);
  } catch (error) {
    if (!(error instanceof RangeError)) throw error;
    throw invalidRequest([{ field: name, message: error.message }]);
  }
}
