import type { Clock } from '#platform/time/clock';

/** What a task knows of the lease that it runs under. */
export interface HeldLease {
  readonly name: string;
  readonly fence: bigint;
  /** Aborted when the lease is lost or the keeper is stopped: end soon. */
  readonly lost: AbortSignal;
  /**
   * Whether the lease is held at this very moment, by the monotonic clock: a process that was paused gets false before
   * any of its timers has fired. Once false, it stays false. To be asked right before each effect.
   */
  held(): boolean;
}

/** Why a term ended; the reason of `HeldLease.lost`. */
export class LeaseEndedError extends Error {
  override readonly name = 'LeaseEndedError';
}

/**
 * One holder's time under one fence. It lasts `ttlMs` from before the request that was last granted: the store counts
 * from when it got the request, so that the term here is over before it is over there.
 */
export class LeaseTerm implements HeldLease {
  readonly #clock: Clock;
  readonly #ttlMs: number;
  readonly #abort = new AbortController();
  readonly #over = Promise.withResolvers<undefined>();
  #until: number;
  #ended: string | undefined;
  #cancelTimer: () => void = () => undefined;

  constructor(
    readonly name: string,
    readonly fence: bigint,
    grant: { readonly clock: Clock; readonly ttlMs: number; readonly askedAt: number },
  ) {
    this.#clock = grant.clock;
    this.#ttlMs = grant.ttlMs;
    this.#until = grant.askedAt + grant.ttlMs;
    this.#arm();
  }

  get lost(): AbortSignal {
    return this.#abort.signal;
  }

  /** Resolves when the lease is held no more. A stop alone doesn't end it. */
  get over(): Promise<undefined> {
    return this.#over.promise;
  }

  /** Why it is held no more. */
  get ended(): string | undefined {
    return this.#ended;
  }

  held(): boolean {
    if (this.#ended === undefined && this.#clock.monotonicMs() >= this.#until) {
      this.end('its time has passed without a renewal');
    }
    return this.#ended === undefined;
  }

  /** A renewal that was asked for at `askedAt` was granted. It can't bring back what has ended. */
  prolong(askedAt: number): void {
    if (!this.held()) return;
    this.#until = Math.max(this.#until, askedAt + this.#ttlMs);
    this.#arm();
  }

  /** The task is to end; until it has, the lease stays held. */
  askToEnd(why: string): void {
    this.#abort.abort(new LeaseEndedError(`lease ${this.name}: ${why}`));
  }

  end(why: string): void {
    if (this.#ended !== undefined) return;
    this.#ended = why;
    this.#cancelTimer();
    this.#over.resolve(undefined);
    this.askToEnd(why);
  }

  /** The task has ended, and nobody asks any more. */
  close(): void {
    this.#cancelTimer();
  }

  #arm(): void {
    this.#cancelTimer();
    const left = Math.max(0, this.#until - this.#clock.monotonicMs());
    this.#cancelTimer = this.#clock.after(left, () => {
      // A timer may fire a little early by this clock.
      if (this.held()) this.#arm();
    });
  }
}
