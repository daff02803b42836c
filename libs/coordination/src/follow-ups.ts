import type { EpochMs } from '#platform/time/clock';

export interface FollowUp {
  /** What is to be looked at again; it has one time at most. */
  readonly key: string;
  readonly dueAt: EpochMs;
}

/**
 * Durable wake-ups. They carry no decision: what is done is decided anew when one is due, so that one too many is
 * harmless, and all of them can be made again from the log.
 */
export abstract class FollowUps {
  /** Sets the time of each key; what is given last holds, here and over what was there. All or none. */
  abstract schedule(items: readonly FollowUp[]): Promise<void>;

  /** Sets the time of the key unless it has an earlier one. */
  abstract bringForward(key: string, dueAt: EpochMs): Promise<void>;

  /** Those due at or before `now`, the earliest first (then by key), at most `limit`. They stay until settled. */
  abstract due(now: EpochMs, limit: number): Promise<readonly FollowUp[]>;

  /** Removes the follow-up if it is still at that time: one that was set meanwhile stays. */
  abstract settle(key: string, dueAt: EpochMs): Promise<void>;

  /** The earliest time of all; undefined when there is none. */
  abstract next(): Promise<EpochMs | undefined>;
}
