import type { EpochMs } from '#platform/time/clock';

/** A message as it came. */
export interface HeldMessage {
  readonly topic: string;
  readonly key: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly value: Uint8Array;
  /** Its place in the topic: with the topic it tells one message from another. */
  readonly offset: string;
}

export interface Hold {
  readonly key: string;
  /** Messages that wait, from 1. */
  readonly count: number;
  /** When the first failure came. */
  readonly since: EpochMs;
  /** Why the first message that waits failed, in words that hold no personal data. */
  readonly reason: string;
  /** An operator wants it tried again, and it hasn't failed since. */
  readonly retryRequested: boolean;
}

export interface HeldForRetry {
  readonly key: string;
  readonly id: number;
  readonly message: HeldMessage;
}

/**
 * Messages that wait behind a failure of our own, per key (a payout), durably, until an operator has them tried again
 * or skips them. Messages of other keys aren't touched by it. A message that the bus delivers again while it is held is
 * recognised by its topic and offset and held once.
 */
export abstract class HeldMessages {
  /** Holds the key, if it isn't yet, and puts the message behind those that wait. A key that is held keeps its reason. */
  abstract hold(key: string, message: HeldMessage, reason: string): Promise<void>;

  /** In one step: when the key is held, the message is put behind those that wait, and the answer is true. */
  abstract holdIfHeld(key: string, message: HeldMessage): Promise<boolean>;

  /** Every key that is held, the longest held first. */
  abstract list(): Promise<readonly Hold[]>;

  /** False when the key isn't held. */
  abstract requestRetry(key: string): Promise<boolean>;

  /**
   * Takes the first message that waits out for good and returns it; undefined when the key isn't held. The ones behind
   * it stay held; with the last one the hold is gone.
   */
  abstract skipFirst(key: string): Promise<HeldMessage | undefined>;

  /** The first message of the longest held key whose retry was requested. It stays until `done`. */
  abstract nextToRetry(): Promise<HeldForRetry | undefined>;

  /** Removes that message; in the same step the key's hold, when none is left. */
  abstract done(key: string, id: number): Promise<void>;

  /** The retry failed: the key waits, for this reason, until the next request. */
  abstract failAgain(key: string, reason: string): Promise<void>;
}
