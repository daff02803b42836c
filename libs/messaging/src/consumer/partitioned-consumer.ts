import type { Clock } from '#platform/time/clock';
import type { Consumer, ConsumerOptions, HandlerDecision, ReceivedMessage } from '../message-bus.js';
import type { ConsumerObserver } from './consumer-observer.js';
import type { GroupMember } from './consumer-group.js';
import { OffsetCommitter } from './offset-committer.js';
import { OpenPartition } from './open-partition.js';
import { parkedMessage } from './parked-message.js';
import type { Turn } from './partition-lane.js';
import type { PartitionLog } from './partition-log.js';
import { persistentCall } from './persistent-call.js';
import { retryPause } from './retry-pause.js';

/** Messages in memory per message in the handler. */
const WINDOW_PER_HANDLER = 4;
/** What a partition may hold in memory even when the others have used up the window. */
const LEAST_PER_PARTITION = 4;
/** Offsets that one partition may have read and not finished: the memory behind keys that are held by a retry. */
const MAX_UNFINISHED = 10_000;

export interface ConsumerParts {
  readonly log: Pick<PartitionLog, 'read' | 'commit' | 'park'>;
  readonly clock: Clock;
  readonly observer: ConsumerObserver;
  /** Takes the consumer out of its group; resolves when it has drained all its partitions. */
  readonly leave: (member: GroupMember) => Promise<void>;
  /** While it is false nothing is handed out; `wake` must follow when it is true again. Absent: always true. */
  readonly mayHandOut?: () => boolean;
}

/**
 * One consumer: reads ahead within a window, hands out messages of different keys side by side and of one key in
 * order, and commits each partition up to its first unfinished message. What adapters share; see `PartitionLog`.
 */
export class PartitionedConsumer implements Consumer, GroupMember {
  readonly ended: Promise<undefined>;
  readonly #end = Promise.withResolvers<undefined>();
  readonly #stopping = new AbortController();
  readonly #open = new Map<number, OpenPartition>();
  readonly #committer: OffsetCommitter;
  #running = 0;
  #paused = false;
  #failed = false;
  /** The partition that is asked first for the next turn. */
  #cursor = 0;
  #stopped: Promise<void> | undefined;

