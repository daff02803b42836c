import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { after, afterEach, before, beforeEach, describe, it } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import {
  AppendOutcomeUnknownError,
  type NewEvent,
  type NonEmpty,
  type RecordedEvent,
} from '#event-store/event-store';
import { EventStoreDbEventStore } from '#event-store/eventstoredb/eventstoredb-event-store';
import { appendUntilKnown } from '#event-store/handle-command';
import { SystemClock } from '#platform/time/system-clock';
import { TestProcess } from '../support/child-process.js';
import {
  all,
  anEvent,
  appendFromMany,
  assertNothingLostOrDoubled,
  idsOf,
  logAfter,
  some,
} from '../support/event-store/append-load.js';
import { eventually } from '../support/eventually.js';
import type { FaultAnswer } from '../support/eventstoredb/faults.js';
import { StandInProcess } from '../support/eventstoredb/stand-in-process.js';
import { MemoryLogger } from '../support/memory-logger.js';
import { temporaryFolder } from '../support/temporary-folder.js';

const WRITER = new URL(import.meta.resolve('#test/support/event-store/eventstoredb-writer-process'));
const SILENT = "EventStoreDB doesn't answer; it is asked again until it does";
const ANSWERS = 'EventStoreDB answers';

setFlagsFromString('--expose-gc');
const collectGarbage = runInNewContext('gc') as () => void;

const clock = new SystemClock();

/** Shorter than in production, so that silence costs no time. */
const TIMEOUT_MS = 600;
const POLL_MS = 1_000;

/** What was recorded while a leader died, hung or was voted out, and while connections broke. */
const LOST_ANSWERS: readonly FaultAnswer[] = [
  'cut',
  'unavailable',
  'bare-unavailable',
  'not-ready',
  'deadline-exceeded',
  'unknown',
  'timeout',
  'cancelled-by-server',
  'not-leader',
];

if ((process.env['EVENTSTORE_URL'] ?? '') !== '') {
  process.stdout.write(
    'event store: faults run on the stand-in, not on EVENTSTORE_URL: a server makes no faults at will. Kill, stop and fail over the real one under npm run e2e:processes.\n',
  );
}

