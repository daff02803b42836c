import assert from 'node:assert/strict';
import { setTimeout as sleep } from 'node:timers/promises';

const PAUSE = 50;

/** Looks again and again; fails with what `complaint` says when it isn't so in time. */
export async function until(
  condition: () => Promise<boolean> | boolean,
  timeoutMs: number,
  complaint: () => string,
): Promise<void> {
  const end = performance.now() + timeoutMs;
  while (!(await condition())) {
    if (performance.now() > end) assert.fail(`not so after ${timeoutMs} ms: ${complaint()}`);
    await sleep(PAUSE);
  }
}
