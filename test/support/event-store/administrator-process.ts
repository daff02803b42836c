/**
 * What an administrator can do to a stream, in a process of its own: arguments are the server's address, what is done, and
 * the stream.
 */
import { EventStoreDBClient } from '@eventstore/db-client';

const [, , url = '', action = '', stream = ''] = process.argv;
const client = EventStoreDBClient.connectionString(url);

const ACTIONS: Readonly<Record<string, () => Promise<unknown>>> = {
  'max-count': () => client.setStreamMetadata(stream, { maxCount: 1 }),
  truncate: () => client.setStreamMetadata(stream, { truncateBefore: 2 }),
  clear: () => client.setStreamMetadata(stream, {}),
  delete: () => client.deleteStream(stream),
  tombstone: () => client.tombstoneStream(stream),
};

await ACTIONS[action]?.();
await client.dispose();
