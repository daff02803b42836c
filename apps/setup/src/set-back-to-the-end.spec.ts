import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { InMemoryCheckpoints } from '#coordination/in-memory/in-memory-checkpoints';
import type { RecordedEvent } from '#event-store/event-store';
import { InMemoryEventStore } from '#event-store/in-memory/in-memory-event-store';
import { SENDING_STREAM } from '#domain/streams';
import { SystemIds } from '#platform/ids/system-ids';
import { ManualClock } from '#test/support/manual-clock';
import { pauseSending } from './pause-sending.js';
import { setBackToTheEnd } from './set-back-to-the-end.js';

const event = (digit: number) => ({
  id: `00000000-0000-4000-8000-00000000000${digit}`,
  type: 'x',
  data: {},
  metadata: {},
});

async function world(...checkpoints: readonly (readonly [string, string])[]) {
  const store = new InMemoryEventStore();
  await store.append('a', 'no-stream', [event(1), event(2), event(3)]);
  const kept = new InMemoryCheckpoints();
  for (const [name, position] of checkpoints) await kept.advance(name, undefined, position);
  const lines: string[] = [];
  let forgotten = 0;
  const run = () =>
    setBackToTheEnd({
      store,
      checkpoints: kept,
      pauseSending: () => pauseSending(store, new ManualClock(), new SystemIds()),
      forgetReadModels: async () => void (forgotten += 1),
      say: (line) => lines.push(line),
    });
  return { store, kept, lines, run, forgotten: () => forgotten };
}

async function eventsOf(store: InMemoryEventStore): Promise<readonly RecordedEvent[]> {
  const events: RecordedEvent[] = [];
  for await (const recorded of store.readStream(SENDING_STREAM)) events.push(recorded);
  return events;
}

describe('after the log was restored', () => {
  it('checkpoints behind its end are set back to it, others are left alone, tables are made anew', async () => {
    const { store, kept, run, forgotten, lines } = await world(['ledger-process', '9'], ['publisher', '2']);
    await run();
    assert.deepEqual(
      [await kept.load('ledger-process'), await kept.load('publisher'), await kept.load('payout-process')],
      ['3', '2', undefined],
    );
    assert.equal(forgotten(), 1);
    assert.match(lines.join('\n'), /set back from 9 to 3[\s\S]*resume-sending/);
    const [paused, ...more] = await eventsOf(store);
    assert.equal(paused?.type, 'SendingPaused');
    assert.deepEqual(more, []);
    await run();
    assert.equal(await kept.load('ledger-process'), '3');
    assert.equal((await eventsOf(store)).length, 1);
  });

  it('an empty log is taken for the wrong one', async () => {
    const kept = new InMemoryCheckpoints();
    await kept.advance('publisher', undefined, '5');
    await assert.rejects(
      setBackToTheEnd({
        store: new InMemoryEventStore(),
        checkpoints: kept,
        pauseSending: async () => assert.fail('nothing may be written'),
        forgetReadModels: async () => assert.fail('nothing may be thrown away'),
        say: () => undefined,
      }),
      /is this the right server/,
    );
    assert.equal(await kept.load('publisher'), '5');
  });
});