  constructor(
    private readonly options: ConsumerOptions,
    private readonly parts: ConsumerParts,
  ) {
    this.ended = this.#end.promise;
    this.#committer = new OffsetCommitter(
      parts.clock,
      (next) => this.#persist(() => parts.log.commit(options.group, options.topic, next)),
      (cause) => this.fail(cause),
    );
  }

  pause(): void {
    this.#paused = true;
  }

  resume(): void {
    this.#paused = false;
    this.#pump();
  }

  /** Looks again for what may be handed out. */
  wake(): void {
    this.#pump();
  }

  stop(): Promise<void> {
    this.#stopped ??= this.#stop();
    return this.#stopped;
  }

  /** Messages came into this partition. */
  ring(partition: number): void {
    const open = this.#open.get(partition);
    if (open === undefined) return;
    open.mayHaveMore = true;
    this.#pump();
  }

  open(partition: number, next: bigint): void {
    this.#open.set(partition, new OpenPartition(partition, next));
    this.#pump();
  }

  async drain(partition: number): Promise<void> {
    const open = this.#open.get(partition);
    if (open === undefined) return;
    await open.drain();
    await this.#committer.now([open]);
    if (this.#open.get(partition) === open) this.#open.delete(partition);
  }

  /**
   * The partition was lost to somebody else: nothing of it is handed out or committed any more. Resolves when none of
   * its messages is in the handler. Never rejects.
   */
  async abandon(partition: number): Promise<void> {
    const open = this.#open.get(partition);
    if (open === undefined) return;
    this.#open.delete(partition);
    await open.drain();
  }

  fail(cause: unknown): void {
    if (this.#failed) return;
    this.#failed = true;
    this.#committer.abandon();
    this.#stopping.abort();
    this.#end.reject(cause);
    void this.parts.leave(this);
  }

  async #stop(): Promise<void> {
    this.#stopping.abort();
    await this.parts.leave(this);
    this.#end.resolve(undefined);
  }

  /** Hands out and reads on as far as there is room. Called after everything that may have made room. */
  #pump(): void {
    if (this.#paused || this.#stopping.signal.aborted) return;
    while (this.#running < this.options.concurrency && !this.#isPaused()) {
      const next = this.#nextTurn();
      if (next === undefined) break;
      this.#running += 1;
      void this.#handle(next.open, next.turn);
    }
    for (const open of this.#open.values()) {
      const room = this.#roomFor(open);
      if (room > 0) void this.#read(open, room);
    }
  }

  /** A handler may have called `pause` or `stop` before its first await. */
  #isPaused(): boolean {
    const mayHandOut = this.parts.mayHandOut?.() ?? true;
    return this.#paused || this.#stopping.signal.aborted || !mayHandOut;
  }

  #nextTurn(): { readonly open: OpenPartition; readonly turn: Turn } | undefined {
    const all = [...this.#open.values()];
    for (let step = 0; step < all.length; step += 1) {
      const open = all[(this.#cursor + step) % all.length];
      if (open === undefined || open.draining) continue;
      const turn = open.lane.take();
      if (turn === undefined) continue;
      this.#cursor = (this.#cursor + step + 1) % all.length;
      return { open, turn };
    }
    return undefined;
  }

  /** How many messages to read for this partition now; 0 when it isn't worth while. */
  #roomFor(open: OpenPartition): number {
    if (!open.mayHaveMore || open.draining || open.requested > 0) return 0;
    if (open.lane.unfinished >= MAX_UNFINISHED) return 0;
    const least = Math.max(LEAST_PER_PARTITION, Math.ceil(this.options.concurrency / this.#open.size));
    let inWindow = WINDOW_PER_HANDLER * this.options.concurrency;
    for (const other of this.#open.values()) inWindow -= other.lane.loaded + other.requested;
    const room = Math.max(least - open.lane.loaded, inWindow);
    return room >= least || open.lane.loaded * 2 <= least ? room : 0;
  }

  /** Never rejects. */
  async #read(open: OpenPartition, limit: number): Promise<void> {
    const { topic } = this.options;
    open.requested = limit;
    open.mayHaveMore = false;
    try {
      const { lane, partition } = open;
      const messages = await this.#persist(() => this.parts.log.read(topic, partition, lane.nextRead, limit));
      if (messages.length >= limit) open.mayHaveMore = true;
      lane.add(messages);
    } catch (error) {
      this.fail(error);
    }
    open.requested = 0;
    open.noteProgress();
    this.#pump();
  }

  /** Never rejects. */
  async #handle(open: OpenPartition, turn: Turn): Promise<void> {
    const decision = await this.#decide(open, turn);
    switch (decision.kind) {
      case 'done':
        open.lane.finish(turn);
        this.#committer.soon(() => this.#open.values());
        break;
      case 'retry':
        this.#hold(open, turn, decision.reason);
        break;
    }
    this.#running -= 1;
    open.noteProgress();
    this.#pump();
  }

  /** Never rejects. A message that was parked is done. */
  async #decide(open: OpenPartition, turn: Turn): Promise<Exclude<HandlerDecision, { kind: 'park' }>> {
    const { group, topic, handler } = this.options;
    try {
      const message = turn.message ?? (await this.#readAgain(open, turn.offset));
      const decision = await handler(message, this.#stopping.signal);
      switch (decision.kind) {
        case 'done':
        case 'retry':
          return decision;
        case 'park': {
          const origin = { group, topic, partition: open.partition, offset: turn.offset };
          await this.parts.log.park(origin, parkedMessage(message, group, decision.reason));
          this.parts.observer.parked({ ...origin, reason: decision.reason });
          return { kind: 'done' };
        }
      }
    } catch (error) {
      return {
        kind: 'retry',
        reason: error instanceof Error ? `${error.name}: ${error.message}` : String(error),
      };
    }
  }

  #hold(open: OpenPartition, turn: Turn, reason: string): void {
    const { group, topic } = this.options;
    const failures = open.lane.hold(turn);
    const pauseMs = retryPause(failures);
    this.parts.observer.retrying({
      ...{ group, topic, partition: open.partition, offset: turn.offset },
      ...{ reason, failures, pauseMs },
    });
    if (open.draining) return;
    const cancel = this.parts.clock.after(pauseMs, () => {
      open.pauses.delete(cancel);
      open.lane.release(turn.key);
      this.#pump();
    });
    open.pauses.add(cancel);
  }

  async #readAgain(open: OpenPartition, offset: bigint): Promise<ReceivedMessage> {
    const [message] = await this.parts.log.read(this.options.topic, open.partition, offset, 1);
    if (message?.offset !== offset) {
      throw new Error(
        `offset ${offset} of ${this.options.topic}/${open.partition} is gone; restore it or move the group's offset`,
      );
    }
    return message;
  }

  #persist<T>(call: () => Promise<T>): Promise<T> {
    return persistentCall(this.parts.clock, this.#stopping.signal, call);
  }
}
