import type { OutgoingMessage, ReceivedMessage } from '../message-bus.js';

/** Where a message came from and who parked it: parking the same one twice leaves one. */
export interface ParkedOrigin {
  readonly group: string;
  readonly topic: string;
  readonly partition: number;
  readonly offset: bigint;
}

/**
 * What the consumer engine asks of a store of messages: per topic a fixed number of partitions, each a list of messages
 * with rising offsets (gaps are allowed, where old ones were pruned). Every promise that writes resolves when the write
 * is durable; every one may reject, and the call is then made again.
 */
export interface PartitionLog {
  readonly partitions: number;

  /** Messages of one partition with an offset of `from` or more, in order. Fewer than `limit` means: that is the tail. */
  read(topic: string, partition: number, from: bigint, limit: number): Promise<readonly ReceivedMessage[]>;

  /** The group's next offset in each partition. A group that is new is recorded here, at the start or at the tail. */
  join(group: string, topic: string, from: 'earliest' | 'latest'): Promise<readonly bigint[]>;

  /** Records the group's next offsets, by partition. An offset never goes back. */
  commit(group: string, topic: string, next: ReadonlyMap<number, bigint>): Promise<void>;

  /** Puts the message on `payout.parked.v1`, once for its origin. */
  park(origin: ParkedOrigin, message: OutgoingMessage): Promise<void>;

  /** `bell` rings after messages came into a partition. The returned function ends that. */
  onMessages(bell: (topic: string, partition: number) => void): () => void;
}
