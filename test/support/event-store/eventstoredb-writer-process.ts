/** Appends events to a server, one at a time; prints id and time of each when it was acknowledged. */
import { setTimeout as sleep } from 'node:timers/promises';
import { EventStoreDbEventStore } from '#event-store/eventstoredb/eventstoredb-event-store';
import { SystemClock } from '#platform/time/system-clock';
import { MemoryLogger } from '../memory-logger.js';
import { anEvent } from './append-load.js';

const [, , url = '', scope = '', count = '', pauseMs = ''] = process.argv;
const store = await EventStoreDbEventStore.open({
  url,
  clock: new SystemClock(),
  logger: new MemoryLogger(),
});
for (let written = 0; written < Number(count); written += 1) {
  await sleep(Number(pauseMs));
  const event = anEvent();
  await store.append(`${scope}-${String(written)}`, 'no-stream', [event]);
  process.stdout.write(`${JSON.stringify({ id: event.id, at: Date.now() })}\n`);
}
await store.close();
