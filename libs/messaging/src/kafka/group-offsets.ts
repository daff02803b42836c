import type { Cluster } from 'kafkajs';
import type { ClusterLink } from './cluster-link.js';

/** First and next offset of a partition. */
export interface PartitionRange {
  readonly low: bigint;
  readonly high: bigint;
}

/** The group's next offsets; a partition for which none is recorded isn't in it. */
export async function committedOffsets(
  link: ClusterLink,
  group: string,
  topic: string,
  partitions: readonly number[],
): Promise<ReadonlyMap<number, bigint>> {
  const asked = partitions.map((partition) => ({ partition, offset: '' }));
  const { responses } = await link.coordinate('read the offsets', group, (coordinator) =>
    coordinator.offsetFetch({ groupId: group, topics: [{ topic, partitions: asked }] }),
  );
  const answered = responses.flatMap((response) => response.partitions);
  return new Map(
    answered
      .map(({ partition, offset }) => [partition, BigInt(offset)] as const)
      .filter(([, offset]) => offset >= 0n),
  );
}

/** What each partition holds now. */
export async function partitionRanges(
  cluster: Cluster,
  topic: string,
  partitions: readonly number[],
): Promise<ReadonlyMap<number, PartitionRange>> {
  const lows = await edge(cluster, topic, partitions, { fromBeginning: true });
  const highs = await edge(cluster, topic, partitions, { fromBeginning: false });
  const ranges = new Map<number, PartitionRange>();
  for (const partition of partitions) {
    const [low, high] = [lows.get(partition), highs.get(partition)];
    if (low === undefined || high === undefined)
      throw new Error(`Kafka tells no range of ${topic}/${partition}`);
    ranges.set(partition, { low, high });
  }
  return ranges;
}

/** The first offset whose message came at this time or later; the next offset where there is none. */
export async function offsetsAt(
  cluster: Cluster,
  topic: string,
  partitions: readonly number[],
  time: number,
): Promise<ReadonlyMap<number, bigint>> {
  return edge(cluster, topic, partitions, { fromTimestamp: time });
}

/** Who commits; for a group without members: `NO_MEMBER`. */
export interface GroupMemberId {
  readonly memberId: string;
  readonly generation: number;
}

export const NO_MEMBER: GroupMemberId = { memberId: '', generation: -1 };

/** Rejects with a protocol error when this member isn't (any more) one of the group's present generation. */
export async function commitOffsets(
  link: ClusterLink,
  group: string,
  member: GroupMemberId,
  topic: string,
  next: ReadonlyMap<number, bigint>,
): Promise<void> {
  const partitions = Array.from(next, ([partition, offset]) => ({ partition, offset: String(offset) }));
  await link.coordinate('commit the offsets', group, (coordinator) =>
    coordinator.offsetCommit({
      groupId: group,
      memberId: member.memberId,
      groupGenerationId: member.generation,
      topics: [{ topic, partitions }],
    }),
  );
}

export function partitionsOf(cluster: Cluster, topic: string): readonly number[] {
  return cluster
    .findTopicPartitionMetadata(topic)
    .map(({ partitionId }) => partitionId)
    .sort((a, b) => a - b);
}

async function edge(
  cluster: Cluster,
  topic: string,
  partitions: readonly number[],
  at: { readonly fromBeginning: boolean } | { readonly fromTimestamp: number },
): Promise<ReadonlyMap<number, bigint>> {
  const asked = partitions.map((partition) => ({ partition }));
  const topics = await cluster.fetchTopicsOffset([
    'fromTimestamp' in at
      ? { topic, partitions: asked, fromTimestamp: at.fromTimestamp }
      : { topic, partitions: asked, fromBeginning: at.fromBeginning },
  ]);
  const answered = topics.flatMap((one) => one.partitions);
  return new Map(answered.map(({ partition, offset }) => [partition, BigInt(offset)]));
}
