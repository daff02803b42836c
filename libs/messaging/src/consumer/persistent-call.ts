import type { Clock } from '#platform/time/clock';
import { retryPause } from './retry-pause.js';

const ATTEMPTS = 5;

/**
 * Makes a call to the log again when it fails, after growing pauses (1.5 s in all), and then gives up with its error.
 * Calls of `PartitionLog` may be repeated. An aborted signal skips the pauses.
 */
export async function persistentCall<T>(
  clock: Clock,
  signal: AbortSignal,
  call: () => Promise<T>,
): Promise<T> {
  for (let failures = 1; ; failures += 1) {
    try {
      return await call();
    } catch (error) {
      if (failures >= ATTEMPTS) throw error;
      await clock.sleep(retryPause(failures), signal);
    }
  }
}
