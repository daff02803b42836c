/** Partitions that this process has lost while a handler still had one of their messages. One for all consumers of a bus. */
export class BusyPartitions {
  readonly #busy = new Map<string, number>();

  has(group: string, partition: number): boolean {
    return this.#busy.has(`${group}/${partition}`);
  }

  /** Until `ended`, which never rejects. */
  add(group: string, partition: number, ended: Promise<void>): void {
    const id = `${group}/${partition}`;
    this.#busy.set(id, (this.#busy.get(id) ?? 0) + 1);
    void ended.then(() => {
      const left = (this.#busy.get(id) ?? 1) - 1;
      if (left === 0) this.#busy.delete(id);
      else this.#busy.set(id, left);
    });
  }
}
