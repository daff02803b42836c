import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { FaultWorld } from '#test/support/faults/fault-world';
import { actingCopy, leasesIn, TASKS } from '#test/support/faults/leases';
import { until } from '#test/support/faults/until';

const LEASE_MS = 6_000;
const SAME_NAME = { PAYOUT_INSTANCE: 'command-by-mistake' };

describe('two copies of command that were given the same name', () => {
  let world: FaultWorld;
  before(async () => {
    world = await FaultWorld.start({ env: { 'command-1': SAME_NAME, 'command-2': SAME_NAME } });
    await world.launchReady('command-1', 'command-2', 'projection');
    await world.connectCaller();
    await world.openAccount('acme');
  });
  after(() => world.end());

  it('one of them acts in each task, and both take commands', async () => {
    await until(
      async () => Object.keys(await leasesIn(world)).length === TASKS.length,
      10_000,
      () => 'each task has its holder',
    );
    for (const task of TASKS) await actingCopy(world, task);
    await world.pay('acme', 30);
  });

  it('another takes over within 10 s when the acting one is killed', async () => {
    const acting = await actingCopy(world, 'payout-process');
    const other = acting === 'command-1' ? 'command-2' : 'command-1';
    const before = await leasesIn(world);
    const sent = world.pay('acme', 30);
    await world.fleet.copy(acting).kill();
    const killed = performance.now();
    await until(
      async () => (await actingCopy(world, 'payout-process').catch(() => undefined)) === other,
      12_000,
      () => `${other} takes over`,
    );
    const took = performance.now() - killed;
    assert.ok(took < 10_000, `it took ${Math.round(took)} ms`);
    const after = await leasesIn(world);
    assert.equal(after['payout-process'], (before['payout-process'] ?? 0n) + 1n);
    await sent;
    await world.fleet.start(acting);
  });

  it('one that was stopped for longer than its lease sends nothing when it wakes up', async () => {
    const acting = await actingCopy(world, 'payout-process');
    const other = acting === 'command-1' ? 'command-2' : 'command-1';
    const sent = world.pay('acme', 60);
    await sleep(300);
    world.fleet.copy(acting).pause();
    await until(
      async () => (await actingCopy(world, 'payout-process').catch(() => undefined)) === other,
      LEASE_MS + 6_000,
      () => `${other} takes over`,
    );
    await sleep(1_000);
    world.fleet.copy(acting).resume();
    await world.log(acting).untilHas('lease lost', 'payout-process');
    await sent;
    await world.pay('acme', 10);
    await world.assertNothingLost();
    await world.assertEverySendHasAnIntent();
    world.assertNobodyDied();
  });
});
