import type { EventLog } from './event-log.js';
import type { LogFile } from './log-file.js';

interface Waiter {
  readonly count: number;
  readonly resolve: () => void;
  readonly reject: (error: unknown) => void;
}

/**
 * What a write must wait for before it is acknowledged, and readers before they see it: with a file, until the group of
 * appends that it belongs to has been flushed; without one, nothing.
 */
export class DurableLog {
  readonly #listeners = new Set<() => void>();
  #pending: (readonly Uint8Array[])[] = [];
  #waiters: Waiter[] = [];
  #flushing = false;
  #framed: number;
  #failure: Error | undefined;

  constructor(
    readonly log: EventLog,
    private readonly file: LogFile | undefined,
    private readonly onFailure: (error: Error) => void = () => undefined,
  ) {
    this.#framed = log.written;
  }

  /**
   * Runs a decision, which may write, and resolves with its outcome when everything that it could have seen is durable:
   * its own events, and those of others that its answer rests on.
   */
  async commit<T>(decide: (log: EventLog) => T): Promise<T> {
    const outcome = decide(this.log);
    if (this.file === undefined) {
      this.#settle(this.log.written);
      return outcome;
    }
    if (this.log.written > this.#framed) {
      this.#pending.push(this.log.since(this.#framed).map((event) => event.wire));
      this.#framed = this.log.written;
    }
    if (this.log.visible < this.log.written) await this.#flushed(this.file);
    return outcome;
  }

  /** Called when new events have become visible. Returns the unsubscribe function. */
  onVisible(listener: () => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  async close(): Promise<void> {
    if (this.file === undefined) return;
    if (this.log.visible < this.log.written && this.#failure === undefined) await this.#flushed(this.file);
    await this.file.close();
  }

  #settle(count: number): void {
    if (count <= this.log.visible) return;
    this.log.settle(count);
    for (const listener of this.#listeners) listener();
  }

  async #flushed(file: LogFile): Promise<void> {
    if (this.#failure !== undefined) throw this.#failure;
    const durable = new Promise<void>((resolve, reject) => {
      this.#waiters.push({ count: this.log.written, resolve, reject });
    });
    if (!this.#flushing) void this.#flush(file);
    await durable;
  }

  async #flush(file: LogFile): Promise<void> {
    this.#flushing = true;
    try {
      while (this.log.visible < this.log.written) {
        const count = this.#framed;
        const frames = this.#pending;
        this.#pending = [];
        await file.append(frames);
        this.#settle(count);
        this.#answer(count);
      }
    } catch (error) {
      this.#failure = error instanceof Error ? error : new Error(String(error));
      for (const waiter of this.#waiters.splice(0)) waiter.reject(this.#failure);
      this.onFailure(this.#failure);
    } finally {
      this.#flushing = false;
    }
  }

  #answer(count: number): void {
    const waiting = this.#waiters;
    this.#waiters = [];
    for (const waiter of waiting) {
      if (waiter.count <= count) waiter.resolve();
      else this.#waiters.push(waiter);
    }
  }
}
