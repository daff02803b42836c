import type { Broker, Cluster } from 'kafkajs';

/**
 * The calls of a kafkajs broker that its declarations leave out, as its source has them (2.2.4, src/broker/index.js).
 * Each rejects with a `KafkaJSProtocolError` whose `type` is the protocol's name of the error.
 */
export interface WireBroker extends Broker {
  joinGroup(request: {
    readonly groupId: string;
    readonly sessionTimeout: number;
    readonly rebalanceTimeout: number;
    readonly memberId: string;
    readonly groupProtocols: readonly { readonly name: string; readonly metadata: Buffer }[];
  }): Promise<JoinedGroup>;
  syncGroup(request: {
    readonly groupId: string;
    readonly generationId: number;
    readonly memberId: string;
    readonly groupAssignment: readonly { readonly memberId: string; readonly memberAssignment: Buffer }[];
  }): Promise<{ readonly memberAssignment: Buffer }>;
  heartbeat(request: {
    readonly groupId: string;
    readonly groupGenerationId: number;
    readonly memberId: string;
  }): Promise<unknown>;
  leaveGroup(request: { readonly groupId: string; readonly memberId: string }): Promise<unknown>;
  fetch(request: FetchRequest): Promise<FetchResponse>;
}

export interface JoinedGroup {
  readonly generationId: number;
  readonly leaderId: string;
  readonly memberId: string;
  /** Only for the leader. */
  readonly members: readonly { readonly memberId: string; readonly memberMetadata: Buffer }[];
}

export interface FetchRequest {
  /** Milliseconds for which the broker waits for `minBytes`; with 0 bytes it answers at once. */
  readonly maxWaitTime: number;
  readonly minBytes: number;
  readonly maxBytes: number;
  readonly isolationLevel: number;
  readonly topics: {
    readonly topic: string;
    readonly partitions: {
      readonly partition: number;
      readonly fetchOffset: string;
      readonly maxBytes: number;
    }[];
  }[];
}

export interface FetchResponse {
  readonly responses: readonly {
    readonly topicName: string;
    readonly partitions: readonly FetchedPartition[];
  }[];
}

export interface FetchedPartition {
  readonly partition: number;
  /** The offset after the last message that may be read. */
  readonly highWatermark: string;
  readonly abortedTransactions?: readonly AbortedTransaction[];
  readonly messages: readonly WireMessage[];
}

export interface AbortedTransaction {
  readonly producerId: string;
  readonly firstOffset: string;
}

export type WireHeader = Buffer | null;

/** A record as kafkajs decodes it; its buffers are views of the whole answer. */
export interface WireMessage {
  readonly offset: string;
  readonly timestamp: string;
  readonly key: Buffer | null;
  readonly value: Buffer | null;
  readonly headers?: Readonly<Record<string, WireHeader | readonly WireHeader[]>>;
  readonly isControlRecord?: boolean;
  readonly batchContext?: { readonly producerId: string; readonly inTransaction: boolean };
}

export async function brokerOf(cluster: Cluster, nodeId: string): Promise<WireBroker> {
  return (await cluster.findBroker({ nodeId })) as WireBroker;
}
