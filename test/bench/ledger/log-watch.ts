import type { EventStore, Json, LogPosition } from '#event-store/event-store';

const SILENCE_MS = 60_000;

/** Follows the log and tells when payouts are settled and deposits are there. */
export class LogWatch {
  readonly #seen = new Map<string, true | (() => void)>();
  readonly #stopping = new AbortController();
  readonly #running: Promise<void>;
  #settled = 0;

  private constructor(store: EventStore, after: LogPosition | undefined) {
    this.#running = this.#follow(store, after);
  }

  /** Sees what is written from `after` on; from now on when it is left out. */
  static async from(store: EventStore, after?: LogPosition): Promise<LogWatch> {
    return new LogWatch(store, after ?? (await store.head()));
  }

  /** Payouts that were settled. */
  get settled(): number {
    return this.#settled;
  }

  /** Resolves when the payout's money has left its account for good. */
  whenSettled(payoutId: string): Promise<void> {
    return this.#when(`settled ${payoutId}`);
  }

  whenDeposited(accountId: string): Promise<void> {
    return this.#when(`deposited ${accountId}`);
  }

  async stop(): Promise<void> {
    this.#stopping.abort();
    await this.#running;
  }

  async #follow(store: EventStore, after: LogPosition | undefined): Promise<void> {
    const { signal } = this.#stopping;
    for await (const delivery of store.subscribe({ signal, ...(after === undefined ? {} : { after }) })) {
      if (delivery.kind !== 'event') continue;
      const { type, data } = delivery.event;
      if (type === 'FundsSettled') {
        this.#settled += 1;
        this.#tell('settled', data['payoutId']);
      } else if (type === 'FundsDeposited') this.#tell('deposited', data['accountId']);
    }
  }

  #tell(how: string, id: Json | undefined): void {
    if (typeof id !== 'string') throw new Error(`${how}: the event names nobody`);
    const what = `${how} ${id}`;
    const waiting = this.#seen.get(what);
    this.#seen.set(what, true);
    if (typeof waiting === 'function') waiting();
  }

  #when(what: string): Promise<void> {
    if (this.#seen.get(what) === true) return Promise.resolve();
    return new Promise((resolve, reject) => {
      const silence = setTimeout(
        () => reject(new Error(`not seen in the log after a minute: ${what}`)),
        SILENCE_MS,
      );
      this.#seen.set(what, () => {
        clearTimeout(silence);
        resolve();
      });
    });
  }
}
