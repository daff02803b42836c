import type { ManualClock } from '../manual-clock.js';

/** Turns in which nothing waits for time, after which nothing is thought to happen any more. */
const IDLE_TURNS = 5;

/**
 * Everything that can go on goes on until it waits for time; then time moves to the next timer: until the condition
 * holds. With engines in memory this is the same in every run, and takes no time. False when `limitMs` of the clock
 * pass, or nothing waits for anything any more, before it holds. The condition is asked each turn and may set things
 * going itself, such as a start after a crash.
 */
export async function passTimeUntil(
  clock: ManualClock,
  condition: () => boolean | Promise<boolean>,
  limitMs: number,
): Promise<boolean> {
  const until = clock.now() + limitMs;
  for (let idle = 0; idle < IDLE_TURNS; idle += 1) {
    await turn();
    if (await condition()) return true;
    const pause = clock.untilNext;
    if (pause === undefined) continue;
    if (clock.now() + pause > until) return false;
    clock.advance(pause);
    idle = 0;
  }
  return false;
}

/** One turn of the event loop: every promise that can be settled by then is. */
export function turn(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve));
}
