import { comparePositions, type LogPosition } from '#domain/log-position';
import type { Clock } from '#platform/time/clock';
import type { Bell } from '../bell.js';

/** What the watch needs of the server. */
export interface Tail {
  /** Position of the log's last event, of whatever kind; rejects when the server doesn't answer. */
  newest(): Promise<LogPosition | undefined>;
  /** Listens for new events until `stop` is called. `onEnd` is called once when it has ended, for whatever reason. */
  listen(listener: TailListener): { stop(): void };
}

export interface TailListener {
  onLive(): void;
  onEvent(position: LogPosition | undefined): void;
  onEnd(): void;
}

export interface TailWatchOptions {
  readonly tail: Tail;
  readonly clock: Clock;
  readonly bell: Bell;
  readonly succeeded: () => void;
  readonly failed: (error: unknown) => void;
  /** Between two looks while events come often, or the live subscription is down. */
  readonly busyPauseMs?: number;
  /** Between two looks when a live subscription would tell, or nobody waits: it bounds the delay if that is silent. */
  readonly idlePauseMs?: number;
}

const BUSY_PAUSE_MS = 20;
const IDLE_PAUSE_MS = 1_000;
const FIRST_PAUSE_AFTER_FAILURE_MS = 50;
/** No new event for this long: a live subscription is worth more than looking. */
const QUIET_MS = 500;
/** More events than this within a second: they are read in pages anyway, and each would come twice. */
const TOO_MANY_A_SECOND = 200;

type Listening = 'no' | 'starting' | 'live';

/**
 * Rings the bell when the log has grown, by whomever. While the log is quiet a live subscription tells at once and costs
 * nothing; while it is busy, or a burst has had the subscription dropped, the log's end is looked at every few
 * milliseconds. Neither delivers events: what rings twice, late or not at all is harmless, since the next look rings.
 */
export class TailWatch {
  readonly #options: TailWatchOptions;
  readonly #busyPauseMs: number;
  readonly #idlePauseMs: number;
  #newest: LogPosition | undefined;
  #readers = 0;
  #listening: Listening = 'no';
  #stopListening: () => void = () => undefined;
  #secondBegan = 0;
  #eventsThisSecond = 0;
  #changedAt = -Infinity;
  #wake: () => void = () => undefined;

  constructor(options: TailWatchOptions) {
    this.#options = options;
    this.#busyPauseMs = options.busyPauseMs ?? BUSY_PAUSE_MS;
    this.#idlePauseMs = options.idlePauseMs ?? IDLE_PAUSE_MS;
  }

  /** Somebody follows the log from now on; the returned function ends that. */
  join(): () => void {
    this.#readers += 1;
    if (this.#readers === 1) this.#wake();
    let joined = true;
    return () => {
      if (joined) this.#readers -= 1;
      joined = false;
    };
  }

  /** The log is known to reach this far. */
  saw(position: LogPosition | undefined): void {
    if (position === undefined) return;
    if (this.#newest !== undefined && comparePositions(position, this.#newest) <= 0) return;
    this.#newest = position;
    this.#changedAt = this.#options.clock.monotonicMs();
    this.#options.bell.ring();
  }

  /** Looks until `signal` is aborted. */
  async run(signal: AbortSignal): Promise<void> {
    const { tail, succeeded, failed } = this.#options;
    signal.addEventListener('abort', () => this.#wake(), { once: true });
    let failures = 0;
    while (!signal.aborted) {
      try {
        this.saw(await tail.newest());
        failures = 0;
        succeeded();
        this.#chooseHow();
      } catch (error) {
        // Given up because the store closes: that says nothing of the server.
        if (isAborted(signal)) break;
        failures += 1;
        failed(error);
        this.#stopListening();
      }
      if (!isAborted(signal)) await this.#sleep(this.#pause(failures));
    }
    this.#stopListening();
  }

  #pause(failures: number): number {
    if (failures > 0) {
      return Math.min(FIRST_PAUSE_AFTER_FAILURE_MS * 2 ** (failures - 1), this.#idlePauseMs);
    }
    return this.#readers === 0 || this.#listening === 'live' ? this.#idlePauseMs : this.#busyPauseMs;
  }

  async #sleep(ms: number): Promise<void> {
    const woken = new AbortController();
    this.#wake = () => woken.abort();
    await this.#options.clock.sleep(ms, woken.signal);
    this.#wake = () => undefined;
  }

  #chooseHow(): void {
    const quiet = this.#options.clock.monotonicMs() - this.#changedAt >= QUIET_MS;
    if (this.#readers === 0) this.#stopListening();
    else if (quiet && this.#listening === 'no') this.#listen();
  }

  #listen(): void {
    this.#listening = 'starting';
    this.#eventsThisSecond = 0;
    let current = true;
    const ended = (): void => {
      if (!current) return;
      current = false;
      this.#listening = 'no';
      this.#stopListening = () => undefined;
      // Nobody would tell any more: the pause that was meant for a live subscription is over.
      this.#wake();
    };
    const subscription = this.#options.tail.listen({
      onLive: () => {
        if (!current) return;
        this.#listening = 'live';
        // What came between the last look and now: looked at once more.
        this.#wake();
      },
      onEvent: (position) => {
        if (!current) return;
        this.saw(position);
        if (this.#isTooMany()) this.#stopListening();
      },
      onEnd: ended,
    });
    this.#stopListening = () => {
      ended();
      subscription.stop();
    };
  }

  #isTooMany(): boolean {
    const now = this.#options.clock.monotonicMs();
    if (now - this.#secondBegan > 1_000) {
      this.#secondBegan = now;
      this.#eventsThisSecond = 0;
    }
    this.#eventsThisSecond += 1;
    return this.#eventsThisSecond > TOO_MANY_A_SECOND;
  }
}

/** Asked anew each time: what was read before an `await` may have changed since. */
function isAborted(signal: AbortSignal): boolean {
  return signal.aborted;
}
