import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { afterEach, beforeEach, describe, it } from 'node:test';
import { comparePositions, logPosition } from '#domain/log-position';
import {
  MAX_APPEND_BYTES,
  MAX_EVENT_BYTES,
  type AppendResult,
  type Delivery,
  type EventStore,
  type ExpectedRevision,
  type JsonObject,
  type LogPosition,
  type NewEvent,
  type NonEmpty,
  type RecordedEvent,
} from '#event-store/event-store';

/** One adapter with an empty log. */
export interface EventStoreSubject {
  readonly store: EventStore;
  /** Stops everything and removes what was stored. */
  dispose(): Promise<void>;
}

/** Where engines differ by their nature, and the port leaves it open. */
export interface EventStoreCapabilities {
  /**
   * An id that is in the stream already, appended again at the stream's end. A store that looks ids up refuses. Of
   * EventStoreDB the adapter can't tell without reading the whole stream before each append: it writes the event a
   * second time. Nothing of ours relies on the refusal: whoever appends has read the stream, and an id is made from
   * the place that it is meant for or drawn at random.
   */
  readonly reusedIds: 'refused' | 'written again';
}

type Appended = Extract<AppendResult, { outcome: 'appended' }>;

function anEvent(data: JsonObject = { n: 1 }, id: string = randomUUID()): NewEvent {
  return { id, type: 'Probe', data, metadata: { m: 1 } };
}

function some(count: number, data: (index: number) => JsonObject = (n) => ({ n })): NonEmpty<NewEvent> {
  const [first, ...rest] = Array.from({ length: count }, (_, index) => anEvent(data(index)));
  assert.ok(first !== undefined);
  return [first, ...rest];
}

/** An event whose data and metadata have this many bytes as JSON. */
function ofSize(bytes: number): NewEvent {
  const empty = anEvent({ pad: '' });
  const overhead = Buffer.byteLength(JSON.stringify(empty.data) + JSON.stringify(empty.metadata));
  return { ...empty, data: { pad: 'x'.repeat(bytes - overhead) } };
}

async function all<T>(items: AsyncIterable<T>): Promise<T[]> {
  const list: T[] = [];
  for await (const item of items) list.push(item);
  return list;
}

async function appended(
  store: EventStore,
  stream: string,
  expected: ExpectedRevision,
  events: NonEmpty<NewEvent>,
): Promise<Appended> {
  const result = await store.append(stream, expected, events);
  assert.ok(result.outcome === 'appended', `append to ${stream}: ${result.outcome}`);
  return result;
}

/** Everything in the log, in pages of `limit`. */
async function wholeLog(store: EventStore, limit = 100): Promise<RecordedEvent[]> {
  const events: RecordedEvent[] = [];
  for (;;) {
    const after = events.at(-1)?.position;
    const page = await store.readAll({ limit, ...(after === undefined ? {} : { after }) });
    assert.ok(page.length <= limit);
    events.push(...page);
    if (page.length < limit) return events;
  }
}

const ids = (events: readonly { readonly id: string }[]): string[] => events.map(({ id }) => id);

/**
 * What every adapter of the event store must answer. Where a title says "real server", the expectation is what
 * EventStoreDB 23.10.6 and 24.2.0 answered to the same question; "stricter" is where the port refuses on purpose what
 * a real server takes.
 */
