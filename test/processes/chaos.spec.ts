import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { SeededRandom } from '../support/processes/seeded-random.js';
import { Chaos, planChaos, type BreakableFleet, type Breakage } from './chaos.js';
import type { Engines } from './engines.js';
import { COPIES } from './fleet.js';
import { PLANNED_ACCOUNTS, planRun } from './plan.js';

/** What would break, in words; nothing of it is run. */
function planned(seed: number, kills = 3): readonly string[] {
  const parts = {
    fleet: {} as BreakableFleet,
    engines: {} as Engines,
    random: new SeededRandom(seed),
    kills,
  };
  return planChaos(parts).map(({ what }) => what);
}

describe('the plan of what breaks', () => {
  it('kills each copy as often as it was asked, stops one, and restarts broker and database once', () => {
    for (let seed = 1; seed <= 200; seed += 1) {
      const plan = planned(seed);
      for (const name of COPIES) assert.equal(plan.filter((what) => what === `${name} is killed`).length, 3);
      assert.equal(plan.filter((what) => what.includes('SIGSTOP')).length, 1);
      assert.equal(plan.filter((what) => /^the (broker|database)/.test(what)).length, 2);
      assert.equal(plan.length, COPIES.length * 3 + 3);
    }
  });

  it('is the same for the same seed', () => {
    assert.deepEqual(planned(7), planned(7));
    assert.notDeepEqual(planned(7), planned(8));
  });
});

describe('breaking things while payouts are on their way', () => {
  it('keeps in step with the load: neither gets far ahead', async () => {
    const total = 100;
    let [answered, mostBroken] = [0, 0];
    const at: number[] = [];
    const plan: readonly Breakage[] = Array.from({ length: 9 }, () => ({
      what: 'x',
      run: async () => {
        at.push(answered);
        mostBroken += 1;
      },
    }));
    const chaos = new Chaos(plan, () => undefined);
    const load = async (): Promise<void> => {
      for (let next = 0; next < total; next += 1) {
        await chaos.mayGoOnTo(next / total);
        assert.ok(next / total <= (mostBroken + 2) / 10, 'the load ran ahead');
        answered += 1;
        chaos.progress(answered / total);
        await Promise.resolve();
      }
    };
    await Promise.all([chaos.run(), load()]);
    assert.deepEqual([answered, at.length], [total, plan.length]);
    for (const [number, then] of at.entries())
      assert.ok(then >= (number + 0.5) * 10, `${number} broke at ${then}`);
  });
});

describe('the payouts of a run', () => {
  const plan = planRun(2_000);

  it('are told apart by command id and by beneficiary, and are from accounts that are opened', () => {
    assert.equal(plan.length, 2_000);
    assert.equal(new Set(plan.map(({ commandId }) => commandId)).size, 2_000);
    assert.equal(
      new Set(plan.map(({ vendor, beneficiaryText }) => `${vendor} ${beneficiaryText}`)).size,
      2_000,
    );
    const open = new Map(PLANNED_ACCOUNTS.map(({ accountId, currency }) => [accountId, currency]));
    for (const { accountId, currency } of plan) assert.equal(open.get(accountId), currency, accountId);
  });

  it('meet every fault of every vendor again and again', () => {
    const faulty = plan.filter(({ script }) => script !== undefined);
    assert.ok(faulty.length > 300, String(faulty.length));
    for (const half of [faulty.slice(0, faulty.length / 2), faulty.slice(faulty.length / 2)]) {
      const kinds = new Set(half.map(({ script }) => JSON.stringify({ ...script, beneficiary: '' })));
      assert.ok(kinds.size > 50, String(kinds.size));
    }
  });
});