describe('event store: EventStoreDB (stand-in), faults', () => {
  let server: StandInProcess;
  let store: EventStoreDbEventStore;
  let logger: MemoryLogger;
  let scope: string;

  const open = (): Promise<EventStoreDbEventStore> => {
    logger = new MemoryLogger();
    return EventStoreDbEventStore.open({
      url: server.url,
      clock,
      logger,
      timeoutMs: TIMEOUT_MS,
      pollMs: POLL_MS,
    });
  };
  before(async () => {
    server = await StandInProcess.start();
  });
  after(() => server.stop());
  beforeEach(async () => {
    scope = `test-${randomUUID()}`;
    store = await open();
  });
  afterEach(async () => {
    await server.disarm();
    await server.resume();
    await store.close();
  });

  /** What a test needs to be there, whatever else the machine is busy with. */
  const put = async (stream: string, events: NonEmpty<NewEvent>): Promise<void> => {
    const { outcome } = await appendUntilKnown(store, clock, stream, 'no-stream', events);
    assert.equal(outcome, 'appended');
  };

  describe('an answer that is lost', () => {
    for (const answer of [...LOST_ANSWERS, 'silence' as const]) {
      for (const written of [false, true]) {
        const when = written ? 'after' : 'before';
        it(`${answer} ${when} the write: unknown, then the same ids are told appended; one event each`, async () => {
          const pair = some(2);
          await server.arm({ call: 'append', answer, written, times: 1, streamPrefix: scope });
          await assert.rejects(store.append(scope, 'no-stream', pair), AppendOutcomeUnknownError);
          const result = await appendUntilKnown(store, clock, scope, 'no-stream', pair);
          const stored = await all(store.readStream(scope));
          assert.deepEqual(idsOf(stored), idsOf(pair));
          assert.deepEqual(result, {
            outcome: 'appended',
            lastRevision: 1n,
            position: stored[1]?.position,
          });
        });
      }
    }

    it('1,000 appends of 32 writers, every tenth answer lost in one of these ways: nothing lost, nothing twice', async () => {
      const start = await store.head();
      for (const [index, answer] of LOST_ANSWERS.entries()) {
        for (const written of [false, true]) {
          const seed = index * 2 + Number(written);
          await server.arm({
            call: 'append',
            answer,
            written,
            probability: 0.006,
            seed,
            streamPrefix: scope,
          });
        }
      }
      const acknowledged = await appendFromMany(store, clock, { scope, writers: 32, appends: 32 });
      const { faults } = await server.state();
      assert.ok(faults.reduce((sum, { hits }) => sum + hits, 0) > 50, 'the faults have struck');
      await server.disarm();
      assert.equal(acknowledged.length, 1024);
      await assertNothingLostOrDoubled(store, acknowledged, await logAfter(store, start));
    });

    it('a conflict that follows an unknown outcome is told as one', async () => {
      await server.arm({ call: 'append', answer: 'silence', written: false, times: 1, streamPrefix: scope });
      const lost = anEvent();
      await assert.rejects(store.append(scope, 'no-stream', [lost]), AppendOutcomeUnknownError);
      await put(scope, [anEvent()]);
      assert.deepEqual(await appendUntilKnown(store, clock, scope, 'no-stream', [lost]), {
        outcome: 'conflict',
        expected: 'no-stream',
        actual: 0n,
      });
    });
  });

  describe('reading', () => {
    let events: ReturnType<typeof some>;
    beforeEach(async () => {
      events = some(900);
      await put(scope, events);
    });

    for (const answer of ['cut', 'unavailable', 'not-leader', 'silence'] as const) {
      it(`${answer} in the middle of pages: every event once, in order`, async () => {
        await server.arm({ call: 'read', answer, afterEvents: 137, times: 3, streamPrefix: scope });
        assert.deepEqual(idsOf(await all(store.readStream(scope))), idsOf(events));
        await server.arm({ call: 'read', answer, afterEvents: 61, times: 3 });
        const log = await logAfter(store, undefined, 250);
        assert.deepEqual(idsOf(log.filter(({ stream }) => stream === scope)), idsOf(events));
      });
    }

    it('half a page that was cut off is never taken for the end of the log', async () => {
      const stop = new AbortController();
      const seen: string[] = [];
      await server.arm({ call: 'read', answer: 'cut', afterEvents: 100, times: 5 });
      for await (const delivery of store.subscribe({ signal: stop.signal })) {
        if (delivery.kind === 'caught-up') break;
        if (delivery.event.stream === scope) seen.push(delivery.event.id);
      }
      assert.deepEqual(seen, idsOf(events));
    });
  });

  describe('a server that hangs', () => {
    it('longer than the time limit: unknown in time, and the late answers are harmless', async () => {
      await put(scope, [anEvent()]);
      await server.hang();
      const events = Array.from({ length: 100 }, () => anEvent());
      const before = performance.now();
      const outcomes = await Promise.allSettled(
        events.map((event, index) => store.append(`${scope}-${String(index)}`, 'no-stream', [event])),
      );
      assert.ok(performance.now() - before < 10 * TIMEOUT_MS);
      for (const outcome of outcomes) {
        assert.ok(outcome.status === 'rejected' && outcome.reason instanceof AppendOutcomeUnknownError);
      }
      await server.resume();
      for (const [index, event] of events.entries()) {
        const stream = `${scope}-${String(index)}`;
        assert.equal(
          (await appendUntilKnown(store, clock, stream, 'no-stream', [event])).outcome,
          'appended',
        );
        assert.deepEqual(idsOf(await all(store.readStream(stream))), [event.id]);
      }
    });

    it('under 32 writers and a reader: nothing lost, nothing twice', async () => {
      const start = await store.head();
      const stop = new AbortController();
      const followed: RecordedEvent[] = [];
      const following = (async () => {
        const after = start === undefined ? {} : { after: start };
        for await (const delivery of store.subscribe({ signal: stop.signal, ...after })) {
          if (delivery.kind === 'event') followed.push(delivery.event);
        }
      })();
      const writing = appendFromMany(store, clock, { scope, writers: 32, appends: 40 });
      for (let round = 0; round < 2; round += 1) {
        await sleep(150);
        await server.hang();
        await sleep(2 * TIMEOUT_MS);
        await server.resume();
      }
      const acknowledged = await writing;
      const log = await logAfter(store, start);
      await assertNothingLostOrDoubled(store, acknowledged, log);
      await eventually(() => followed.length >= log.length);
      assert.deepEqual(followed, log);
      stop.abort();
      await following;
    });

    it('stopped with SIGSTOP until the connection is given up (17 s): appends and reads go on by themselves', async () => {
      const pair = some(2);
      await put(`${scope}-before`, pair);
      server.pause();
      const appending = appendUntilKnown(store, clock, scope, 'no-stream', pair);
      const reading = all(store.readStream(`${scope}-before`));
      await sleep(18_000);
      server.unpause();
      assert.equal((await appending).outcome, 'appended');
      assert.deepEqual(idsOf(await reading), idsOf(pair));
      assert.deepEqual(idsOf(await all(store.readStream(scope))), idsOf(pair));
    });
  });

  it('a restart under 32 writers and a reader: nothing lost, nothing twice, one client throughout', async () => {
    const start = await store.head();
    const writing = appendFromMany(store, clock, { scope, writers: 32, appends: 60 });
    for (let round = 0; round < 3; round += 1) {
      await sleep(200);
      await server.restart(150);
    }
    await assertNothingLostOrDoubled(store, await writing, await logAfter(store, start));
  });

  describe('following the log', () => {
    it('10,000 events in bursts that drop the live subscription: none missed, none doubled', async () => {
      const start = await store.head();
      const stop = new AbortController();
      const seen: string[] = [];
      const following = (async () => {
        const after = start === undefined ? {} : { after: start };
        for await (const delivery of store.subscribe({ signal: stop.signal, ...after })) {
          if (delivery.kind === 'event') seen.push(delivery.event.id);
          if (seen.length === 10_000) break;
        }
      })();
      // The live subscription stands before the first burst comes.
      await eventually(async () => ((await server.state()).calls['subscribeToAll'] ?? 0) > 1);
      const written: string[] = [];
      for (let burst = 0; burst < 20; burst += 1) {
        const events = some(500, { pad: 'x'.repeat(200) });
        await put(`${scope}-${String(burst)}`, events);
        written.push(...idsOf(events));
        if (burst % 5 === 4) await sleep(700);
      }
      await following;
      assert.deepEqual(seen, written);
    });

    const delays = async (events: number, pauseMs: number): Promise<readonly number[]> => {
      const start = await store.head();
      const stop = new AbortController();
      const seenAt = new Map<string, number>();
      const following = (async () => {
        const after = start === undefined ? {} : { after: start };
        for await (const delivery of store.subscribe({ signal: stop.signal, ...after })) {
          if (delivery.kind === 'event') seenAt.set(delivery.event.id, Date.now());
        }
      })();
      const writer = TestProcess.start(WRITER, server.url, scope, String(events), String(pauseMs));
      await writer.printed(events);
      await eventually(() => seenAt.size >= events);
      stop.abort();
      await following;
      return writer.lines
        .map((line) => JSON.parse(line) as { id: string; at: number })
        .map(({ id, at }) => (seenAt.get(id) ?? Infinity) - at)
        .sort((a, b) => a - b);
    };

    it('what another process writes now and then is seen at once', async () => {
      const sorted = await delays(20, 150);
      const median = sorted[10] ?? Infinity;
      assert.ok(median < POLL_MS / 3, `median ${median} ms`);
    });

    it('and within the poll when the live subscription says nothing', async () => {
      await server.arm({ call: 'subscription', answer: 'silence' });
      const sorted = await delays(20, 150);
      const longest = sorted.at(-1) ?? Infinity;
      assert.ok(longest < POLL_MS + 1_500, `longest ${longest} ms`);
      assert.ok(
        (await server.state()).faults.some(({ hits }) => hits > 0),
        'it was silent',
      );
    });

    it('a slow consumer holds a page or two, not the log', async () => {
      const EVENTS = 3_000;
      const BYTES = 20_000;
      const start = await store.head();
      for (let written = 0; written < EVENTS; written += 30) {
        await put(`${scope}-${String(written)}`, some(30, { pad: 'x'.repeat(BYTES) }));
      }
      const held = (): number => {
        // Twice: what the first run finalises is only then free.
        collectGarbage();
        collectGarbage();
        const { heapUsed, external } = process.memoryUsage();
        return heapUsed + external;
      };
      const before = held();
      const stop = new AbortController();
      let seen = 0;
      let most = 0;
      const after = start === undefined ? {} : { after: start };
      for await (const delivery of store.subscribe({ signal: stop.signal, ...after })) {
        if (delivery.kind === 'caught-up') break;
        seen += 1;
        if (seen % 100 !== 50) continue;
        await sleep(30);
        most = Math.max(most, held() - before);
      }
      assert.equal(seen, EVENTS);
      assert.ok(most < (EVENTS * BYTES) / 2, `${Math.round(most / 1e6)} MB of ${(EVENTS * BYTES) / 1e6} MB`);
    });
  });
});

