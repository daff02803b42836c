import type { Clock } from '#platform/time/clock';
import { Leases, type LeaseState } from '../leases.js';

interface Entry {
  /** Undefined once it was released. */
  holder: string | undefined;
  fence: bigint;
  /** By the monotonic clock. */
  expiresAt: number;
}

/** Leases of one process: the embedded shape, where a folder's lock keeps other processes out, and tests. */
export class InMemoryLeases extends Leases {
  readonly #clock: Pick<Clock, 'monotonicMs'>;
  /** A lease that ran out or was released stays: its fence goes on from there. */
  readonly #entries = new Map<string, Entry>();

  constructor(clock: Pick<Clock, 'monotonicMs'>) {
    super();
    this.#clock = clock;
  }

  async take(name: string, holder: string, ttlMs: number): Promise<bigint | undefined> {
    const known = this.#entries.get(name);
    const running = known !== undefined && this.#runs(known);
    if (running && known.holder !== holder) return undefined;
    const fence = running ? known.fence : (known?.fence ?? 0n) + 1n;
    this.#entries.set(name, { holder, fence, expiresAt: this.#clock.monotonicMs() + ttlMs });
    return fence;
  }

  async renew(name: string, holder: string, fence: bigint, ttlMs: number): Promise<boolean> {
    const entry = this.#heldAs(name, holder, fence);
    if (entry === undefined || !this.#runs(entry)) return false;
    entry.expiresAt = this.#clock.monotonicMs() + ttlMs;
    return true;
  }

  async release(name: string, holder: string, fence: bigint): Promise<void> {
    const entry = this.#heldAs(name, holder, fence);
    if (entry !== undefined) entry.holder = undefined;
  }

  async list(): Promise<readonly LeaseState[]> {
    return Array.from(this.#entries, ([name, entry]) => ({ name, entry }))
      .filter(({ entry }) => this.#runs(entry))
      .sort((a, b) => (a.name < b.name ? -1 : 1))
      .map(({ name, entry: { holder = '', fence, expiresAt } }) => ({
        name,
        holder,
        fence,
        expiresInMs: expiresAt - this.#clock.monotonicMs(),
      }));
  }

  #heldAs(name: string, holder: string, fence: bigint): Entry | undefined {
    const entry = this.#entries.get(name);
    return entry?.holder === holder && entry.fence === fence ? entry : undefined;
  }

  #runs({ holder, expiresAt }: Entry): boolean {
    return holder !== undefined && expiresAt > this.#clock.monotonicMs();
  }
}
