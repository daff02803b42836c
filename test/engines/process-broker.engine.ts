import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { FaultWorld } from '#test/support/faults/fault-world';

const DOWN = /Kafka can't be reached at 127\.0\.0\.1:\d+ \(.*start it, or correct KAFKA_BROKERS/;

describe('programs and a broker that fails', () => {
  let world: FaultWorld;
  before(async () => {
    world = await FaultWorld.start({ prepared: false });
  });
  after(() => world.end());

  it('wait for a broker that is down at their start, then for topics, then go on by themselves', async () => {
    world.fleet.prepare(['migrate']);
    await world.engines.kafka.kill();
    await world.launch('command-1', 'query', 'callback', 'projection');
    for (const name of ['command-1', 'query', 'callback'] as const) {
      await world.untilWaits(name, { bus: DOWN });
      await world.log(name).untilHas('"level":"warn"', 'Kafka is not ready', 'start it');
    }
    await world.untilReady('projection');
    await world.engines.kafka.run();
    for (const name of ['command-1', 'query', 'callback'] as const) {
      await world.untilWaits(name, { bus: /Kafka has no topic payout\..*make it with npm run topics/ });
      await world.log(name).untilHas('Kafka has no topic');
    }
    world.fleet.prepare(['topics']);
    for (const name of ['command-1', 'query', 'callback'] as const) await world.untilReady(name);
    await world.connectCaller();
    await world.openAccount('acme');
    await world.pay('acme', 5);
    world.assertNobodyDied();
  });

  it('answer what was sent before and after the broker was killed, and lose nothing', async () => {
    const before = world.pay('acme', 40);
    await new Promise((resolve) => setTimeout(resolve, 150));
    await world.engines.kafka.kill();
    await world.untilWaits('command-1', { bus: DOWN });
    await world.untilWaits('query', { bus: DOWN });
    const meanwhile = world.pay('acme', 10);
    await world.engines.kafka.run();
    await Promise.all([before, meanwhile]);
    await world.pay('acme', 10);
    await world.untilReady('command-1');
    await world.untilReady('query');
    await world.assertNothingLost();
    assert.ok(world.log('command-1').with('Kafka is ready').length >= 2);
    world.assertNobodyDied();
  });
});
