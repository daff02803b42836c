import type { Clock } from '#platform/time/clock';
import type { OpenPartition } from './open-partition.js';

/** Offsets are committed together, this long after the first of them could be: many messages share one flush. */
const COMMIT_AFTER_MS = 5;

/** Writes how far each partition of one consumer is finished: batched, one write at a time. */
export class OffsetCommitter {
  #last: Promise<void> = Promise.resolve();
  #cancelTimer: (() => void) | undefined;
  #failed = false;

  /** `write` is repeated by itself; when it rejects after all, `fail` hears of it and nothing more is committed. */
  constructor(
    private readonly clock: Clock,
    private readonly write: (next: ReadonlyMap<number, bigint>) => Promise<void>,
    private readonly fail: (cause: unknown) => void,
  ) {}

  /** Something of these partitions was finished: commits them soon. `open` is asked then, not now. */
  soon(open: () => Iterable<OpenPartition>): void {
    if (this.#cancelTimer !== undefined || this.#failed) return;
    this.#cancelTimer = this.clock.after(COMMIT_AFTER_MS, () => {
      this.#cancelTimer = undefined;
      void this.now(open());
    });
  }

  /** Resolves when everything that is finished in them now is committed, or can't be. Never rejects. */
  now(open: Iterable<OpenPartition>): Promise<void> {
    const partitions = [...open];
    this.#last = this.#last.then(() => this.#commit(partitions));
    return this.#last;
  }

  /** Nothing is committed from now on. */
  abandon(): void {
    this.#failed = true;
    this.#cancelTimer?.();
  }

  async #commit(open: readonly OpenPartition[]): Promise<void> {
    if (this.#failed) return;
    const behind = open
      .map((partition) => ({ partition, next: partition.lane.committable }))
      .filter(({ partition, next }) => next > partition.committed);
    if (behind.length === 0) return;
    try {
      await this.write(new Map(behind.map(({ partition, next }) => [partition.partition, next])));
      for (const { partition, next } of behind) partition.committed = next;
    } catch (error) {
      this.abandon();
      this.fail(error);
    }
  }
}
