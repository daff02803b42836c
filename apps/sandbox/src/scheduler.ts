import type { Book } from './book/book.js';
import type { Callback } from './book/order.js';
import { CallbackPost } from './callback-post.js';
import type { LiveSettings } from './live-settings.js';
import type { Vendor } from './script.js';
import type { SandboxSettings } from './settings.js';
import { settle } from './settlement.js';
import type { VendorApi } from './vendors/vendor-api.js';

const STEPS_PER_TURN = 500;
/** setTimeout takes no more; a longer wait is looked at again. */
const LONGEST_WAIT_MS = 60_000;

/**
 * Makes happen what the book says is due: outcomes, turns, callbacks and their repeats. It keeps nothing in memory
 * but which callbacks are on their way, so a restart goes on where the last process stopped.
 */
export class Scheduler {
  private readonly post: CallbackPost;
  private readonly underWay = new Map<number, Promise<void>>();
  private timer: NodeJS.Timeout | null = null;
  private turning: Promise<void> | null = null;
  private again = false;
  private stopped = false;

  constructor(
    private readonly book: Book,
    private readonly apis: ReadonlyMap<Vendor, VendorApi>,
    private readonly live: LiveSettings,
    private readonly settings: SandboxSettings,
    private readonly failed: (reason: unknown) => void,
  ) {
    this.post = new CallbackPost(settings.callbackTimeoutMs, settings.callbackConcurrency);
  }

  /** Looks at the book now; call it whenever something new may be due. */
  wake(): void {
    if (this.stopped) return;
    if (this.turning !== null) {
      this.again = true;
      return;
    }
    this.turning = this.turn()
      .catch((reason: unknown) => this.failed(reason))
      .finally(() => {
        this.turning = null;
        if (this.again) {
          this.again = false;
          this.wake();
        } else this.setTimer();
      });
  }

  /** Starts nothing more, cuts callbacks short (they are repeated after a restart) and waits for the last write. */
  async stop(): Promise<void> {
    this.stopped = true;
    if (this.timer !== null) clearTimeout(this.timer);
    await this.turning;
    await this.post.close();
    await Promise.all(this.underWay.values());
  }

  private async turn(): Promise<void> {
    const now = Date.now();
    const due = this.nextDueAt();
    if (due === null || due > now) return;
    await this.book.write(() => {
      for (const step of this.book.takeDueSteps(now, STEPS_PER_TURN)) {
        const order = this.book.order(step.seq);
        settle(this.book, this.api(order.vendor), order, step.to, now);
      }
    });
    this.sendCallbacks(now);
  }

  private sendCallbacks(now: number): void {
    const room = this.settings.callbackConcurrency - this.underWay.size;
    if (room <= 0) return;
    const limit = room + this.underWay.size;
    const due = this.book.dueCallbacks(now, this.live.callbackBase !== null, limit);
    for (const callback of due.filter(({ id }) => !this.underWay.has(id)).slice(0, room)) {
      const attempt = this.attempt(callback)
        .catch((reason: unknown) => this.failed(reason))
        .finally(() => {
          this.underWay.delete(callback.id);
          this.wake();
        });
      this.underWay.set(callback.id, attempt);
    }
  }

  private async attempt(callback: Callback): Promise<void> {
    const api = this.api(callback.vendor);
    const url = callback.url ?? `${this.live.callbackBase ?? ''}${api.callbackPath}`;
    const outcome = await this.post.send(url, callback.headers, callback.body);
    if (this.stopped && outcome.kind === 'failed') return;
    const now = Date.now();
    await this.book.write(() => {
      if (outcome.kind === 'answered' && api.acknowledged(outcome.status, outcome.body)) {
        this.book.callbackAcknowledged(callback, `${outcome.status}`, now);
        return;
      }
      const told = outcome.kind === 'answered' ? `${outcome.status}` : outcome.reason;
      const waitSeconds = api.retrySeconds[callback.attempts];
      const retryAt =
        waitSeconds === undefined ? null : now + Math.ceil(waitSeconds * 1000 * this.live.timeScale);
      this.book.callbackFailed(callback, told, retryAt);
    });
  }

  private setTimer(): void {
    if (this.timer !== null) clearTimeout(this.timer);
    this.timer = null;
    if (this.stopped) return;
    const due = this.nextDueAt();
    if (due === null) return;
    const wait = Math.min(Math.max(due - Date.now(), 0), LONGEST_WAIT_MS);
    this.timer = setTimeout(() => this.wake(), wait);
  }

  /** Callbacks count only while there is room to send one; an attempt that ends wakes the scheduler. */
  private nextDueAt(): number | null {
    const hasRoom = this.underWay.size < this.settings.callbackConcurrency;
    const step = this.book.nextStepAt();
    const callback = hasRoom
      ? this.book.nextCallbackAt(this.live.callbackBase !== null, [...this.underWay.keys()])
      : null;
    return step === null || callback === null ? (step ?? callback) : Math.min(step, callback);
  }

  private api(vendor: Vendor): VendorApi {
    const api = this.apis.get(vendor);
    if (api === undefined) throw new Error(`there is no vendor ${vendor}`);
    return api;
  }
}
