/**
 * What an administrator can do to a stream, in a process of its own: arguments are the server's address, what is done, and
 * the stream. Prints `done`, or `denied` where the user of the address may not.
 */
import { AccessDeniedError, EventStoreDBClient } from '@eventstore/db-client';

const [, , url = '', action = '', stream = ''] = process.argv;
const client = EventStoreDBClient.connectionString(url);

const ACTIONS: Readonly<Record<string, () => Promise<unknown>>> = {
  'max-count': () => client.setStreamMetadata(stream, { maxCount: 1 }),
  truncate: () => client.setStreamMetadata(stream, { truncateBefore: 2 }),
  clear: () => client.setStreamMetadata(stream, {}),
  delete: () => client.deleteStream(stream),
  tombstone: () => client.tombstoneStream(stream),
};

try {
  await ACTIONS[action]?.();
  process.stdout.write('done\n');
} catch (error) {
  if (!(error instanceof AccessDeniedError)) throw error;
  process.stdout.write('denied\n');
}
await client.dispose();
