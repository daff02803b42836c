const FIRST_PAUSE_MS = 100;
const LONGEST_PAUSE_MS = 10_000;

/** Milliseconds to wait after so many failures in a row (from 1): 100, 200, 400 … 10,000. */
export function retryPause(failures: number): number {
  return Math.min(FIRST_PAUSE_MS * 2 ** Math.min(failures - 1, 16), LONGEST_PAUSE_MS);
}
