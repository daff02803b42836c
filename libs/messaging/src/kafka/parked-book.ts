import type { ParkedOrigin } from '../consumer/partition-log.js';
import { PARKED_HEADERS } from '../message-bus.js';
import type { ClusterLink } from './cluster-link.js';
import { DirectReads, offsetAfter } from './direct-reads.js';
import { offsetsAt, partitionRanges, partitionsOf } from './group-offsets.js';
import type { WireMessage } from './wire.js';

const BYTES_PER_READ = 1024 * 1024;
/** Brokers' clocks may differ by so much. */
const SLACK_MS = 60_000;

/**
 * Which messages of a partition this group has parked already, in this life or another: what lies on the parked topic
 * since the partition's first unfinished message came. It is read when the first message of a partition is to be
 * parked after the partition was taken over; parking is rare.
 */
export class ParkedBook {
  readonly #known = new Map<number, Set<bigint>>();
  readonly #reads: DirectReads;

  constructor(
    private readonly link: ClusterLink,
    /** Full name. */
    private readonly parkedTopic: string,
  ) {
    this.#reads = new DirectReads(link);
  }

  /** The partition may have had another owner meanwhile. */
  forget(partition: number): void {
    this.#known.delete(partition);
  }

  /** `since`: when the first message came that may have been parked before, milliseconds since the epoch. */
  async has(origin: ParkedOrigin, since: number): Promise<boolean> {
    let known = this.#known.get(origin.partition);
    if (known === undefined) {
      known = await this.#read(origin, since - SLACK_MS);
      this.#known.set(origin.partition, known);
    }
    return known.has(origin.offset);
  }

  note(origin: ParkedOrigin): void {
    this.#known.get(origin.partition)?.add(origin.offset);
  }

  async #read(origin: ParkedOrigin, since: number): Promise<Set<bigint>> {
    const topic = this.parkedTopic;
    const [starts, ranges] = await this.link.call('read what was parked', async (cluster) => {
      await cluster.refreshMetadataIfNecessary();
      const partitions = partitionsOf(cluster, topic);
      return [
        await offsetsAt(cluster, topic, partitions, Math.max(since, 0)),
        await partitionRanges(cluster, topic, partitions),
      ];
    });
    const parked = new Set<bigint>();
    for (const [partition, { high }] of ranges) {
      // No offset: nothing was parked since.
      let next = starts.get(partition) ?? -1n;
      while (next >= 0n && next < high) {
        const [fetched] = await this.#reads.read(topic, new Map([[partition, next]]), BYTES_PER_READ);
        const after = fetched === undefined ? undefined : offsetAfter(fetched);
        if (fetched === undefined || after === undefined) break;
        for (const message of fetched.messages) {
          const offset = offsetParked(message, origin);
          if (offset !== undefined) parked.add(offset);
        }
        next = after;
      }
    }
    return parked;
  }
}

function offsetParked(message: WireMessage, { group, topic, partition }: ParkedOrigin): bigint | undefined {
  const text = (name: string): string => {
    const header = message.headers?.[name];
    return header instanceof Buffer ? header.toString('utf8') : '';
  };
  const same =
    text(PARKED_HEADERS.group) === group &&
    text(PARKED_HEADERS.topic) === topic &&
    text(PARKED_HEADERS.partition) === String(partition);
  const offset = text(PARKED_HEADERS.offset);
  return same && /^[0-9]{1,19}$/.test(offset) ? BigInt(offset) : undefined;
}
