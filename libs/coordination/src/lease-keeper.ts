import type { Logger } from '#platform/logging/logger';
import type { Clock } from '#platform/time/clock';
import { LeaseTerm, type HeldLease } from './lease-term.js';
import type { Leases } from './leases.js';

export type { HeldLease } from './lease-term.js';

export interface LeaseKeeperParts {
  readonly leases: Leases;
  readonly clock: Clock;
  readonly logger: Logger;
  readonly name: string;
  /** From `leaseHolder`: two runs of the program never have the same. */
  readonly holder: string;
  /** How long the lease outlives a holder that has died: another one takes over at most 4/3 of it later. */
  readonly ttlMs: number;
  /**
   * Runs while the lease is held, and ends soon after `lost`. When it ends or rejects by itself, the lease is released,
   * so that another copy may try, and taken again after a pause.
   */
  readonly task: (lease: HeldLease) => Promise<void>;
}

export interface LeaseKeeperState {
  readonly name: string;
  /** Undefined while it isn't held here. */
  readonly fence: bigint | undefined;
  /** Why it isn't held here, or `held`; one line. */
  readonly detail: string;
}

/** It is renewed, or asked for, that often within its time. */
const REQUESTS_PER_TTL = 3;
/** A renewal that failed is repeated that often as well. */
const REPEATS_PER_PAUSE = 3;
const STORE_SILENT = 'the store of the leases does not answer';

/**
 * Keeps trying to take a lease, and runs a task while it is held: from one start to the stop, any number of times. The
 * next term never begins before the task of the last one has ended.
 */
export class LeaseKeeper {
  readonly #parts: LeaseKeeperParts;
  readonly #pauseMs: number;
  readonly #stopping = new AbortController();
  #running: Promise<void> | undefined;
  #term: LeaseTerm | undefined;
  #detail = 'not started';
  #unreachable = false;

  constructor(parts: LeaseKeeperParts) {
    this.#parts = parts;
    this.#pauseMs = parts.ttlMs / REQUESTS_PER_TTL;
  }

  start(): void {
    if (this.#stopping.signal.aborted) return;
    this.#running ??= this.#run();
  }

  /** The lease that is held now. */
  get current(): HeldLease | undefined {
    return this.#term?.held() === true ? this.#term : undefined;
  }

  state(): LeaseKeeperState {
    const fence = this.current?.fence;
    return { name: this.#parts.name, fence, detail: this.#unreachable ? STORE_SILENT : this.#detail };
  }

  /** Asks the task to end, keeps the lease until it has, releases it. Resolves then; never rejects. */
  async stop(): Promise<void> {
    this.#stopping.abort();
    this.#term?.askToEnd('this copy stops');
    await this.#running;
    this.#detail = 'stopped';
  }

  async #run(): Promise<void> {
    const { clock } = this.#parts;
    while (!this.#stopping.signal.aborted) {
      const term = await this.#take();
      if (term !== undefined) await this.#serve(term);
      // After a term as well: a task that fails at once, here or on the copy that is next, must not spin.
      if (term?.ended === undefined) await clock.sleep(this.#pauseMs, this.#stopping.signal);
    }
  }

  async #take(): Promise<LeaseTerm | undefined> {
    const { leases, name, holder, ttlMs, clock, logger } = this.#parts;
    const askedAt = clock.monotonicMs();
    let fence: bigint | undefined;
    try {
      fence = await leases.take(name, holder, ttlMs);
    } catch (error) {
      this.#storeFailed(error);
      return undefined;
    }
    this.#storeAnswered();
    if (fence === undefined) {
      this.#detail = 'another copy holds it';
      return undefined;
    }
    const term = new LeaseTerm(name, fence, { clock, ttlMs, askedAt });
    // The answer may have come after its time.
    if (!term.held()) return undefined;
    this.#detail = 'held';
    logger.info('lease taken', { lease: name, fence });
    return term;
  }

  async #serve(term: LeaseTerm): Promise<void> {
    const { leases, name, holder, logger, task } = this.#parts;
    this.#term = term;
    if (this.#stopping.signal.aborted) term.askToEnd('this copy stops');
    const finished = new AbortController();
    const renewing = this.#renewUntil(term, finished.signal);
    try {
      if (!term.lost.aborted) await task(term);
      if (!term.lost.aborted) logger.error('the task of a lease ended by itself', { lease: name });
    } catch (error) {
      if (!term.lost.aborted) logger.error('the task of a lease failed', { lease: name, error });
      else logger.debug('the task of a lease ended with an error', { lease: name, error });
    }
    finished.abort();
    await renewing;
    this.#term = undefined;
    term.close();
    const kept = term.held();
    this.#detail = kept ? 'its task ended' : (term.ended ?? '');
    if (!kept) {
      logger.warn('lease lost', { lease: name, fence: term.fence, reason: term.ended });
      return;
    }
    try {
      await leases.release(name, holder, term.fence);
      logger.info('lease released', { lease: name, fence: term.fence });
    } catch (error) {
      logger.warn('a lease could not be released and will run out', { lease: name, error });
    }
  }

  /** Resolves when the term is over or the task has finished. */
  async #renewUntil(term: LeaseTerm, finished: AbortSignal): Promise<void> {
    const { clock } = this.#parts;
    const over = new AbortController();
    void term.over.then(() => over.abort());
    const done = AbortSignal.any([finished, over.signal]);
    let pause = this.#pauseMs;
    for (;;) {
      await clock.sleep(pause, done);
      if (done.aborted || !term.held()) return;
      const answered = new AbortController();
      const answer = { granted: false };
      void this.#renew(term).then((granted) => {
        answer.granted = granted;
        answered.abort();
      });
      // Behind a request that hangs the next one is sent; a failed one is repeated sooner.
      await clock.sleep(this.#pauseMs, AbortSignal.any([done, answered.signal]));
      if (!answered.signal.aborted) pause = 0;
      else pause = answer.granted ? this.#pauseMs : this.#pauseMs / REPEATS_PER_PAUSE;
    }
  }

  async #renew(term: LeaseTerm): Promise<boolean> {
    const { leases, name, holder, ttlMs, clock } = this.#parts;
    const askedAt = clock.monotonicMs();
    try {
      const renewed = await leases.renew(name, holder, term.fence, ttlMs);
      this.#storeAnswered();
      if (renewed) term.prolong(askedAt);
      else term.end('it was lost to another copy, or ran out in the store');
      return renewed;
    } catch (error) {
      // Nobody knows; it is held until its time has passed.
      this.#storeFailed(error);
      return false;
    }
  }

  #storeFailed(error: unknown): void {
    if (this.#unreachable) return;
    this.#unreachable = true;
    this.#parts.logger.warn(STORE_SILENT, { lease: this.#parts.name, error });
  }

  #storeAnswered(): void {
    if (!this.#unreachable) return;
    this.#unreachable = false;
    this.#parts.logger.info('the store of the leases answers again', { lease: this.#parts.name });
  }
}
