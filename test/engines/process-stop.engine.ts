import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { after, before, describe, it } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { COPIES } from '#test/processes/fleet';
import { FaultWorld } from '#test/support/faults/fault-world';

describe('programs that are asked to end under load', () => {
  let world: FaultWorld;
  before(async () => {
    world = await FaultWorld.start();
    await world.launchReady(...COPIES);
    await world.connectCaller();
    await world.openAccount('acme');
  });
  after(() => world.end());

  it('end with 0 in under 30 s, and what was accepted is carried out by those that come next', async () => {
    const overKafka = world.pay('acme', 60);
    const overHttp = Array.from({ length: 10 }, () => askOverHttp(world.fleet.api));
    await sleep(300);
    const stopped = await Promise.all(
      [...world.fleet.copies.values()].map(async (copy) => ({ name: copy.name, ...(await copy.stop()) })),
    );
    for (const { name, how, ms } of stopped) {
      assert.equal(how, 'code 0', name);
      assert.ok(ms < 30_000, `${name} took ${Math.round(ms)} ms`);
    }
    // Whoever had been accepted over HTTP has its command on Kafka; nobody got half of an answer.
    for (const status of await Promise.all(overHttp))
      assert.ok([undefined, 200, 201, 202, 422, 503].includes(status), String(status));
    await world.launchReady(...COPIES);
    await overKafka;
    await world.assertNothingLost();
    await world.assertEverySendHasAnIntent();
    world.assertNobodyDied();
  });

  it('end in under 30 s while the broker and the log are away, and say what they left', async () => {
    await world.disconnect();
    await world.engines.kafka.kill();
    await world.engines.standIn?.kill();
    await world.untilWaits('callback', { bus: /Kafka can't be reached/ });
    await Promise.all(
      COPIES.map(async (name) => {
        const { how, ms } = await world.fleet.copy(name).stop();
        assert.ok(ms < 30_000, `${name} took ${Math.round(ms)} ms`);
        // What was under way can't be finished: then it says so, and ends all the same.
        const [unclean] = world.log(name).with('stopped, but not cleanly', 'timed-out');
        assert.equal(how, unclean === undefined ? 'code 0' : 'code 1', name);
      }),
    );
  });
});

/** An account that is nobody's, so that no payout comes of it: only the way is of interest. */
async function askOverHttp(api: string): Promise<number | undefined> {
  try {
    const response = await fetch(`${api}/v1/accounts`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', 'idempotency-key': randomUUID() },
      body: JSON.stringify({ accountId: `http-${randomUUID().slice(0, 8)}`, currency: 'USD' }),
    });
    return response.status;
  } catch {
    return undefined;
  }
}
