import { PartitionLane } from './partition-lane.js';

/** A partition that a consumer owns: its lane, and what is under way for it. */
export class OpenPartition {
  readonly lane: PartitionLane;
  /** Cancels the pauses of held keys. */
  readonly pauses = new Set<() => void>();
  readonly #drained = Promise.withResolvers<undefined>();
  committed: bigint;
  /** False when the tail was read and no bell has rung since. */
  mayHaveMore = true;
  /** Messages asked for by the read that is under way; 0 when none is. */
  requested = 0;
  #draining = false;

  constructor(
    readonly partition: number,
    next: bigint,
  ) {
    this.lane = new PartitionLane(partition, next);
    this.committed = next;
  }

  get draining(): boolean {
    return this.#draining;
  }

  /** Resolves when nothing of it is in the handler or being read. */
  drain(): Promise<unknown> {
    this.#draining = true;
    for (const cancel of this.pauses) cancel();
    this.pauses.clear();
    this.noteProgress();
    return this.#drained.promise;
  }

  /** To be called after every turn and every read. */
  noteProgress(): void {
    if (this.#draining && this.lane.inHandler === 0 && this.requested === 0) this.#drained.resolve(undefined);
  }
}