export function describeEventStoreContract(
  name: string,
  makeSubject: () => Promise<EventStoreSubject>,
  { reusedIds }: EventStoreCapabilities = { reusedIds: 'refused' },
): void {
  describe(`event store: ${name}`, () => {
    let subject: EventStoreSubject;
    let store: EventStore;
    beforeEach(async () => {
      subject = await makeSubject();
      store = subject.store;
    });
    afterEach(() => subject.dispose());

    describe('append', () => {
      it('writes to a new stream and gives every field back (real server)', async () => {
        const pair = some(2);
        const result = await appended(store, 'a', 'no-stream', pair);
        const read = await all(store.readStream('a'));
        assert.deepEqual(
          read.map(({ position: _, ...event }) => event),
          pair.map((event, index) => ({ ...event, stream: 'a', revision: BigInt(index) })),
        );
        const [first, second] = read;
        assert.ok(first !== undefined && second !== undefined);
        assert.ok(comparePositions(first.position, second.position) < 0);
        assert.deepEqual(result, { outcome: 'appended', lastRevision: 1n, position: second.position });
        assert.deepEqual(await wholeLog(store), read);
      });

      it('goes on at the exact revision', async () => {
        await appended(store, 'a', 'no-stream', some(2));
        const third = anEvent();
        const result = await appended(store, 'a', 1n, [third]);
        const [read] = await all(store.readStream('a', 2n));
        assert.deepEqual(read, { ...third, stream: 'a', revision: 2n, position: result.position });
        assert.equal(result.lastRevision, 2n);
      });

      const wrong: readonly (readonly [string, ExpectedRevision, number, ExpectedRevision])[] = [
        ['no-stream, the stream exists', 'no-stream', 2, 1n],
        ['at 0, the stream is at 1', 0n, 2, 1n],
        ['at 5, the stream is at 1', 5n, 2, 1n],
        ['at 5, no such stream', 5n, 0, 'no-stream'],
        ['at 0, no such stream', 0n, 0, 'no-stream'],
        ['at 2^62, the stream is at 1', 2n ** 62n, 2, 1n],
      ];
      for (const [title, expected, existing, actual] of wrong) {
        it(`is a conflict with a new id ${title} (real server)`, async () => {
          if (existing > 0) await appended(store, 'a', 'no-stream', some(existing));
          assert.deepEqual(await store.append('a', expected, [anEvent()]), {
            outcome: 'conflict',
            expected,
            actual,
          });
          assert.equal((await wholeLog(store)).length, existing);
        });
      }
    });

    describe('the same ids again', () => {
      let pair: NonEmpty<NewEvent>;
      let first: NewEvent;
      let second: NewEvent;
      let firstTime: Appended;
      beforeEach(async () => {
        await appended(store, 'other', 'no-stream', some(3));
        pair = some(2);
        first = pair[0];
        second = pair[1] ?? first;
        firstTime = await appended(store, 'pair', 'no-stream', pair);
      });
      const stored = (): Promise<RecordedEvent[]> => all(store.readStream('pair'));

      it('at the same revision: appended, with the first position; nothing is written (real server)', async () => {
        assert.deepEqual(await store.append('pair', 'no-stream', pair), firstTime);
        assert.deepEqual(await store.append('pair', 'no-stream', pair), firstTime);
        assert.deepEqual(ids(await stored()), ids(pair));
      });

      it('in upper case: the same ids (real server: an id comes back in lower case)', async () => {
        const upper: NonEmpty<NewEvent> = [
          { ...first, id: first.id.toUpperCase() },
          { ...second, id: second.id.toUpperCase() },
        ];
        assert.deepEqual(await store.append('pair', 'no-stream', upper), firstTime);
        const [read] = await all(
          (await appended(store, 'upper', 'no-stream', upper), store.readStream('upper')),
        );
        assert.equal(read?.id, first.id);
      });

      it('at the same revision when the stream has long gone on: appended, the first position (real server)', async () => {
        await appended(store, 'pair', 1n, some(500));
        assert.deepEqual(await store.append('pair', 'no-stream', pair), firstTime);
        assert.deepEqual(await store.append('pair', 'no-stream', [anEvent()]), {
          outcome: 'conflict',
          expected: 'no-stream',
          actual: 501n,
        });
        assert.equal((await stored()).length, 502);
      });

      it('with other data: appended, and what is stored stays (real server)', async () => {
        const before = await stored();
        const other: NonEmpty<NewEvent> = [
          { ...first, data: { other: true } },
          { ...second, data: { other: true } },
        ];
        assert.deepEqual(await store.append('pair', 'no-stream', other), firstTime);
        assert.deepEqual(await stored(), before);
      });

      it('only the first of the pair, no-stream: appended (real server)', async () => {
        const [event] = await stored();
        assert.deepEqual(await store.append('pair', 'no-stream', [first]), {
          outcome: 'appended',
          lastRevision: 0n,
          position: event?.position,
        });
        assert.equal((await stored()).length, 2);
      });

      it('only the second of the pair, at its own revision: appended (real server)', async () => {
        assert.deepEqual(await store.append('pair', 0n, [second]), firstTime);
        assert.equal((await stored()).length, 2);
      });

      const mixed: readonly (readonly [string, () => NonEmpty<NewEvent>])[] = [
        ['the first of the pair and a new one', () => [first, anEvent()]],
        ['the pair and a new one', () => [first, second, anEvent()]],
        ['a new one and the pair', () => [anEvent(), first, second]],
        ['the pair in another order', () => [second, first]],
        ['the second alone at the place of the first', () => [second]],
      ];
      for (const [title, events] of mixed) {
        it(`${title}, no-stream: a conflict, nothing written (real server)`, async () => {
          assert.deepEqual(await store.append('pair', 'no-stream', events()), {
            outcome: 'conflict',
            expected: 'no-stream',
            actual: 1n,
          });
          assert.deepEqual(ids(await stored()), ids(pair));
        });
      }

      const atTheHead: readonly (readonly [string, () => NonEmpty<NewEvent>])[] = [
        ['the pair', () => pair],
        ['the first of the pair', () => [first]],
        ['a new one and the second of the pair', () => [anEvent(), second]],
      ];
      for (const [title, events] of atTheHead) {
        if (reusedIds === 'refused') {
          it(`${title} at the revision after it: refused, nothing written (stricter: a real server writes twice)`, async () => {
            await assert.rejects(store.append('pair', 1n, events()), {
              name: 'EventIdReusedError',
              message: /is in pair already, at another revision/,
            });
            assert.deepEqual(ids(await stored()), ids(pair));
            const next = await appended(store, 'pair', 1n, [anEvent()]);
            assert.equal(next.lastRevision, 2n);
          });
        } else {
          it(`${title} at the revision after it: written again (real server)`, async () => {
            const again = events();
            const result = await appended(store, 'pair', 1n, again);
            assert.equal(result.lastRevision, 1n + BigInt(again.length));
            assert.deepEqual(ids(await stored()), [...ids(pair), ...ids(again)]);
            // And from then on the later place counts as well: the same append is told its own outcome.
            assert.deepEqual(await store.append('pair', 1n, again), result);
            assert.deepEqual(await store.append('pair', 'no-stream', pair), firstTime);
          });
        }
      }

      it('to another stream: written (real server)', async () => {
        const result = await appended(store, 'pair2', 'no-stream', pair);
        assert.equal(result.lastRevision, 1n);
        assert.ok(comparePositions(result.position, firstTime.position) > 0);
        assert.deepEqual(ids(await all(store.readStream('pair2'))), ids(pair));
        assert.deepEqual(ids(await stored()), ids(pair));
      });
    });

    describe('at once', () => {
      it('two writers, one id, one free revision: both are told appended, one event (real server)', async () => {
        await appended(store, 'race', 'no-stream', [anEvent()]);
        const event = anEvent();
        const [one, other] = await Promise.all([
          store.append('race', 0n, [event]),
          store.append('race', 0n, [event]),
        ]);
        const read = await all(store.readStream('race'));
        assert.deepEqual(one, { outcome: 'appended', lastRevision: 1n, position: read[1]?.position });
        assert.deepEqual(other, one);
        assert.equal(read.length, 2);
      });

      it('two writers, two ids, one free revision: one conflict (real server)', async () => {
        await appended(store, 'race', 'no-stream', [anEvent()]);
        const results = await Promise.all([
          store.append('race', 0n, [anEvent()]),
          store.append('race', 0n, [anEvent()]),
        ]);
        const won = results.filter((result) => result.outcome === 'appended');
        const lost = results.filter((result) => result.outcome === 'conflict');
        assert.equal(won.length, 1);
        assert.deepEqual(lost, [{ outcome: 'conflict', expected: 0n, actual: 1n }]);
        assert.equal((await all(store.readStream('race'))).length, 2);
      });

      it('64 writers of one stream that read on a conflict lose and double nothing', async () => {
        const writer = async (event: NewEvent): Promise<void> => {
          for (let expected: ExpectedRevision = 'no-stream'; ;) {
            const result: AppendResult = await store.append('hot', expected, [event]);
            if (result.outcome === 'appended') return;
            expected = result.actual;
          }
        };
        const events = some(64);
        await Promise.all(events.map(writer));
        assert.deepEqual(ids(await all(store.readStream('hot'))).sort(), ids(events).sort());
      });
    });

    describe('a call that is wrong', () => {
      const nil = '00000000-0000-0000-0000-000000000000';
      const twice = anEvent();
      const looped: Record<string, unknown> = {};
      looped['self'] = looped;
      const calls: readonly (readonly [string, string, ExpectedRevision, readonly NewEvent[]])[] = [
        ['no events (stricter: a real server says success)', 'a', 'no-stream', []],
        ['an id that is no UUID (real server: the client dies)', 'a', 'no-stream', [anEvent({}, 'x')]],
        ['an empty id', 'a', 'no-stream', [anEvent({}, '')]],
        ['the nil UUID (real server)', 'a', 'no-stream', [anEvent({}, nil)]],
        ['one id twice (stricter: a real server writes two)', 'a', 'no-stream', [twice, twice]],
        ['one id twice, in two cases', 'a', 'no-stream', [twice, { ...twice, id: twice.id.toUpperCase() }]],
        ['an empty type (real server: the client dies)', 'a', 'no-stream', [{ ...anEvent(), type: '' }]],
        ['an empty stream name (real server)', '', 'no-stream', [anEvent()]],
        ['half a surrogate pair as stream name', '\ud83d', 'no-stream', [anEvent()]],
        ['half a surrogate pair as type', 'a', 'no-stream', [{ ...anEvent(), type: 'x\ude00' }]],
        ['a negative revision', 'a', -1n, [anEvent()]],
        ['data that is no JSON', 'a', 'no-stream', [anEvent({ n: 1n } as unknown as JsonObject)]],
        ['data in a loop', 'a', 'no-stream', [anEvent(looped as JsonObject)]],
      ];
      for (const [title, stream, expected, events] of calls) {
        it(`${title}: InvalidAppendError, nothing written`, async () => {
          await assert.rejects(store.append(stream, expected, events as unknown as NonEmpty<NewEvent>), {
            name: 'InvalidAppendError',
          });
          assert.equal(await store.head(), undefined);
        });
      }
    });

    describe('sizes', () => {
      it(`an event of 256 KiB is taken whole (real server)`, async () => {
        const event = ofSize(MAX_EVENT_BYTES);
        await appended(store, 'a', 'no-stream', [event]);
        const [read] = await all(store.readStream('a'));
        assert.deepEqual(read?.data, event.data);
      });

      it('one byte more is refused, and nothing of the append is written (stricter)', async () => {
        await assert.rejects(store.append('a', 'no-stream', [anEvent(), ofSize(MAX_EVENT_BYTES + 1)]), {
          name: 'AppendTooLargeError',
          message: /has 262145 bytes of data and metadata; the limit is 262144/,
        });
        assert.equal(await store.head(), undefined);
      });

      it('metadata and letters of several bytes count', async () => {
        const event = ofSize(MAX_EVENT_BYTES);
        const pad = event.data['pad'];
        assert.ok(typeof pad === 'string');
        const wider = { ...event, data: { pad: `${pad.slice(0, -1)}é` } };
        await assert.rejects(store.append('a', 'no-stream', [wider]), { name: 'AppendTooLargeError' });
        const more = { ...event, metadata: { ...event.metadata, more: '' } };
        await assert.rejects(store.append('a', 'no-stream', [more]), { name: 'AppendTooLargeError' });
      });

      it('an append of 768 KiB is taken, one byte more is refused whole', async () => {
        const part = MAX_APPEND_BYTES / 6;
        const full = (): NewEvent[] => Array.from({ length: 5 }, () => ofSize(part));
        await assert.rejects(store.append('a', 'no-stream', [ofSize(part + 1), ...full()]), {
          name: 'AppendTooLargeError',
          message: /over 786432 bytes/,
        });
        assert.equal(await store.head(), undefined);
        const result = await appended(store, 'a', 'no-stream', [ofSize(part), ...full()]);
        assert.equal(result.lastRevision, 5n);
        assert.equal((await all(store.readStream('a'))).length, 6);
      });

      it('800 events of 900 bytes go into one append', async () => {
        const [first, ...rest] = Array.from({ length: 800 }, () => ofSize(900));
        assert.ok(first !== undefined);
        const result = await appended(store, 'a', 'no-stream', [first, ...rest]);
        assert.equal(result.lastRevision, 799n);
        assert.deepEqual(ids(await all(store.readStream('a'))), ids([first, ...rest]));
      });
    });

    describe('names and content', () => {
      const names = [
        'payout-3f0c',
        'with spaces / slash and \'quotes" and \\',
        'Ü-型-ключ-😀',
        '%_*[]-like patterns',
        ' leading and trailing ',
        'line\nbreak\ttab',
        '$looks-like-a-system-stream',
        'n'.repeat(10_000),
      ];
      it('stream names are any text, and each is a stream of its own (real server)', async () => {
        for (const stream of names) await appended(store, stream, 'no-stream', [anEvent({ stream })]);
        await appended(store, 'PAYOUT-3F0C', 'no-stream', [anEvent()]);
        for (const stream of names) {
          const read = await all(store.readStream(stream));
          assert.deepEqual(
            read.map((event) => [event.stream, event.data]),
            [[stream, { stream }]],
          );
        }
      });

      it('other alphabets and numbers past 2^53 as text survive (real server)', async () => {
        const event: NewEvent = {
          id: randomUUID(),
          type: 'Ü-型',
          data: {
            ключ: '值😀',
            n: '9007199254740993',
            amount: '340282366920938463463374607431768211456',
            nested: [{ null: null, yes: true, no: false, half: 0.5 }, []],
          },
          metadata: { 'a.b': '\u0000 \u2028 "', empty: '' },
        };
        await appended(store, 'a', 'no-stream', [event]);
        const [read] = await all(store.readStream('a'));
        assert.deepEqual(read?.data, event.data);
        assert.deepEqual(read.metadata, event.metadata);
        assert.equal(read.type, 'Ü-型');
      });

      it('what the caller changes afterwards is not in the log', async () => {
        const data = { list: ['before'] };
        const appending = store.append('a', 'no-stream', [anEvent(data)]);
        data.list.push('after');
        await appending;
        const [read] = await all(store.readStream('a'));
        assert.deepEqual(read?.data, { list: ['before'] });
        read.data['list'].push('after');
        const [again] = await all(store.readStream('a'));
        assert.deepEqual(again?.data, { list: ['before'] });
      });
    });

    describe('reading', () => {
      it('a stream from a revision on, which is included (real server); nothing past its end (real server)', async () => {
        await appended(store, 'a', 'no-stream', some(4));
        const revisions = async (from?: bigint): Promise<bigint[]> =>
          (await all(store.readStream('a', from))).map(({ revision }) => revision);
        assert.deepEqual(await revisions(), [0n, 1n, 2n, 3n]);
        assert.deepEqual(await revisions(0n), [0n, 1n, 2n, 3n]);
        assert.deepEqual(await revisions(1n), [1n, 2n, 3n]);
        assert.deepEqual(await revisions(3n), [3n]);
        assert.deepEqual(await revisions(4n), []);
        assert.deepEqual(await revisions(2n ** 62n), []);
      });

      it('a missing stream: nothing', async () => {
        assert.deepEqual(await all(store.readStream('missing')), []);
      });

      it('a long stream, whole and in order; a reader that stops early takes nothing with it', async () => {
        const events = some(1500);
        await appended(store, 'long', 'no-stream', events);
        assert.deepEqual(ids(await all(store.readStream('long'))), ids(events));
        for await (const event of store.readStream('long')) if (event.revision === 700n) break;
        assert.equal((await appended(store, 'long', 1499n, [anEvent()])).lastRevision, 1500n);
      });

      it('the log of all streams in order, in pages that begin after the given place', async () => {
        const positions: LogPosition[] = [];
        const written: string[] = [];
        for (let index = 0; index < 10; index += 1) {
          const events = some(3);
          written.push(...ids(events));
          const revision = index < 2 ? 'no-stream' : BigInt(Math.floor(index / 2) * 3 - 1);
          positions.push((await appended(store, `s${String(index % 2)}`, revision, events)).position);
        }
        for (const limit of [1, 7, 30, 100]) assert.deepEqual(ids(await wholeLog(store, limit)), written);
        const after = positions[4];
        assert.ok(after !== undefined);
        assert.deepEqual(ids(await store.readAll({ after, limit: 4 })), written.slice(15, 19));
        const end = positions.at(-1);
        assert.ok(end !== undefined);
        assert.deepEqual(await store.readAll({ after: end, limit: 4 }), []);
        assert.equal(await store.head(), end);
        const log = await wholeLog(store);
        for (const [index, event] of log.entries()) {
          const next = log[index + 1];
          if (next !== undefined) assert.ok(comparePositions(event.position, next.position) < 0);
        }
      });

      it('an empty log has no head and one empty page', async () => {
        assert.equal(await store.head(), undefined);
        assert.deepEqual(await store.readAll({ limit: 10 }), []);
      });

      it('a page of no or of half an event is refused', async () => {
        for (const limit of [0, -1, 1.5, Number.NaN]) {
          await assert.rejects(store.readAll({ limit }), RangeError);
        }
      });

      it('an acknowledged append is read at once, in its stream and in the log (real server)', async () => {
        for (let index = 0; index < 50; index += 1) {
          const stream = `own-${String(index)}`;
          const event = anEvent();
          const { position } = await appended(store, stream, 'no-stream', [event]);
          assert.deepEqual(ids(await all(store.readStream(stream))), [event.id]);
          assert.equal(await store.head(), position);
        }
      });

      it('10,000 streams', async () => {
        const streams = Array.from({ length: 10_000 }, (_, index) => `stream-${String(index)}`);
        for (let from = 0; from < streams.length; from += 500) {
          await Promise.all(
            streams.slice(from, from + 500).map((stream) => appended(store, stream, 'no-stream', some(2))),
          );
        }
        const log = await wholeLog(store, 1000);
        assert.equal(log.length, 20_000);
        assert.equal(new Set(ids(log)).size, 20_000);
        assert.deepEqual([...new Set(log.map(({ stream }) => stream))].sort(), [...streams].sort());
        for (const stream of ['stream-0', 'stream-4711', 'stream-9999']) {
          assert.deepEqual(
            (await all(store.readStream(stream))).map(({ revision }) => revision),
            [0n, 1n],
          );
          assert.deepEqual(await store.append(stream, 0n, [anEvent()]), {
            outcome: 'conflict',
            expected: 0n,
            actual: 1n,
          });
        }
      });
    });

    describe('subscribe', () => {
      let stop: AbortController;
      beforeEach(() => {
        stop = new AbortController();
      });
      afterEach(() => stop.abort());

      const subscribe = (after?: LogPosition): AsyncIterator<Delivery> =>
        store
          .subscribe({ signal: stop.signal, ...(after === undefined ? {} : { after }) })
          [Symbol.asyncIterator]();
      const take = async (deliveries: AsyncIterator<Delivery>, count: number): Promise<Delivery[]> => {
        const taken: Delivery[] = [];
        while (taken.length < count) {
          const next = await deliveries.next();
          assert.ok(next.done !== true, `ended after ${taken.length} of ${count}`);
          taken.push(next.value);
        }
        return taken;
      };
      const short = (deliveries: readonly Delivery[]): string[] =>
        deliveries.map((delivery) => (delivery.kind === 'event' ? delivery.event.id : delivery.kind));

      it('an empty log: caught up at once, then what comes (real server)', async () => {
        const deliveries = subscribe();
        assert.deepEqual(await take(deliveries, 1), [{ kind: 'caught-up' }]);
        const pair = some(2);
        await appended(store, 'a', 'no-stream', pair);
        const live = await take(deliveries, 3);
        assert.deepEqual(short(live), [...ids(pair), 'caught-up']);
        assert.deepEqual(
          live.flatMap((delivery) => (delivery.kind === 'event' ? [delivery.event] : [])),
          await all(store.readStream('a')),
        );
      });

      it('old events in order, caught up after them, begins after the given place (real server)', async () => {
        const events = some(1203);
        for (let from = 0; from < events.length; from += 401) {
          const [first, ...rest] = events.slice(from, from + 401);
          assert.ok(first !== undefined);
          await appended(store, `s${String(from)}`, 'no-stream', [first, ...rest]);
        }
        assert.deepEqual(short(await take(subscribe(), 1204)), [...ids(events), 'caught-up']);
        const log = await wholeLog(store);
        assert.deepEqual(short(await take(subscribe(log[1199]?.position), 4)), [
          ...ids(events.slice(1200)),
          'caught-up',
        ]);
        assert.deepEqual(await take(subscribe(await store.head()), 1), [{ kind: 'caught-up' }]);
      });

      it('waits at the tail, and is woken by the next append', async () => {
        const deliveries = subscribe();
        await take(deliveries, 1);
        const waiting = deliveries.next();
        const event = anEvent();
        await appended(store, 'a', 'no-stream', [event]);
        const next = await waiting;
        assert.ok(next.done !== true && next.value.kind === 'event');
        assert.equal(next.value.event.id, event.id);
      });

      it('no gap and no double between catching up and live, under 16 writers, for 3 readers', async () => {
        const perWriter = 60;
        const total = 200 + 16 * perWriter * 2;
        await appended(store, 'before', 'no-stream', some(200));
        const reading = Array.from({ length: 3 }, async () => {
          const seen: RecordedEvent[] = [];
          for await (const delivery of store.subscribe({ signal: stop.signal })) {
            if (delivery.kind === 'event') seen.push(delivery.event);
            if (seen.length === total) break;
          }
          return seen;
        });
        const writing = Array.from({ length: 16 }, async (_, writer) => {
          for (let count = 0; count < perWriter; count += 1) {
            const expected = count === 0 ? 'no-stream' : BigInt(count * 2 - 1);
            await appended(store, `writer-${String(writer)}`, expected, some(2));
          }
        });
        await Promise.all(writing);
        const log = ids(await wholeLog(store));
        assert.equal(log.length, total);
        for (const seen of await Promise.all(reading)) assert.deepEqual(ids(seen), log);
      });

      it('takes a burst of 2,000 events while it is live (real server 24.2; 23.10 drops a pushed one)', async () => {
        const deliveries = subscribe();
        await take(deliveries, 1);
        const events = some(2000, (n) => ({ n, pad: 'x'.repeat(200) }));
        await appended(store, 'a', 'no-stream', events);
        const got = await take(deliveries, 2000);
        assert.deepEqual(short(got.filter((delivery) => delivery.kind === 'event')), ids(events));
      });

      it('ends when it is left in the middle, and the store goes on', async () => {
        await appended(store, 'a', 'no-stream', some(1200));
        let count = 0;
        for await (const delivery of store.subscribe({ signal: stop.signal })) {
          assert.equal(delivery.kind, 'event');
          count += 1;
          if (count === 700) break;
        }
        assert.equal((await appended(store, 'a', 1199n, [anEvent()])).lastRevision, 1200n);
      });

      it('ends when it is returned while it waits at the tail', async () => {
        const deliveries = subscribe();
        await take(deliveries, 1);
        const waiting = deliveries.next();
        assert.deepEqual(await deliveries.return?.(), { done: true, value: undefined });
        assert.equal((await waiting).done, true);
        assert.equal((await deliveries.next()).done, true);
      });

      it('ends when its signal is aborted: before it began, in the middle, at the tail', async () => {
        await appended(store, 'a', 'no-stream', some(10));
        assert.deepEqual(await all(store.subscribe({ signal: AbortSignal.abort() })), []);

        const middle = new AbortController();
        let seen = 0;
        for await (const _ of store.subscribe({ signal: middle.signal })) {
          seen += 1;
          if (seen === 5) middle.abort();
        }
        assert.equal(seen, 5);

        const deliveries = subscribe(await store.head());
        await take(deliveries, 1);
        const waiting = deliveries.next();
        stop.abort();
        assert.equal((await waiting).done, true);
      });

      it('refuses what is no position', async () => {
        await assert.rejects(async () => take(subscribe('x' as LogPosition), 1), RangeError);
        await assert.rejects(store.readAll({ after: '-1' as LogPosition, limit: 1 }), RangeError);
      });

      it('a place behind the end of the log gives nothing', async () => {
        await appended(store, 'a', 'no-stream', [anEvent()]);
        assert.deepEqual(await store.readAll({ after: logPosition('9999999999999999999'), limit: 5 }), []);
      });
    });

    describe('close', () => {
      it('finishes what is in flight, ends the subscriptions, refuses what comes after', async () => {
        const reading = all(store.subscribe({ signal: new AbortController().signal }));
        const inFlight = Promise.all(
          Array.from({ length: 20 }, (_, index) => store.append(`s${String(index)}`, 'no-stream', some(2))),
        );
        await store.close();
        for (const result of await inFlight) assert.equal(result.outcome, 'appended');
        assert.ok((await reading).length <= 41);
        const closed = { name: 'EventStoreClosedError' };
        await assert.rejects(store.append('a', 'no-stream', [anEvent()]), closed);
        await assert.rejects(store.readAll({ limit: 1 }), closed);
        await assert.rejects(store.head(), closed);
        await assert.rejects(all(store.readStream('a')), closed);
        assert.throws(() => store.subscribe({ signal: new AbortController().signal }), closed);
        await store.close();
      });
    });
  });
}
