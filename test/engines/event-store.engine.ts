import { randomUUID } from 'node:crypto';
import { after, before } from 'node:test';
import { EventStoreDbEventStore } from '#event-store/eventstoredb/eventstoredb-event-store';
import { SystemClock } from '#platform/time/system-clock';
import { describeEventStoreContract } from '../contract/event-store.contract.js';
import { ScopedEventStore } from '../support/event-store/scoped-event-store.js';
import { startEventStoreDb, type StartedEventStoreDb } from '../support/eventstoredb/start-eventstoredb.js';
import { MemoryLogger } from '../support/memory-logger.js';

const clock = new SystemClock();

let server: StartedEventStoreDb;
before(async () => {
  server = await startEventStoreDb();
});
after(() => server.stop());

describeEventStoreContract(
  'EventStoreDB',
  async () => {
    const store = await EventStoreDbEventStore.open({ url: server.url, clock, logger: new MemoryLogger() });
    const scoped = new ScopedEventStore(store, `test-${randomUUID()}-`, await store.head());
    return { store: scoped, dispose: () => store.close() };
  },
  { reusedIds: 'written again' },
);
