import type { EventStore, NewEvent } from '#event-store/event-store';
import { SystemIds } from '#platform/ids/system-ids';
import { Stopwatch, type Measurement } from '../bench-case.js';
import type { Progress } from '../progress.js';

export const APPEND_LOAD = { appenders: 64, eventsPerAppend: 2, eventBytes: 600 } as const;

/** Appends to new streams as fast as the store answers. */
export async function appendFor(
  store: EventStore,
  seconds: number,
  progress: Progress,
): Promise<Measurement> {
  const ids = new SystemIds();
  const latencies: number[] = [];
  const watch = new Stopwatch();
  const until = performance.now() + seconds * 1_000;
  const appender = async (): Promise<void> => {
    while (performance.now() < until) {
      const sentAt = performance.now();
      const result = await store.append(`raw-${ids.uuid()}`, 'no-stream', [newEvent(ids), newEvent(ids)]);
      if (result.outcome !== 'appended') throw new Error('a new stream had events already');
      latencies.push(performance.now() - sentAt);
      progress.count(latencies.length * APPEND_LOAD.eventsPerAppend);
    }
  };
  await Promise.all(Array.from({ length: APPEND_LOAD.appenders }, appender));
  return { count: latencies.length * APPEND_LOAD.eventsPerAppend, ...watch.lap(), latencies };
}

const PADDING = 'x'.repeat(APPEND_LOAD.eventBytes - JSON.stringify({ padding: '' }).length);

function newEvent(ids: SystemIds): NewEvent {
  return { id: ids.uuid(), type: 'RawEvent', data: { padding: PADDING }, metadata: {} };
}
