import kafkajs from 'kafkajs';
import { sharePartitions, type GroupClaim } from './share-partitions.js';
import type { JoinedGroup } from './wire.js';

const { AssignerProtocol } = kafkajs;

/** All members of a group must speak it; it changes when what they tell each other does. */
const NAME = 'payout-cooperative-1';
const VERSION = 0;

type OwnClaim = Omit<GroupClaim, 'memberId'>;

/** What a member sends to join: Kafka's own form, so that Kafka's tools can show it, with our claim in its user data. */
export function joinProtocols(
  topic: string,
  claim: OwnClaim,
): { readonly name: string; readonly metadata: Buffer }[] {
  const userData = Buffer.from(JSON.stringify(claim), 'utf8');
  return [
    {
      name: NAME,
      metadata: AssignerProtocol.MemberMetadata.encode({ version: VERSION, topics: [topic], userData }),
    },
  ];
}

/** What the leader sends to all. */
export function groupAssignment(
  members: JoinedGroup['members'],
  topic: string,
  partitions: number,
): { readonly memberId: string; readonly memberAssignment: Buffer }[] {
  const claims = members.map(({ memberId, memberMetadata }) => ({ memberId, ...claimOf(memberMetadata) }));
  return Array.from(sharePartitions(claims, partitions), ([memberId, share]) => ({
    memberId,
    memberAssignment: AssignerProtocol.MemberAssignment.encode({
      version: VERSION,
      assignment: { [topic]: [...share] },
      userData: Buffer.alloc(0),
    }),
  }));
}

export function assignedPartitions(memberAssignment: Buffer, topic: string): readonly number[] {
  if (memberAssignment.byteLength === 0) return [];
  return AssignerProtocol.MemberAssignment.decode(memberAssignment)?.assignment[topic] ?? [];
}

function claimOf(metadata: Buffer): OwnClaim {
  const { userData } = AssignerProtocol.MemberMetadata.decode(metadata) ?? {};
  const claim = JSON.parse(userData?.toString('utf8') ?? '{}') as Partial<OwnClaim>;
  return {
    owned: claim.owned ?? [],
    generation: claim.generation ?? -1,
    leaving: claim.leaving ?? false,
  };
}
