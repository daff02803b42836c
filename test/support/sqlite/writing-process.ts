// Writes notes from 32 callers without end, and prints each text after its write was acknowledged.
import { SqliteFile } from '#platform/sqlite/sqlite-file';

const [path = '', run = ''] = process.argv.slice(2);
const file = await SqliteFile.open({
  path,
  modules: [new URL(import.meta.resolve('#test/support/sqlite/notes-writer'))],
});

async function write(caller: number): Promise<void> {
  for (let count = 0; ; count += 1) {
    const text = `${run}-${String(caller)}-${String(count)}`;
    await file.run('notes', 'add', text);
    process.stdout.write(`${text}\n`);
  }
}

await Promise.all(Array.from({ length: 32 }, (_, caller) => write(caller)));
