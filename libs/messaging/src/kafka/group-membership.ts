import type { Clock } from '#platform/time/clock';
import type { ConsumerOptions } from '../message-bus.js';
import { retryPause } from '../consumer/retry-pause.js';
import type { BusyPartitions } from './busy-partitions.js';
import type { ClusterLink } from './cluster-link.js';
import { commitOffsets, committedOffsets, partitionRanges, type GroupMemberId } from './group-offsets.js';
import { GroupCoordinator } from './group-coordinator.js';
import { errorType, isCoordinatorMoving } from './problem-of.js';

/** The broker doesn't know this member any more: its partitions are others', and its commits are refused. */
const FENCED: ReadonlySet<string | undefined> = new Set([
  'UNKNOWN_MEMBER_ID',
  'ILLEGAL_GENERATION',
  'FENCED_INSTANCE_ID',
]);
/** Heartbeats are how members hear of a rebalance: seldom enough to cost nothing, often enough to be quick. */
const LONGEST_HEARTBEAT_MS = 1_000;
const PATIENT_FAILURES = 6;
const LONGEST_PAUSE_MS = 2_000;
/** How often a partition that can't be read is looked at again, and whether partitions were added. */
const LOOK_AGAIN_MS = 5_000;
/** For how long a member that leaves tries to commit what it has finished, while the broker is away. */
const LEAVE_WITHIN_MS = 4_000;

/** Who works on the partitions. */
export interface PartitionHolder {
  open(partition: number, next: bigint): void;
  /** Hands out nothing more of it, finishes what is in the handler, commits. Never rejects. */
  drain(partition: number): Promise<void>;
  /** The partition is lost: hands out nothing more of it and commits nothing. Resolves when no handler has one of its messages. */
  abandon(partition: number): Promise<void>;
  /** The broker was heard of again: what was held back may be handed out. */
  inTouch(): void;
}

export interface MembershipOptions {
  /** Full names. */
  readonly group: string;
  readonly topic: string;
  readonly from: ConsumerOptions['from'];
  readonly sessionMs: number;
}

export interface MembershipParts {
  /** For joining and heartbeats: a call that waits for the other members holds up the connection. */
  readonly link: ClusterLink;
  readonly offsets: ClusterLink;
  readonly clock: Clock;
  readonly holder: PartitionHolder;
  readonly busy: BusyPartitions;
  /** Something is wrong with this part, or well again. */
  readonly report: (part: string, problem: unknown) => void;
  /** Messages of the partition were deleted before the group has handled them. */
  readonly gap: (
    partition: number,
    next: bigint,
    range: { readonly low: bigint; readonly high: bigint },
  ) => unknown;
}

interface Owned {
  committed: bigint;
  draining: boolean;
}

/**
 * One consumer's place in its Kafka group, by the classic protocol with cooperative rebalances: see
 * `share-partitions.ts`. It never gives up: while the broker is away it tries again, and when it has lost its place it
 * joins anew.
 */
export class GroupMembership {
  readonly #coordinator: GroupCoordinator;
  readonly #owned = new Map<number, Owned>();
  readonly #unreadable = new Map<number, number>();
  readonly #abandoned = new Set<Promise<void>>();
  #assigned: readonly number[] = [];
  #memberId = '';
  #member: GroupMemberId | undefined;
  #partitions = 0;
  #joining = false;
  #rejoin = false;
  #leavingSince: number | undefined;
  /** Monotonic time of the last request that the coordinator answered well. */
  #contactAt = -Infinity;
  #lookedAt = 0;
  #wake: () => void = () => undefined;
  #awake = false;
  #run: Promise<void> | undefined;

  constructor(
    private readonly options: MembershipOptions,
    private readonly parts: MembershipParts,
  ) {
    const { group, topic, sessionMs } = options;
    this.#coordinator = new GroupCoordinator(parts.link, parts.clock, group, topic, sessionMs);
  }

  start(): void {
    this.#run ??= this.#live();
  }

