import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import type {
  EventStore,
  ExpectedRevision,
  LogPosition,
  NewEvent,
  NonEmpty,
  RecordedEvent,
} from '#event-store/event-store';
import { appendUntilKnown } from '#event-store/handle-command';
import type { Clock } from '#platform/time/clock';

export function anEvent(data: NewEvent['data'] = { n: 1 }): NewEvent {
  return { id: randomUUID(), type: 'Probe', data, metadata: { m: 1 } };
}

export function some(count: number, data?: NewEvent['data']): NonEmpty<NewEvent> {
  return [anEvent(data), ...Array.from({ length: count - 1 }, () => anEvent(data))];
}

export async function all<T>(items: AsyncIterable<T>): Promise<T[]> {
  const list: T[] = [];
  for await (const item of items) list.push(item);
  return list;
}

export const idsOf = (events: readonly { readonly id: string }[]): string[] => events.map(({ id }) => id);

/** An append that was acknowledged. */
export interface Acknowledged {
  readonly stream: string;
  readonly ids: readonly string[];
  readonly lastRevision: bigint;
  readonly position: LogPosition;
}

/**
 * Writers, each with a stream of its own to which it appends one or two events at a time at the exact revision, and
 * repeats what it heard nothing of. Gives what was acknowledged.
 */
export async function appendFromMany(
  store: EventStore,
  clock: Clock,
  { scope, writers, appends }: { readonly scope: string; readonly writers: number; readonly appends: number },
): Promise<Acknowledged[]> {
  const acknowledged: Acknowledged[] = [];
  const write = async (writer: number): Promise<void> => {
    const stream = `${scope}-${String(writer)}`;
    let expected: ExpectedRevision = 'no-stream';
    for (let count = 0; count < appends; count += 1) {
      const events = some(1 + (count % 2));
      const result = await appendUntilKnown(store, clock, stream, expected, events);
      assert.ok(result.outcome === 'appended', `${stream} has no other writer: ${result.outcome}`);
      acknowledged.push({ stream, ids: idsOf(events), ...result });
      expected = result.lastRevision;
    }
  };
  await Promise.all(Array.from({ length: writers }, (_, writer) => write(writer)));
  return acknowledged;
}

/** Every acknowledged event is in its stream and in the log, once, in order, where the answer said; and no other. */
export async function assertNothingLostOrDoubled(
  store: EventStore,
  acknowledged: readonly Acknowledged[],
  log: readonly RecordedEvent[],
): Promise<void> {
  const byStream = Map.groupBy(acknowledged, ({ stream }) => stream);
  for (const [stream, appends] of byStream) {
    const stored = await all(store.readStream(stream));
    assert.deepEqual(
      idsOf(stored),
      appends.flatMap(({ ids }) => ids),
      stream,
    );
    for (const { ids, lastRevision, position } of appends) {
      const last = stored[Number(lastRevision)];
      assert.deepEqual([last?.id, last?.position], [ids.at(-1), position], stream);
    }
    assert.deepEqual(idsOf(log.filter((event) => event.stream === stream)), idsOf(stored), stream);
  }
}

/** The log from a place on, in pages. */
export async function logAfter(
  store: EventStore,
  after: LogPosition | undefined,
  limit = 500,
): Promise<RecordedEvent[]> {
  const events: RecordedEvent[] = [];
  for (let last = after; ;) {
    const page = await store.readAll({ limit, ...(last === undefined ? {} : { after: last }) });
    events.push(...page);
    if (page.length < limit) return events;
    last = page.at(-1)?.position;
  }
}
