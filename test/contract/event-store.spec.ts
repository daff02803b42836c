import assert from 'node:assert/strict';
import { join } from 'node:path';
import { describe, it } from 'node:test';
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

describe('event store: SQLite, when its process ends', () => {
  it('has every acknowledged event, at its place, whole appends only, after five kills under load', async () => {
    const folder = temporaryFolder();
    const path = join(folder.path, 'ledger.db');
    const acknowledged: Acknowledged[] = [];
    for (let run = 0; run < 5; run += 1) {
      const child = TestProcess.start(APPENDING_PROCESS, path, String(run));
      await child.printed(200 + run * 300);
      await child.kill();
      acknowledged.push(...child.lines.map((line) => JSON.parse(line) as Acknowledged));

      const file = await openFile(path);
      const store = new SqliteEventStore(file);
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
      await store.close();
      await file.close();
    }
    folder.remove();
  });

  it('recognises the ids of an earlier run at their revision (real server)', async () => {
    const folder = temporaryFolder();
    const path = join(folder.path, 'ledger.db');
    const event = { id: '3f0c6f4e-8a3f-4a57-9a53-0d6a35d0c111', type: 'Probe', data: {}, metadata: {} };
    const answers: unknown[] = [];
    for (let run = 0; run < 2; run += 1) {
      const file = await openFile(path);
      const store = new SqliteEventStore(file);
      answers.push(await store.append('a', 'no-stream', [event]));
      await store.close();
      await file.close();
    }
    assert.deepEqual(answers[0], { outcome: 'appended', lastRevision: 0n, position: '1' });
    assert.deepEqual(answers[1], answers[0]);
    folder.remove();
  });

  it('says "unknown" when the writer is gone, never "not written"', async () => {
    const folder = temporaryFolder();
    const file = await openFile(join(folder.path, 'ledger.db'));
    const store = new SqliteEventStore(file);
    await file.close();
    const event = { id: '3f0c6f4e-8a3f-4a57-9a53-0d6a35d0c111', type: 'Probe', data: {}, metadata: {} };
    await assert.rejects(store.append('a', 'no-stream', [event]), { name: 'AppendOutcomeUnknownError' });
    await store.close();
    folder.remove();
  });

  it('has a log that not even the writer can change', async () => {
    const folder = temporaryFolder();
    const path = join(folder.path, 'ledger.db');
    const file = await SqliteFile.open({
      path,
      modules: [EVENT_STORE_WRITER, new URL(import.meta.resolve('#test/support/sqlite/tampering-writer'))],
    });
    const store = new SqliteEventStore(file);
    const event = { id: '3f0c6f4e-8a3f-4a57-9a53-0d6a35d0c111', type: 'Probe', data: {}, metadata: {} };
    await store.append('a', 'no-stream', [event]);
    await assert.rejects(file.run('tampering', 'update', undefined), /the log of events is never changed/);
    await assert.rejects(
      file.run('tampering', 'delete', undefined),
      /the log of events is never deleted from/,
    );
    assert.equal((await store.readAll({ limit: 10 })).length, 1);
    await store.close();
    await file.close();
    folder.remove();
  });
});
