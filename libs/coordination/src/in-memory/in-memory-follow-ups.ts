import type { EpochMs } from '#platform/time/clock';
import { FollowUps, type FollowUp } from '../follow-ups.js';

export class InMemoryFollowUps extends FollowUps {
  readonly #times = new Map<string, EpochMs>();

  async schedule(items: readonly FollowUp[]): Promise<void> {
    for (const { key, dueAt } of items) this.#times.set(key, dueAt);
  }

  async bringForward(key: string, dueAt: EpochMs): Promise<void> {
    this.#times.set(key, Math.min(dueAt, this.#times.get(key) ?? dueAt));
  }

  async due(now: EpochMs, limit: number): Promise<readonly FollowUp[]> {
    return this.#inOrder()
      .filter(({ dueAt }) => dueAt <= now)
      .slice(0, limit);
  }

  async settle(key: string, dueAt: EpochMs): Promise<void> {
    if (this.#times.get(key) === dueAt) this.#times.delete(key);
  }

  async next(): Promise<EpochMs | undefined> {
    return this.#inOrder()[0]?.dueAt;
  }

  #inOrder(): FollowUp[] {
    return Array.from(this.#times, ([key, dueAt]) => ({ key, dueAt })).sort(
      (a, b) => a.dueAt - b.dueAt || (a.key < b.key ? -1 : 1),
    );
  }
}
