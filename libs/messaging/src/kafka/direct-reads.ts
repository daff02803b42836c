import type { ClusterLink } from './cluster-link.js';
import { brokerOf, type FetchedPartition, type FetchRequest } from './wire.js';

/** What transactions that failed have left isn't read. */
export const READ_COMMITTED = 1;
/** The broker answers at once when it need not wait for any bytes. */
const AT_ONCE = { minBytes: 0, maxWaitTime: 1_000 };

/** Reads from given offsets, outside of any group. One request at a time per link, as kafkajs' fetch connection needs. */
export class DirectReads {
  #last: Promise<unknown> = Promise.resolve();

  constructor(private readonly link: ClusterLink) {}

  /** What lies from these offsets on, up to about so many bytes per partition; at least one message where there is one. */
  read(
    topic: string,
    from: ReadonlyMap<number, bigint>,
    bytesPerPartition: number,
  ): Promise<readonly FetchedPartition[]> {
    const reading = this.#last.then(() => this.#read(topic, from, bytesPerPartition));
    this.#last = reading.catch(() => undefined);
    return reading;
  }

  #read(
    topic: string,
    from: ReadonlyMap<number, bigint>,
    maxBytes: number,
  ): Promise<readonly FetchedPartition[]> {
    return this.link.call('read', async (cluster) => {
      const fetched: FetchedPartition[] = [];
      for (const [nodeId, partitions] of Object.entries(
        cluster.findLeaderForPartitions(topic, [...from.keys()]),
      )) {
        const broker = await brokerOf(cluster, nodeId);
        const request: FetchRequest = {
          ...AT_ONCE,
          maxBytes: maxBytes * partitions.length,
          isolationLevel: READ_COMMITTED,
          topics: [
            {
              topic,
              partitions: partitions.map((partition) => ({
                partition,
                fetchOffset: String(from.get(partition) ?? 0n),
                maxBytes,
              })),
            },
          ],
        };
        const { responses } = await broker.fetch(request);
        fetched.push(...responses.flatMap((response) => response.partitions));
      }
      return fetched;
    });
  }
}

/** Where to read on after this; undefined when it holds nothing. */
export function offsetAfter(fetched: FetchedPartition): bigint | undefined {
  const last = fetched.messages.at(-1);
  return last === undefined ? undefined : BigInt(last.offset) + 1n;
}
