import { setTimeout as sleep } from 'node:timers/promises';
import { callOnce } from '../support/processes/json-call.js';
import type { SeededRandom } from '../support/processes/seeded-random.js';

const PAUSE = 250;

/** People and programs that read all the while: the service's API, and the auditors'. */
export class Readers {
  /** How often which status came; 0: nobody answered. */
  readonly #statuses = new Map<number, number>();
  readonly #failures: string[] = [];
  readonly #stop = new AbortController();
  #running: Promise<unknown> = Promise.resolve();

  constructor(
    private readonly places: { readonly api: string; readonly audit: string },
    private readonly random: SeededRandom,
    private readonly known: () => readonly string[],
  ) {}

  start(): void {
    this.#running = this.#read();
  }

  /** Resolves with what they saw, in words, and with what they should never see. */
  async stop(): Promise<{ readonly seen: string; readonly wrong: readonly string[] }> {
    this.#stop.abort();
    await this.#running;
    const seen = [...this.#statuses]
      .sort(([a], [b]) => a - b)
      .map(([status, times]) => `${times} × ${status === 0 ? 'nobody there' : status}`);
    return { seen: seen.join(', '), wrong: this.#failures.slice(0, 5) };
  }

  async #read(): Promise<void> {
    const { signal } = this.#stop;
    while (!signal.aborted) {
      const { api, audit } = this.places;
      const known = this.known();
      const urls = [`${api}/v1/payouts?limit=20`, `${api}/v1/accounts?limit=20`];
      if (known.length > 0) {
        const payoutId = this.random.of(known);
        urls.push(`${api}/v1/payouts/${payoutId}`, `${audit}/v1/payouts/${payoutId}/timeline`);
      }
      await this.#one(this.random.of(urls));
      await sleep(PAUSE, undefined, { signal }).catch(() => undefined);
    }
  }

  async #one(url: string): Promise<void> {
    const answer = await callOnce(url);
    const status = answer?.status ?? 0;
    this.#statuses.set(status, (this.#statuses.get(status) ?? 0) + 1);
    // An engine that is away is said so (503); a payout may not be in the tables yet (404).
    if (answer !== undefined && ![200, 404, 503].includes(status))
      this.#failures.push(`${url} was answered with ${status}: ${answer.text.slice(0, 300)}`);
  }
}
