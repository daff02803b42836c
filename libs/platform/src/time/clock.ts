/** Milliseconds since the Unix epoch, as a whole number. */
export type EpochMs = number;

/**
 * The only way to the time of day and to timers. Everything that waits takes an `AbortSignal`, so that a stop is
 * never held up by a timer and a simulation can drive time by hand.
 */
export abstract class Clock {
  /** The time of day. It is data: it decides no money (guarantee G43). */
  abstract now(): EpochMs;

  /** Milliseconds from an arbitrary start that never go backwards: for durations only. */
  abstract monotonicMs(): number;

  /** Resolves after `ms`, or at once when `signal` is aborted. It never rejects. */
  abstract sleep(ms: number, signal?: AbortSignal): Promise<void>;

  /** Runs `action` once after `ms`; the returned function cancels it. The timer keeps no process alive. */
  abstract after(ms: number, action: () => void): () => void;
}

/** RFC 3339 text in UTC with milliseconds, as it is stored and sent. */
export function isoTime(at: EpochMs): string {
  return new Date(at).toISOString();
}
