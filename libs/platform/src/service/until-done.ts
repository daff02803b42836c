import type { Logger } from '../logging/logger.js';
import type { Clock } from '../time/clock.js';

const FIRST_PAUSE_MS = 200;
const LONGEST_PAUSE_MS = 5_000;

/** Does something that a start can't go on without, again and again until it is done: an engine may be down still. */
export async function untilDone<T>(
  what: string,
  { clock, logger }: { readonly clock: Clock; readonly logger: Logger },
  attempt: () => Promise<T>,
): Promise<T> {
  for (let pause = FIRST_PAUSE_MS; ; pause = Math.min(pause * 2, LONGEST_PAUSE_MS)) {
    try {
      return await attempt();
    } catch (error) {
      logger.warn('the start waits', { for: what, error });
      await clock.sleep(pause);
    }
  }
}
