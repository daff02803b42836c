import type { PartitionLog } from './partition-log.js';

/** A consumer, as its group sees it. */
export interface GroupMember {
  /** From now on the partition is this member's; `next` is the group's offset in it. */
  open(partition: number, next: bigint): void;
  /** Hands out nothing more of it, finishes what is in the handler, commits. Never rejects. */
  drain(partition: number): Promise<void>;
  /** The member can't go on: it must leave the group. */
  fail(cause: unknown): void;
}

/**
 * The members of one group on one topic in this process. Each partition belongs to one of them; when members come or
 * go, a partition is handed over only after its owner has drained it, so that a key is never in two handlers.
 */
export class ConsumerGroup {
  readonly #owners = new Map<number, GroupMember>();
  readonly #moves = new Map<number, Promise<void>>();
  #members: readonly GroupMember[] = [];

  /** `join` reads the group's next offsets, by partition; it makes its own repetitions. */
  constructor(
    private readonly partitions: PartitionLog['partitions'],
    private readonly join: () => Promise<readonly bigint[]>,
  ) {}

  add(member: GroupMember): void {
    this.#members = [...this.#members, member];
    this.#settleAll();
  }

  /** Resolves when the member owns no partition any more. Never rejects. */
  async remove(member: GroupMember): Promise<void> {
    this.#members = this.#members.filter((other) => other !== member);
    this.#settleAll();
    const owned = [...this.#owners].filter(([, owner]) => owner === member);
    await Promise.all(owned.map(([partition]) => this.#moves.get(partition) ?? Promise.resolve()));
  }

  #settleAll(): void {
    for (let partition = 0; partition < this.partitions; partition += 1) {
      if (this.#moves.has(partition) || this.#owners.get(partition) === this.#target(partition)) continue;
      this.#moves.set(partition, this.#move(partition));
    }
  }

  #target(partition: number): GroupMember | undefined {
    return this.#members[partition % Math.max(this.#members.length, 1)];
  }

  /** It is called only where owner and target differ, so it always waits before it ends and takes itself off the list. */
  async #move(partition: number): Promise<void> {
    for (;;) {
      const owner = this.#owners.get(partition);
      const target = this.#target(partition);
      if (owner === target) break;
      if (owner !== undefined) {
        await owner.drain(partition);
        this.#owners.delete(partition);
      } else if (target !== undefined) {
        await this.#hand(partition, target);
      }
    }
    this.#moves.delete(partition);
  }

  async #hand(partition: number, target: GroupMember): Promise<void> {
    let next: bigint | undefined;
    try {
      next = (await this.join())[partition];
      if (next === undefined) throw new Error(`the log has no partition ${partition}`);
    } catch (error) {
      target.fail(error);
      return;
    }
    if (this.#target(partition) !== target) return;
    this.#owners.set(partition, target);
    target.open(partition, next);
  }
}
