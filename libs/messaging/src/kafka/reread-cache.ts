import type { DirectReads } from './direct-reads.js';
import { committedOnly, readRecord, type ReadRecord } from './record.js';

const BYTES_PER_READ = 128 * 1024;

/**
 * Records that were handed out before and have to be read again, since a key that is held keeps only offsets. They are
 * wanted one after the other, so the last stretch that was read is kept, for each partition.
 */
export class RereadCache {
  readonly #stretches = new Map<number, ReadonlyMap<bigint, ReadRecord>>();

  constructor(
    private readonly reads: DirectReads,
    /** Full name. */
    private readonly topic: string,
    /** As the messages name it. */
    private readonly ownTopic: string,
  ) {}

  forget(partition: number): void {
    this.#stretches.delete(partition);
  }

  /** Undefined when there is no such record any more. */
  async read(partition: number, offset: bigint): Promise<ReadRecord | undefined> {
    const kept = this.#stretches.get(partition)?.get(offset);
    if (kept !== undefined) return kept;
    const [fetched] = await this.reads.read(this.topic, new Map([[partition, offset]]), BYTES_PER_READ);
    const records = committedOnly(fetched?.messages ?? [], fetched?.abortedTransactions).map((wire) =>
      readRecord(this.ownTopic, partition, wire),
    );
    const stretch = new Map(records.map((record) => [record.message.offset, record]));
    this.#stretches.set(partition, stretch);
    return stretch.get(offset);
  }
}