  /** Gives up all partitions in order, and the place in the group. Never rejects. */
  async leave(): Promise<void> {
    this.#leavingSince ??= this.parts.clock.monotonicMs();
    this.#wakeUp();
    const cancel = this.#endSilence();
    await this.#run;
    cancel();
    await Promise.all(this.#abandoned);
  }

  /** Requests that wait for a silent broker, or for other members, don't hold up the leaving. */
  #endSilence(): () => void {
    const { clock, link } = this.parts;
    let cancel = (): void => undefined;
    const look = (): void => {
      if (clock.monotonicMs() - this.#contactAt > LEAVE_WITHIN_MS) link.interrupt();
      cancel = clock.after(LEAVE_WITHIN_MS, look);
    };
    cancel = clock.after(LEAVE_WITHIN_MS, look);
    return () => cancel();
  }

  /**
   * Whether the session holds by this process' own clock. A process that was stopped for longer sees at once that it
   * may have lost its partitions, before it has heard of it.
   */
  get inTouch(): boolean {
    return this.parts.clock.monotonicMs() - this.#contactAt < this.options.sessionMs;
  }

  /** The group's next offset in each partition of ours. */
  allCommitted(): Iterable<readonly [number, bigint]> {
    return Array.from(this.#owned, ([partition, { committed }]) => [partition, committed] as const);
  }

  /** Resolves when these offsets are recorded, or when the partitions aren't ours any more. Never rejects. */
  async commit(next: ReadonlyMap<number, bigint>): Promise<void> {
    const { clock, offsets, report } = this.parts;
    const { group, topic } = this.options;
    for (let failures = 1; ; failures += 1) {
      const ours = new Map(
        [...next].filter(([partition, offset]) => offset > (this.#owned.get(partition)?.committed ?? offset)),
      );
      const member = this.#member;
      if (ours.size === 0 || member === undefined) {
        report('offsets', undefined);
        return;
      }
      try {
        await commitOffsets(offsets, group, member, topic, ours);
        for (const [partition, offset] of ours) this.#noteCommitted(partition, offset);
        report('offsets', undefined);
        return;
      } catch (error) {
        const type = errorType(error);
        // While joining, the group may be a generation ahead of what we know: then the next attempt tells.
        if (FENCED.has(type) && !this.#joining && this.#member === member) this.#lose();
        else if (!FENCED.has(type) && type !== 'REBALANCE_IN_PROGRESS') {
          if (!isCoordinatorMoving(error) || failures > PATIENT_FAILURES) report('offsets', error);
        }
      }
      await clock.sleep(Math.min(retryPause(failures), 500));
    }
  }

  /** The partition can't be read on from here: it is opened anew as soon as it can. */
  reopen(partition: number): void {
    if (!this.#owned.has(partition)) return;
    this.#abandon(partition);
    this.#wakeUp();
  }

  async #live(): Promise<void> {
    const { clock, report } = this.parts;
    let failures = 0;
    while (!this.#isOver()) {
      try {
        if (this.#member === undefined || this.#rejoin) await this.#join();
        else await this.#beat();
        await this.#settle();
        failures = 0;
        report('group', undefined);
      } catch (error) {
        const type = errorType(error);
        if (FENCED.has(type)) {
          this.#lose();
        } else if (type === 'REBALANCE_IN_PROGRESS') {
          this.#rejoin = true;
        } else {
          failures += 1;
          // The coordinator starts or moves within moments; what lasts is told.
          if (!isCoordinatorMoving(error) || failures > PATIENT_FAILURES) report('group', error);
          await clock.sleep(Math.min(retryPause(failures), LONGEST_PAUSE_MS));
        }
      }
    }
    await this.#leaveGroup();
    report('group', undefined);
    report('offsets', undefined);
  }

  #isOver(): boolean {
    if (this.#leavingSince === undefined) return false;
    const now = this.parts.clock.monotonicMs();
    const silent = now - Math.max(this.#contactAt, this.#leavingSince) > LEAVE_WITHIN_MS;
    if (silent) this.#lose();
    return this.#owned.size === 0;
  }

  async #join(): Promise<void> {
    const claim = {
      owned: [...this.#owned.keys()],
      generation: this.#member?.generation ?? -1,
      leaving: this.#leavingSince !== undefined,
    };
    this.#rejoin = false;
    this.#joining = true;
    try {
      const place = await this.#coordinator.join(this.#memberId, claim, (memberId) => {
        this.#memberId = memberId;
      });
      this.#member = place.member;
      this.#assigned = place.assigned;
      this.#partitions = place.partitions;
      this.#joining = false;
      this.#noteContact(place.since);
    } catch (error) {
      // The group may be a generation ahead already: there is no way back to the old one.
      this.#rejoin = true;
      throw error;
    }
  }

  /** Waits until the next heartbeat is due, or something else is to be done, and sends it. */
  async #beat(): Promise<void> {
    const { clock } = this.parts;
    const every = Math.min(this.options.sessionMs / 3, LONGEST_HEARTBEAT_MS);
    await this.#sleep(this.#contactAt + every - clock.monotonicMs());
    const member = this.#member;
    if (member === undefined || this.#rejoin) return;
    const sentAt = clock.monotonicMs();
    if (sentAt - this.#contactAt < every) return;
    try {
      await this.#coordinator.heartbeat(member);
    } catch (error) {
      if (errorType(error) !== 'REBALANCE_IN_PROGRESS') throw error;
      this.#rejoin = true;
    }
    this.#noteContact(sentAt);
    if (sentAt - this.#lookedAt < LOOK_AGAIN_MS) return;
    this.#lookedAt = sentAt;
    if ((await this.#coordinator.partitions()) > this.#partitions) this.#rejoin = true;
  }

  /** Makes what is worked on agree with what the group has given. */
  async #settle(): Promise<void> {
    const leaving = this.#leavingSince !== undefined;
    for (const [partition, owned] of this.#owned) {
      if (!owned.draining && (leaving || !this.#assigned.includes(partition))) this.#giveUp(partition, owned);
    }
    if (leaving || this.#member === undefined) return;
    const now = this.parts.clock.monotonicMs();
    const wanted = this.#assigned.filter(
      (partition) =>
        !this.#owned.has(partition) &&
        !this.parts.busy.has(this.options.group, partition) &&
        now >= (this.#unreadable.get(partition) ?? 0),
    );
    if (wanted.length > 0) await this.#open(wanted);
  }

  #giveUp(partition: number, owned: Owned): void {
    owned.draining = true;
    void this.parts.holder.drain(partition).then(() => {
      if (this.#owned.get(partition) !== owned) return;
      this.#owned.delete(partition);
      // Others wait for it: they get it when this member joins without it.
      this.#rejoin = true;
      this.#wakeUp();
    });
  }

  async #open(partitions: readonly number[]): Promise<void> {
    const { link, offsets, holder, gap, report } = this.parts;
    const { group, topic, from } = this.options;
    const member = this.#member;
    if (member === undefined) return;
    const recorded = await committedOffsets(offsets, group, topic, partitions);
    const ranges = await link.call('read the ends', (cluster) => partitionRanges(cluster, topic, partitions));
    const starts = new Map<number, bigint>();
    for (const [partition, range] of ranges) {
      starts.set(partition, recorded.get(partition) ?? (from === 'earliest' ? range.low : range.high));
    }
    const fresh = new Map([...starts].filter(([partition]) => !recorded.has(partition)));
    // So that the group is known to have begun here, though it may never handle a message.
    if (fresh.size > 0) await commitOffsets(offsets, group, member, topic, fresh);
    if (this.#member !== member) return;
    for (const [partition, next] of starts) {
      const range = ranges.get(partition) ?? { low: next, high: next };
      if (next < range.low || next > range.high) {
        this.#unreadable.set(partition, this.parts.clock.monotonicMs() + LOOK_AGAIN_MS);
        report(`partition ${partition}`, gap(partition, next, range));
        continue;
      }
      this.#unreadable.delete(partition);
      report(`partition ${partition}`, undefined);
      this.#owned.set(partition, { committed: next, draining: false });
      holder.open(partition, next);
    }
  }

  /** This member's place is gone, with all its partitions. Handlers under way end by themselves; nothing is committed. */
  #lose(): void {
    for (const partition of [...this.#owned.keys()]) this.#abandon(partition);
    for (const partition of this.#unreadable.keys()) this.parts.report(`partition ${partition}`, undefined);
    this.#unreadable.clear();
    this.#assigned = [];
    this.#member = undefined;
    this.#memberId = '';
    this.#joining = false;
    this.#wakeUp();
  }

  #abandon(partition: number): void {
    this.#owned.delete(partition);
    const ended = this.parts.holder.abandon(partition);
    // A key is never in two handlers of this process: whoever gets the partition next waits for ours.
    this.parts.busy.add(this.options.group, partition, ended);
    this.#abandoned.add(ended);
    void ended.then(() => {
      this.#abandoned.delete(ended);
      this.#wakeUp();
    });
  }

  async #leaveGroup(): Promise<void> {
    if (this.#memberId !== '') await this.#coordinator.leave(this.#memberId, LEAVE_WITHIN_MS / 2);
    this.#member = undefined;
  }

  #noteContact(sentAt: number): void {
    const wasInTouch = this.inTouch;
    this.#contactAt = sentAt;
    if (!wasInTouch) this.parts.holder.inTouch();
  }

  #noteCommitted(partition: number, offset: bigint): void {
    const owned = this.#owned.get(partition);
    if (owned !== undefined && owned.committed < offset) owned.committed = offset;
  }

  #wakeUp(): void {
    this.#awake = true;
    this.#wake();
  }

  async #sleep(ms: number): Promise<void> {
    if (ms <= 0) return;
    const interrupt = new AbortController();
    this.#wake = () => interrupt.abort();
    if (this.#awake) interrupt.abort();
    await this.parts.clock.sleep(ms, interrupt.signal);
    this.#awake = false;
  }
}
