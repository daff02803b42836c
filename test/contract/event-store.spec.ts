import assert from 'node:assert/strict';
import { join } from 'node:path';
import { describe, it, type TestContext } from 'node:test';
import type { RecordedEvent } from '#event-store/event-store';
import { InMemoryEventStore } from '#event-store/in-memory/in-memory-event-store';
import { EVENT_STORE_WRITER, SqliteEventStore } from '#event-store/sqlite/sqlite-event-store';
import { SqliteFile } from '#platform/sqlite/sqlite-file';
import { TestProcess } from '#test/support/child-process';
import { temporaryFolder } from '#test/support/temporary-folder';
import { describeEventStoreContract } from './event-store.contract.js';

const APPENDING_PROCESS = new URL(import.meta.resolve('#test/support/event-store/appending-process'));

const openFile = (path: string): Promise<SqliteFile> =>
  SqliteFile.open({ path, modules: [EVENT_STORE_WRITER] });

describeEventStoreContract('in memory', async () => {
  const store = new InMemoryEventStore();
  return { store, dispose: () => store.close() };
});

describeEventStoreContract('SQLite', async () => {
  const folder = temporaryFolder();
  const file = await openFile(join(folder.path, 'ledger.db'));
  const store = new SqliteEventStore(file);
  return {
    store,
    dispose: async () => {
      await store.close();
      await file.close();
      folder.remove();
    },
  };
});

interface Acknowledged {
  readonly stream: string;
  readonly lastRevision: string;
  readonly position: string;
  readonly ids: readonly [string, string];
}

/** Closed at the end of the test, however that comes: an open file would keep the process alive. */
async function openStore(t: TestContext, path: string, ...others: readonly URL[]): Promise<OpenStore> {
  const file = await SqliteFile.open({ path, modules: [EVENT_STORE_WRITER, ...others] });
  const store = new SqliteEventStore(file);
  const close = async (): Promise<void> => {
    await store.close();
    await file.close();
  };
  t.after(close);
  return { file, store, close };
}

interface OpenStore {
  readonly file: SqliteFile;
  readonly store: SqliteEventStore;
  readonly close: () => Promise<void>;
}

function newPath(t: TestContext): string {
  const folder = temporaryFolder();
  t.after(() => folder.remove());
  return join(folder.path, 'ledger.db');
}

const event = { id: '3f0c6f4e-8a3f-4a57-9a53-0d6a35d0c111', type: 'Probe', data: {}, metadata: {} };

describe('event store: SQLite, when its process ends', () => {
  it('has every acknowledged event, at its place, whole appends only, after five kills under load', async (t) => {
    const path = newPath(t);
    const acknowledged: Acknowledged[] = [];
    for (let run = 0; run < 5; run += 1) {
      const child = TestProcess.start(APPENDING_PROCESS, path, String(run));
      t.after(() => child.kill());
      await child.printed(200 + run * 300);
      await child.kill();
      acknowledged.push(...child.lines.map((line) => JSON.parse(line) as Acknowledged));

      const { store, close } = await openStore(t, path);
      const log: RecordedEvent[] = [];
      for await (const delivery of store.subscribe({ signal: new AbortController().signal })) {
        if (delivery.kind === 'caught-up') break;
        log.push(delivery.event);
      }
      assert.ok(log.length >= acknowledged.length * 2);
      assert.deepEqual(
        log.map(({ position }) => position),
        log.map((_, index) => String(index + 1)),
      );
      const byPosition = new Map(log.map((event) => [String(event.position), event]));
      for (const { stream, lastRevision, position, ids } of acknowledged) {
        const last = byPosition.get(position);
        const before = byPosition.get(String(Number(position) - 1));
        assert.deepEqual([last?.stream, String(last?.revision), last?.id], [stream, lastRevision, ids[1]]);
        assert.deepEqual([before?.stream, before?.id], [stream, ids[0]]);
      }
      assert.equal(log.length % 2, 0);
      await close();
    }
  });

  it('recognises the ids of an earlier run at their revision (real server)', async (t) => {
    const path = newPath(t);
    const answers: unknown[] = [];
    for (let run = 0; run < 2; run += 1) {
      const { store, close } = await openStore(t, path);
      answers.push(await store.append('a', 'no-stream', [event]));
      await close();
    }
    assert.deepEqual(answers[0], { outcome: 'appended', lastRevision: 0n, position: '1' });
    assert.deepEqual(answers[1], answers[0]);
  });

  it('says "unknown" when the writer is gone, never "not written"', async (t) => {
    const { file, store } = await openStore(t, newPath(t));
    await file.close();
    await assert.rejects(store.append('a', 'no-stream', [event]), { name: 'AppendOutcomeUnknownError' });
  });

  it('has a log that not even the writer can change', async (t) => {
    const path = newPath(t);
    const tampering = new URL(import.meta.resolve('#test/support/sqlite/tampering-writer'));
    const { file, store } = await openStore(t, path, tampering);
    await store.append('a', 'no-stream', [event]);
    await assert.rejects(file.run('tampering', 'update', undefined), /the log of events is never changed/);
    await assert.rejects(
      file.run('tampering', 'delete', undefined),
      /the log of events is never deleted from/,
    );
    assert.equal((await store.readAll({ limit: 10 })).length, 1);
  });
});
