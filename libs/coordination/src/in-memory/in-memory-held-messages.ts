import type { Clock, EpochMs } from '#platform/time/clock';
import { HeldMessages, type HeldForRetry, type HeldMessage, type Hold } from '../held-messages.js';

interface Waiting {
  readonly id: number;
  readonly message: HeldMessage;
}

interface KeyHold {
  readonly since: EpochMs;
  reason: string;
  retryRequested: boolean;
  waiting: Waiting[];
}

export class InMemoryHeldMessages extends HeldMessages {
  readonly #clock: Pick<Clock, 'now'>;
  /** In the order in which the keys came to be held. */
  readonly #holds = new Map<string, KeyHold>();
  #lastId = 0;

  constructor(clock: Pick<Clock, 'now'>) {
    super();
    this.#clock = clock;
  }

  async hold(key: string, message: HeldMessage, reason: string): Promise<void> {
    let hold = this.#holds.get(key);
    if (hold === undefined) {
      hold = { since: this.#clock.now(), reason, retryRequested: false, waiting: [] };
      this.#holds.set(key, hold);
    }
    this.#putBehind(hold, message);
  }

  async holdIfHeld(key: string, message: HeldMessage): Promise<boolean> {
    const hold = this.#holds.get(key);
    if (hold === undefined) return false;
    this.#putBehind(hold, message);
    return true;
  }

  async list(): Promise<readonly Hold[]> {
    return Array.from(this.#holds, ([key, { since, reason, retryRequested, waiting }]) => ({
      key,
      count: waiting.length,
      since,
      reason,
      retryRequested,
    }));
  }

  async requestRetry(key: string): Promise<boolean> {
    const hold = this.#holds.get(key);
    if (hold === undefined) return false;
    hold.retryRequested = true;
    return true;
  }

  async skipFirst(key: string): Promise<HeldMessage | undefined> {
    const first = this.#holds.get(key)?.waiting[0];
    if (first === undefined) return undefined;
    await this.done(key, first.id);
    return first.message;
  }

  async nextToRetry(): Promise<HeldForRetry | undefined> {
    for (const [key, { retryRequested, waiting }] of this.#holds) {
      const [first] = waiting;
      if (retryRequested && first !== undefined) return { key, ...first };
    }
    return undefined;
  }

  async done(key: string, id: number): Promise<void> {
    const hold = this.#holds.get(key);
    if (hold === undefined) return;
    hold.waiting = hold.waiting.filter((waiting) => waiting.id !== id);
    if (hold.waiting.length === 0) this.#holds.delete(key);
  }

  async failAgain(key: string, reason: string): Promise<void> {
    const hold = this.#holds.get(key);
    if (hold === undefined) return;
    hold.reason = reason;
    hold.retryRequested = false;
  }

  #putBehind(hold: KeyHold, message: HeldMessage): void {
    const known = hold.waiting.some(
      (waiting) => waiting.message.topic === message.topic && waiting.message.offset === message.offset,
    );
    if (known) return;
    this.#lastId += 1;
    const own = { ...message, headers: { ...message.headers }, value: Uint8Array.from(message.value) };
    hold.waiting.push({ id: this.#lastId, message: own });
  }
}