describe('event store: EventStoreDB (stand-in), away at the start', () => {
  it('is opened all the same, says so in one line and in readiness, and works once the server is there', async (t) => {
    const folder = temporaryFolder();
    t.after(() => folder.remove());
    const server = await StandInProcess.start('--data', folder.path);
    t.after(() => server.stop());
    await server.kill();
    const logger = new MemoryLogger();
    const store = await EventStoreDbEventStore.open({
      url: server.url,
      clock,
      logger,
      timeoutMs: TIMEOUT_MS,
    });
    t.after(() => store.close());
    assert.deepEqual(store.status().ready, false);
    await eventually(() => /doesn't answer/.test(store.status().detail));
    const event = anEvent();
    await assert.rejects(store.append('payout-1', 'no-stream', [event]), AppendOutcomeUnknownError);
    const reading = all(store.readStream('payout-2'));
    const appending = appendUntilKnown(store, clock, 'payout-1', 'no-stream', [event]);
    await server.run();
    assert.equal((await appending).outcome, 'appended');
    assert.deepEqual(await reading, []);
    await eventually(() => store.status().ready);
    // And when it goes and comes back later.
    await server.kill();
    await eventually(() => !store.status().ready);
    await server.run();
    await eventually(() => store.status().ready);
    assert.deepEqual(idsOf(await all(store.readStream('payout-1'))), [event.id]);
    assert.deepEqual(
      logger.entries.map(({ message }) => message).filter((message) => message.startsWith('EventStoreDB')),
      [SILENT, ANSWERS, SILENT, ANSWERS],
    );
  });

  it('closes while the server hangs', async (t) => {
    const server = await StandInProcess.start();
    t.after(() => server.stop());
    const store = await EventStoreDbEventStore.open({
      url: server.url,
      clock,
      logger: new MemoryLogger(),
      timeoutMs: TIMEOUT_MS,
      appendsInFlight: 1,
    });
    await appendUntilKnown(store, clock, 'payout-1', 'no-stream', [anEvent()]);
    await server.hang();
    const appending = assert.rejects(
      store.append('payout-2', 'no-stream', [anEvent()]),
      AppendOutcomeUnknownError,
    );
    const waiting = Promise.allSettled(
      Array.from({ length: 100 }, (_, index) =>
        store.append(`waiting-${String(index)}`, 'no-stream', [anEvent()]),
      ),
    );
    const reading = assert.rejects(store.readAll({ limit: 1 }), { name: 'EventStoreClosedError' });
    const before = performance.now();
    await store.close();
    assert.ok(performance.now() - before < 5_000);
    await Promise.all([appending, reading]);
    for (const outcome of await waiting) {
      assert.ok(outcome.status === 'rejected' && outcome.reason instanceof Error);
      assert.match(outcome.reason.name, /^(EventStoreClosedError|AppendOutcomeUnknownError)$/);
    }
  });
});
