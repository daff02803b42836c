/** What a member says of itself when it joins. */
export interface GroupClaim {
  readonly memberId: string;
  /** Partitions that it works on at this moment, also those that it is about to give up. */
  readonly owned: readonly number[];
  /** The group's generation in which it got them; -1 for none. */
  readonly generation: number;
  /** It wants no partitions: it ends as soon as it has given up what it owns. */
  readonly leaving: boolean;
}

/**
 * Shares the partitions among the members, as evenly as can be, and moves as few as possible. A partition that has to
 * move is given to nobody until its owner has finished with it and joins anew without it (the cooperative protocol of
 * KIP-429): so no partition ever has two owners that know of it, and work on the others goes on meanwhile.
 */
export function sharePartitions(
  claims: readonly GroupClaim[],
  partitions: number,
): ReadonlyMap<string, readonly number[]> {
  const owners = ownersOf(claims, partitions);
  const targets = targetsOf(claims, owners, partitions);
  const shares = new Map<string, number[]>(claims.map(({ memberId }) => [memberId, []]));
  for (const [partition, target] of targets) {
    const owner = owners.get(partition);
    if (owner === undefined || owner === target) shares.get(target)?.push(partition);
  }
  return shares;
}

/** By partition. When two members claim one, the later generation is right: the other has missed that it lost it. */
function ownersOf(claims: readonly GroupClaim[], partitions: number): ReadonlyMap<number, string> {
  const owners = new Map<number, GroupClaim>();
  for (const claim of [...claims].sort((a, b) => compare(a.memberId, b.memberId))) {
    for (const partition of claim.owned) {
      const other = owners.get(partition);
      const valid = partition >= 0 && partition < partitions;
      if (valid && (other === undefined || claim.generation > other.generation)) owners.set(partition, claim);
    }
  }
  return new Map(Array.from(owners, ([partition, { memberId }]) => [partition, memberId]));
}

function targetsOf(
  claims: readonly GroupClaim[],
  owners: ReadonlyMap<number, string>,
  partitions: number,
): ReadonlyMap<number, string> {
  const members = claims
    .filter(({ leaving }) => !leaving)
    .map(({ memberId }) => memberId)
    .sort(compare);
  const targets = new Map<number, string>();
  if (members.length === 0) return targets;
  const counts = new Map(members.map((member) => [member, 0]));
  const least = Math.floor(partitions / members.length);
  let larger = partitions % members.length;
  const free: number[] = [];
  for (let partition = 0; partition < partitions; partition += 1) {
    const owner = owners.get(partition);
    const count = owner === undefined ? undefined : counts.get(owner);
    if (owner === undefined || count === undefined || count > least || (count === least && larger === 0)) {
      free.push(partition);
      continue;
    }
    if (count === least) larger -= 1;
    counts.set(owner, count + 1);
    targets.set(partition, owner);
  }
  for (const partition of free) {
    const [member, count] = [...counts].reduce((a, b) => (b[1] < a[1] ? b : a));
    counts.set(member, count + 1);
    targets.set(partition, member);
  }
  return targets;
}

function compare(a: string, b: string): number {
  return a < b ? -1 : Number(a > b);
}
