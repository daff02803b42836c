import type { ReceivedMessage } from '../message-bus.js';

/** A message whose turn it is. Without `message` it was dropped to save memory and has to be read again. */
export interface Turn {
  readonly key: string;
  readonly offset: bigint;
  readonly message: ReceivedMessage | undefined;
}

interface Slot {
  readonly offset: bigint;
  message: ReceivedMessage | undefined;
}

interface KeyQueue {
  readonly key: string;
  /** In offset order; the first one is in the handler, or the next to go there. */
  readonly slots: Slot[];
  state: 'ready' | 'in-handler' | 'held';
  failures: number;
}

/**
 * The book-keeping of one partition in one consumer: which message is next for each key, which are unfinished, and how
 * far the offset may be committed. It does no input or output and knows no time.
 *
 * Of a key that is held by a retry only the offsets are kept, so that a key that fails for long doesn't fill the window
 * and stop the others.
 */
export class PartitionLane {
  readonly #keys = new Map<string, KeyQueue>();
  /** Keys whose first message may go to the handler, in the order in which they became so. */
  #ready: KeyQueue[] = [];
  /** In offset order, since messages are added in that order. */
  readonly #unfinished = new Set<bigint>();
  #nextRead: bigint;
  #loaded = 0;
  #inHandler = 0;

  constructor(
    readonly partition: number,
    next: bigint,
  ) {
    this.#nextRead = next;
  }

  /** Where to read on. */
  get nextRead(): bigint {
    return this.#nextRead;
  }

  /** The offset up to which everything is finished: it is what the group's next offset may be set to. */
  get committable(): bigint {
    for (const first of this.#unfinished) return first;
    return this.#nextRead;
  }

  /** Messages whose bytes are in memory. */
  get loaded(): number {
    return this.#loaded;
  }

  /** Messages that were read and aren't finished, in memory or not. */
  get unfinished(): number {
    return this.#unfinished.size;
  }

  get inHandler(): number {
    return this.#inHandler;
  }

  add(messages: readonly ReceivedMessage[]): void {
    for (const message of messages) {
      if (message.offset < this.#nextRead) throw new Error(`offset ${message.offset} was read twice`);
      this.#nextRead = message.offset + 1n;
      this.#unfinished.add(message.offset);
      const queue = this.#keys.get(message.key);
      if (queue === undefined) {
        const first: KeyQueue = {
          key: message.key,
          slots: [{ offset: message.offset, message }],
          state: 'ready',
          failures: 0,
        };
        this.#keys.set(message.key, first);
        this.#ready.push(first);
        this.#loaded += 1;
      } else if (queue.failures > 0) {
        queue.slots.push({ offset: message.offset, message: undefined });
      } else {
        queue.slots.push({ offset: message.offset, message });
        this.#loaded += 1;
      }
    }
  }

  /** The next message for the handler; undefined when every key waits. `finish` or `hold` must follow. */
  take(): Turn | undefined {
    const queue = this.#ready.shift();
    const slot = queue?.slots[0];
    if (queue === undefined || slot === undefined) return undefined;
    queue.state = 'in-handler';
    this.#inHandler += 1;
    return { key: queue.key, offset: slot.offset, message: slot.message };
  }

  finish(turn: Turn): void {
    const queue = this.#queueInHandler(turn);
    const slot = queue.slots.shift();
    if (slot?.message !== undefined) this.#loaded -= 1;
    this.#inHandler -= 1;
    this.#unfinished.delete(turn.offset);
    queue.failures = 0;
    if (queue.slots.length === 0) {
      this.#keys.delete(queue.key);
    } else {
      queue.state = 'ready';
      this.#ready.push(queue);
    }
  }

  /** The message isn't done: its key waits until `release`. Returns how often it has failed in a row. */
  hold(turn: Turn): number {
    const queue = this.#queueInHandler(turn);
    this.#inHandler -= 1;
    queue.state = 'held';
    queue.failures += 1;
    for (const slot of queue.slots) {
      if (slot.message !== undefined) this.#loaded -= 1;
      slot.message = undefined;
    }
    return queue.failures;
  }

  /** The pause of a held key is over. */
  release(key: string): void {
    const queue = this.#keys.get(key);
    if (queue?.state !== 'held') return;
    queue.state = 'ready';
    this.#ready.push(queue);
  }

  #queueInHandler(turn: Turn): KeyQueue {
    const queue = this.#keys.get(turn.key);
    if (queue?.state !== 'in-handler' || queue.slots[0]?.offset !== turn.offset) {
      throw new Error(`offset ${turn.offset} of partition ${this.partition} is not in the handler`);
    }
    return queue;
  }
}
