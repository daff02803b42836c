import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { nextTurn } from '#platform/sqlite/system-turn';
import { ManualClock } from '#test/support/manual-clock';
import { AppendOutcomeUnknownError } from './event-store.js';
import { appendUntilKnown } from './handle-command.js';
import { InMemoryEventStore } from './in-memory/in-memory-event-store.js';

const event = { id: '3f0c6f4e-8a3f-4a57-9a53-0d6a35d0c111', type: 'Probe', data: {}, metadata: {} };

/** Says nothing of what it does until a moment of the clock; each silence takes a time of its own. */
class SilentStore extends InMemoryEventStore {
  tries = 0;

  constructor(
    private readonly clock: ManualClock,
    private readonly until: number,
    private readonly silenceMs: number,
  ) {
    super();
  }

  override async append(...args: Parameters<InMemoryEventStore['append']>) {
    this.tries += 1;
    const result = await super.append(...args);
    if (this.clock.monotonicMs() >= this.until) return result;
    await this.clock.sleep(this.silenceMs);
    throw new AppendOutcomeUnknownError('no answer');
  }
}

async function settled<T>(clock: ManualClock, call: Promise<T>): Promise<PromiseSettledResult<T>> {
  const state = { done: false };
  const settling = Promise.allSettled([call]).then(([result]) => {
    state.done = true;
    return result;
  });
  while (!state.done) {
    await nextTurn();
    clock.advance(clock.untilNext ?? 0);
  }
  return settling;
}

describe('an append whose outcome is unknown', () => {
  const outages: readonly (readonly [string, number])[] = [
    ['fails at once', 0],
    ['takes its whole time limit', 5_000],
  ];
  for (const [title, silenceMs] of outages) {
    it(`is repeated with the same ids through 22 s without a leader (each try ${title})`, async () => {
      const clock = new ManualClock();
      const store = new SilentStore(clock, 22_000, silenceMs);
      const result = await settled(clock, appendUntilKnown(store, clock, 'a', 'no-stream', [event]));
      assert.ok(result.status === 'fulfilled' && result.value.outcome === 'appended');
      assert.equal((await store.readAll({ limit: 10 })).length, 1);
      assert.ok(clock.monotonicMs() < 28_000, 'it is heard soon after');
    });
  }

  it('is given up half a minute later, as unknown', async () => {
    const clock = new ManualClock();
    const store = new SilentStore(clock, Infinity, 5_000);
    const result = await settled(clock, appendUntilKnown(store, clock, 'a', 'no-stream', [event]));
    assert.ok(result.status === 'rejected' && result.reason instanceof AppendOutcomeUnknownError);
    assert.ok(clock.monotonicMs() > 22_000 && clock.monotonicMs() <= 33_000, `${clock.monotonicMs()} ms`);
  });
});
