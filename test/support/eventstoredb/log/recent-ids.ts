/**
 * The ids that an append with `any` recognises. A real server keeps a bounded cache of the last ones, which was seen to
 * reach back 5,000 events and to be empty after a restart: then the same id is written twice.
 */
export class RecentIds {
  readonly #revisions = new Map<string, bigint>();

  constructor(private readonly limit = 50_000) {}

  add(stream: string, id: string, revision: bigint): void {
    const key = `${id} ${stream}`;
    this.#revisions.delete(key);
    this.#revisions.set(key, revision);
    if (this.#revisions.size <= this.limit) return;
    for (const oldest of this.#revisions.keys()) {
      this.#revisions.delete(oldest);
      return;
    }
  }

  revisionOf(stream: string, id: string): bigint | undefined {
    return this.#revisions.get(`${id} ${stream}`);
  }

  forget(): void {
    this.#revisions.clear();
  }
}
