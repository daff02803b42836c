/** What crosses to the writer's thread. Offsets are whole numbers below 2^53 here. */
export interface DeclareJob {
  readonly partitions: number;
}

export interface SealedMessage {
  readonly partition: number;
  readonly key: string;
  readonly sealed: Uint8Array;
}

export interface PublishJob {
  readonly topic: string;
  readonly publishedAt: number;
  readonly messages: readonly SealedMessage[];
}

export interface JoinJob {
  readonly group: string;
  readonly topic: string;
  readonly from: 'earliest' | 'latest';
}

export interface CommitJob {
  readonly group: string;
  readonly topic: string;
  /** Partition and next offset. */
  readonly next: readonly (readonly [number, number])[];
}

export interface ParkJob {
  readonly group: string;
  readonly topic: string;
  readonly partition: number;
  readonly offset: number;
  readonly parked: PublishJob;
}

export interface PruneJob {
  readonly topic: string;
  readonly olderThan: number;
  /** At most so many messages. */
  readonly limit: number;
}
