import type { Clock } from '#platform/time/clock';
import type { ClusterLink } from './cluster-link.js';
import { partitionsOf, type GroupMemberId } from './group-offsets.js';
import { assignedPartitions, groupAssignment, joinProtocols } from './group-protocol.js';
import type { GroupClaim } from './share-partitions.js';

/** For a broker under load, on top of what a request may wait for the other members. */
const SLACK_MS = 10_000;

export interface GroupPlace {
  readonly member: GroupMemberId;
  readonly assigned: readonly number[];
  /** As many as the topic has. */
  readonly partitions: number;
  /** Monotonic time from which the broker counts the session, at the earliest. */
  readonly since: number;
}

/** What a member asks of the broker that keeps its group. Every call rejects with the broker's answer when it refuses. */
export class GroupCoordinator {
  constructor(
    private readonly link: ClusterLink,
    private readonly clock: Clock,
    /** Full names. */
    private readonly group: string,
    private readonly topic: string,
    private readonly sessionMs: number,
  ) {}

  /** Waits for the other members, and leads the sharing when it is told to. `onMemberId` hears the id before that. */
  async join(
    memberId: string,
    claim: Omit<GroupClaim, 'memberId'>,
    onMemberId: (memberId: string) => void,
  ): Promise<GroupPlace> {
    const { group, topic, sessionMs } = this;
    const joined = await this.link.coordinate(
      'join the group',
      group,
      (coordinator) =>
        coordinator.joinGroup({
          groupId: group,
          sessionTimeout: sessionMs,
          rebalanceTimeout: sessionMs,
          memberId,
          groupProtocols: joinProtocols(topic, claim),
        }),
      2 * sessionMs + SLACK_MS,
    );
    onMemberId(joined.memberId);
    const since = this.clock.monotonicMs();
    let partitions = 0;
    const { memberAssignment } = await this.link.coordinate(
      'share the partitions',
      group,
      (coordinator, cluster) => {
        partitions = partitionsOf(cluster, topic).length;
        const leads = joined.leaderId === joined.memberId;
        return coordinator.syncGroup({
          groupId: group,
          generationId: joined.generationId,
          memberId: joined.memberId,
          groupAssignment: leads ? groupAssignment(joined.members, topic, partitions) : [],
        });
      },
      sessionMs + SLACK_MS,
    );
    return {
      member: { memberId: joined.memberId, generation: joined.generationId },
      assigned: assignedPartitions(memberAssignment, topic),
      partitions,
      since,
    };
  }

  async heartbeat({ memberId, generation }: GroupMemberId): Promise<void> {
    await this.link.coordinate('heartbeat', this.group, (coordinator) =>
      coordinator.heartbeat({ groupId: this.group, memberId, groupGenerationId: generation }),
    );
  }

  /** Never rejects: where it can't be told, the session runs out by itself. */
  async leave(memberId: string, withinMs: number): Promise<void> {
    try {
      await this.link.coordinate(
        'leave the group',
        this.group,
        (coordinator) => coordinator.leaveGroup({ groupId: this.group, memberId }),
        withinMs,
      );
    } catch {
      // See above.
    }
  }

  /** How many partitions the topic has now. */
  partitions(): Promise<number> {
    return this.link.call('metadata', async (cluster) => {
      await cluster.refreshMetadataIfNecessary();
      return partitionsOf(cluster, this.topic).length;
    });
  }
}
