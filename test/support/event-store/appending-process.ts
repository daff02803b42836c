// Appends pairs of events from 32 writers without end, and prints stream, revision, position and ids of each append
// after it was acknowledged.
import { randomUUID } from 'node:crypto';
import type { NewEvent } from '#event-store/event-store';
import { EVENT_STORE_WRITER, SqliteEventStore } from '#event-store/sqlite/sqlite-event-store';
import { SqliteFile } from '#platform/sqlite/sqlite-file';

const [path = '', run = ''] = process.argv.slice(2);
const store = new SqliteEventStore(await SqliteFile.open({ path, modules: [EVENT_STORE_WRITER] }));

async function write(writer: number): Promise<void> {
  const stream = `run-${run}-writer-${String(writer)}`;
  for (let count = 0; ; count += 1) {
    const pair = [anEvent(count), anEvent(count)] as const;
    const result = await store.append(stream, count === 0 ? 'no-stream' : BigInt(count * 2 - 1), pair);
    if (result.outcome !== 'appended') throw new Error(`conflict in ${stream}`);
    const line = {
      stream,
      lastRevision: String(result.lastRevision),
      position: result.position,
      ids: pair.map(({ id }) => id),
    };
    process.stdout.write(`${JSON.stringify(line)}\n`);
  }
}

function anEvent(count: number): NewEvent {
  return { id: randomUUID(), type: 'Probe', data: { count, pad: 'x'.repeat(400) }, metadata: { run } };
}

await Promise.all(Array.from({ length: 32 }, (_, writer) => write(writer)));
