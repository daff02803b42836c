import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { after, before, describe, it } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { payoutStream } from '#domain/streams';
import { payoutId as asPayoutId } from '#domain/ids';
import { EventStoreDbEventStore } from '#event-store/eventstoredb/eventstoredb-event-store';
import { SystemClock } from '#platform/time/system-clock';
import type { StandInProcess } from '#test/support/eventstoredb/stand-in-process';
import { FaultWorld } from '#test/support/faults/fault-world';
import { MemoryLogger } from '#test/support/memory-logger';

/** Shorter than in production, so that silence costs less time. */
const TIMEOUT = { EVENTSTORE_TIMEOUT_MS: '1000' };
const DOWN = /EventStoreDB at 127\.0\.0\.1:\d+ doesn't answer/;

describe('programs and a log that fails', () => {
  let world: FaultWorld;
  let log: StandInProcess;
  before(async () => {
    world = await FaultWorld.start({ env: { 'command-1': TIMEOUT, projection: TIMEOUT } });
    assert.ok(world.engines.standIn);
    log = world.engines.standIn;
    await log.kill();
  });
  after(() => world.end());

  it('wait for a log that is down at their start, and go on by themselves', async () => {
    await world.launch('command-1', 'projection');
    for (const name of ['command-1', 'projection'] as const) {
      await world.untilWaits(name, { log: DOWN });
      await world.log(name).untilHas('"level":"warn"', "EventStoreDB doesn't answer");
    }
    await log.run();
    for (const name of ['command-1', 'projection'] as const) {
      await world.untilReady(name);
      await world.log(name).untilHas('EventStoreDB answers');
    }
    await world.connectCaller();
    await world.openAccount('acme');
  });

  it('lose and double nothing when acknowledgements are lost and the subscription is cut', async () => {
    await log.arm({ call: 'append', answer: 'cut', written: true, probability: 0.1, seed: 1, times: 12 });
    await log.arm({
      call: 'append',
      answer: 'unavailable',
      written: false,
      probability: 0.1,
      seed: 2,
      times: 12,
    });
    await log.arm({ call: 'append', answer: 'silence', written: true, times: 2 });
    await log.arm({ call: 'subscription', answer: 'cut', afterEvents: 5, times: 5 });
    await world.pay('acme', 40);
    await log.disarm();
    await world.untilReady('command-1');
    await world.untilReady('projection');
    world.assertNobodyDied();
  });

  it('lose nothing when the log hangs for longer than an answer may take, and when it is killed', async () => {
    const first = world.pay('acme', 20);
    await sleep(100);
    await log.hang();
    await world.untilWaits('command-1', { log: DOWN });
    await world.untilWaits('projection', { log: DOWN });
    await log.resume();
    await first;
    const second = world.pay('acme', 20);
    await sleep(100);
    await log.kill();
    await world.untilWaits('command-1', { log: DOWN });
    await log.run();
    await second;
    await world.untilReady('command-1');
    await world.untilReady('projection');
    await world.assertNothingLost();
    await world.assertEverySendHasAnIntent();
    assert.deepEqual(world.log('command-1').with('command-held'), []);
    world.assertNobodyDied();
  });

  it('halt at an event that they do not know, skip nothing, and still take commands of others', async () => {
    const [paid = ''] = await world.pay('acme', 1);
    await world.assertNothingLost();
    await world.closeProduction();
    await appendUnknown(world.engines.eventStoreUrl, payoutStream(asPayoutId(paid)));
    const halted =
      /UnreadableEventError: unknown event type "PayoutMadeUpLater" at \d+: start a program that knows it/;
    await world.untilWaits('command-1', {
      'ledger-process': halted,
      'payout-process': halted,
      publisher: halted,
    });
    await world.untilWaits('projection', { accounts: halted, payouts: halted, 'payout-timeline': halted });
    for (const loop of ['ledger-process', 'payout-process', 'publisher'])
      await world.log('command-1').untilHas('loop-halted', loop, 'PayoutMadeUpLater');
    await world.log('projection').untilHas('projection-halted', 'PayoutMadeUpLater');
    const published = world.topics.of('payout.events.v1').length;
    await world.openAccount('other');
    await world.pay('other', 3);
    await world.topics.complete();
    assert.equal(world.topics.of('payout.events.v1').length, published, 'nothing behind it is published');
    world.assertNobodyDied();
  });
});

/** What a newer version of the program may have written. */
async function appendUnknown(url: string, stream: string): Promise<void> {
  const store = await EventStoreDbEventStore.open({
    url,
    clock: new SystemClock(),
    logger: new MemoryLogger(),
  });
  let revision = -1n;
  for await (const event of store.readStream(stream)) revision = event.revision;
  const event = {
    id: randomUUID(),
    type: 'PayoutMadeUpLater',
    data: { version: 1 },
    metadata: {},
  };
  const { outcome } = await store.append(stream, revision, [event]);
  await store.close();
  assert.equal(outcome, 'appended');
}
