/**
 * What ends a process that uses the bare client, tried with it or with the adapter: arguments are the server's address,
 * the stand-in's control address (or `-`), what is tried, and `bare` or `adapter`. Prints `alive` and ends by itself
 * with 0 when the process has survived and can append still.
 */
import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { EventStoreDBClient, jsonEvent, NO_STREAM } from '@eventstore/db-client';
import { AppendOutcomeUnknownError, type NewEvent } from '#event-store/event-store';
import { EventStoreDbEventStore } from '#event-store/eventstoredb/eventstoredb-event-store';
import { SystemClock } from '#platform/time/system-clock';
import { MemoryLogger } from '../memory-logger.js';

const [, , url = '', control = '', defect = '', through = ''] = process.argv;

async function ask(path: string, body?: unknown): Promise<void> {
  const init = { method: 'POST', ...(body === undefined ? {} : { body: JSON.stringify(body) }) };
  const response = await fetch(`${control}${path}`, init);
  if (!response.ok) throw new Error(await response.text());
}

interface Subject {
  append(event: { id: string; type: string; pad?: number }): Promise<unknown>;
  /** One read, whatever becomes of it. */
  read(): Promise<unknown>;
  /** Something that is open on the connection and receives events. */
  follow(): void;
  another(): Promise<{
    append(event: { id: string; type: string }): Promise<unknown>;
    close(): Promise<void>;
  }>;
  close(): Promise<void>;
}

function bareSubject(): Subject {
  const open = (): EventStoreDBClient => EventStoreDBClient.connectionString(url);
  const appendWith =
    (client: EventStoreDBClient): Subject['append'] =>
    ({ id, type, pad = 10 }) => {
      const event = jsonEvent({ id, type, data: { pad: 'x'.repeat(pad) } });
      return client.appendToStream(`defect-${randomUUID()}`, [event], { expectedRevision: NO_STREAM });
    };
  const client = open();
  return {
    append: appendWith(client),
    read: async () => {
      for await (const event of client.readAll({ maxCount: 1 })) return event;
      return undefined;
    },
    follow: () =>
      void client
        .subscribeToAll()
        .on('data', () => undefined)
        .on('error', () => undefined),
    another: async () => {
      const second = open();
      return { append: appendWith(second), close: () => second.dispose() };
    },
    close: () => client.dispose(),
  };
}

async function adapterSubject(): Promise<Subject> {
  const open = (): Promise<EventStoreDbEventStore> =>
    EventStoreDbEventStore.open({ url, clock: new SystemClock(), logger: new MemoryLogger() });
  const appendWith =
    (store: EventStoreDbEventStore): Subject['append'] =>
    async ({ id, type, pad = 10 }) => {
      const event: NewEvent = { id, type, data: { pad: 'x'.repeat(pad) }, metadata: {} };
      const stream = `defect-${randomUUID()}`;
      for (;;) {
        try {
          return await store.append(stream, 'no-stream', [event]);
        } catch (error) {
          if (!(error instanceof AppendOutcomeUnknownError)) throw error;
          await sleep(50);
        }
      }
    };
  const store = await open();
  const stop = new AbortController();
  return {
    append: appendWith(store),
    read: () => store.readAll({ limit: 1 }),
    follow: () =>
      void (async () => {
        for await (const _ of store.subscribe({ signal: stop.signal }));
      })(),
    another: async () => {
      const second = await open();
      return { append: appendWith(second), close: () => second.close() };
    },
    close: async () => {
      stop.abort();
      await store.close();
    },
  };
}

const good = (pad?: number): { id: string; type: string; pad?: number } => ({
  id: randomUUID(),
  type: 'Probe',
  ...(pad === undefined ? {} : { pad }),
});

/** Says what became of a call, so that a refusal can be told from success. */
async function told(call: Promise<unknown>): Promise<void> {
  const outcome = await call.then(
    () => 'done',
    (error: unknown) => (error instanceof Error ? error.name : String(error)),
  );
  process.stdout.write(`${outcome}\n`);
}

const quietly = (call: Promise<unknown>): Promise<unknown> => call.catch(() => undefined);

const NIL_ID = '00000000-0000-0000-0000-000000000000';

const DEFECTS: Readonly<Record<string, (subject: Subject) => Promise<void>>> = {
  'malformed-id': (subject) => told(subject.append({ id: 'not-a-uuid', type: 'Probe' })),
  'nil-id': (subject) => told(subject.append({ id: NIL_ID, type: 'Probe' })),
  'empty-type': (subject) => told(subject.append({ id: randomUUID(), type: '' })),
  'second-client': async (subject) => {
    const calls = async (): Promise<void> => {
      const second = await subject.another();
      await second.append(good());
      const inFlight = Array.from({ length: 200 }, () => quietly(subject.append(good())));
      await Promise.all([second.close(), ...inFlight]);
    };
    await told(calls());
  },
  // The connection breaks while appends wait for room in the stream.
  'full-stream': async (subject) => {
    await ask('/hang');
    const inFlight = Array.from({ length: 100 }, () => quietly(subject.append(good(60_000))));
    await sleep(1_000);
    await ask('/cut');
    await ask('/resume');
    await Promise.all(inFlight);
  },
  // The client has gone to a new connection; the old one breaks when appends are under way on the new one.
  reconnected: async (subject) => {
    await ask('/faults', { call: 'subscription', answer: 'cut', afterEvents: 100, times: 1 });
    subject.follow();
    // The adapter subscribes when the log has been quiet for a moment.
    await sleep(1_500);
    await ask('/faults', { call: 'read', answer: 'unavailable', times: 1 });
    await quietly(subject.read());
    await sleep(200);
    // All the time some answers are outstanding, whenever the old connection breaks.
    const write = async (): Promise<void> => {
      for (let count = 0; count < 60; count += 1) await quietly(subject.append(good()));
    };
    await Promise.all(Array.from({ length: 32 }, write));
  },
  // What the server can do is asked once, and the failure kept.
  features: async (subject) => {
    await ask('/faults', { call: 'features', answer: 'unknown', times: 1 });
    await ask('/cut');
    await sleep(200);
    for (let attempt = 0; attempt < 5; attempt += 1) await quietly(subject.append(good()));
  },
};

const subject = through === 'bare' ? bareSubject() : await adapterSubject();
await subject.append(good());
await DEFECTS[defect]?.(subject);
// A late answer that ends the process comes when the server's own time limit, 2 s, is over.
await sleep(3_500);
await subject.append(good());
process.stdout.write('alive\n');
await subject.close();
