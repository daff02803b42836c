import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { sharePartitions, type GroupClaim } from './share-partitions.js';

function claim(memberId: string, owned: readonly number[], over: Partial<GroupClaim> = {}): GroupClaim {
  return { memberId, owned, generation: 1, leaving: false, ...over };
}

function shares(claims: readonly GroupClaim[], partitions: number): Record<string, readonly number[]> {
  return Object.fromEntries(sharePartitions(claims, partitions));
}

/** What members do with an answer: they finish what they lose, then join without it. */
function afterwards(claims: readonly GroupClaim[], partitions: number): GroupClaim[] {
  const given = sharePartitions(claims, partitions);
  return claims
    .map((one) => ({ ...one, owned: given.get(one.memberId) ?? [], generation: one.generation + 1 }))
    .filter((one) => !one.leaving);
}

function sorted(given: ReadonlyMap<string, readonly number[]>): readonly (readonly number[])[] {
  return Array.from(given.values(), (share) => [...share].sort((a, b) => a - b));
}

describe('sharing partitions', () => {
  it('gives all to one, and evenly to several', () => {
    assert.deepEqual(shares([claim('a', [])], 3), { a: [0, 1, 2] });
    assert.deepEqual(shares([claim('a', []), claim('b', [])], 5), { a: [0, 2, 4], b: [1, 3] });
    assert.deepEqual(shares([], 3), {});
  });

  it('gives a partition that has to move to nobody until its owner has given it up', () => {
    const both = [claim('a', [0, 1, 2, 3]), claim('b', [])];
    assert.deepEqual(shares(both, 4), { a: [0, 1], b: [] });
    assert.deepEqual(shares(afterwards(both, 4), 4), { a: [0, 1], b: [2, 3] });
  });

  it('leaves what is fair as it is', () => {
    const claims = [claim('a', [3, 1]), claim('b', [0, 2])];
    assert.deepEqual(shares(claims, 4), { a: [1, 3], b: [0, 2] });
  });

  it('gives nothing to one that leaves, and nobody what it still has', () => {
    assert.deepEqual(shares([claim('a', [0, 1], { leaving: true }), claim('b', [2])], 3), { a: [], b: [2] });
  });

  it('believes the later of two that claim one, and no partition that does not exist', () => {
    const claims = [claim('a', [0, 9, -1]), claim('b', [0], { generation: 2 })];
    assert.deepEqual(shares(claims, 2), { a: [1], b: [0] });
  });

  it('never gives a partition to two, nor to one while another has it, and is even after one more round', () => {
    const member = fc.record({
      owned: fc.uniqueArray(fc.nat(11), { maxLength: 12 }),
      generation: fc.nat(3),
      leaving: fc.boolean(),
    });
    const input = fc.tuple(fc.array(member, { minLength: 1, maxLength: 5 }), fc.integer({ min: 1, max: 12 }));
    fc.assert(
      fc.property(input, ([members, partitions]) => {
        const claims = members.map((one, index) => ({ ...one, memberId: `m${index}` }));
        const given = sharePartitions(claims, partitions);
        const all = [...given.values()].flat();
        assert.equal(new Set(all).size, all.length);
        for (const [memberId, share] of given) {
          for (const partition of share) {
            const rivals = claims.filter((one) => one.owned.includes(partition));
            const latest = Math.max(...rivals.map(({ generation }) => generation));
            const owner = rivals.find((one) => one.memberId === memberId);
            assert.ok(rivals.length === 0 || owner?.generation === latest);
          }
        }
        const next = afterwards(claims, partitions);
        if (next.length === 0) return;
        const settled = sorted(sharePartitions(next, partitions));
        assert.equal(settled.flat().length, partitions);
        const counts = settled.map((share) => share.length);
        assert.ok(Math.max(...counts) - Math.min(...counts) <= 1);
        const again = afterwards(next, partitions);
        assert.deepEqual(sorted(sharePartitions(again, partitions)), settled);
      }),
    );
  });
});
