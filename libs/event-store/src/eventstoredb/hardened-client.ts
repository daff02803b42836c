import type { Duplex } from 'node:stream';
import type { EventStoreDBClient } from '@eventstore/db-client';

/** What the client keeps for its subclasses. The compiler tells when a version doesn't have it. */
interface Opened {
  GRPCStreamCreator: EventStoreDBClient['GRPCStreamCreator'];
  handleError: EventStoreDBClient['handleError'];
  supports: EventStoreDBClient['supports'];
}

/** The client's name for the stream of its batch append. */
const BATCH_APPEND = 'appendToStream';

/**
 * Takes four defects of 6.2.1, the last of its name, out of one client. Each ends the process, or leaves it unable to
 * append for ever, while the connection is remade (docs/adr/0015-eventstoredb-client.md):
 *
 * - When one stream of appends breaks, the calls of all are forgotten, and the next answer to a forgotten one throws
 *   outside any promise. A reconnected client has two such streams. Such an answer is dropped here: nobody waits for it.
 * - Appends that wait because the stream is full are rejected twice when it breaks, the second time with nobody there to
 *   catch it. Here the stream takes what it is given: how much that is, the adapter bounds.
 * - An error that comes while no node of a cluster is found is looked at in a promise that nobody awaits.
 * - What the server can do is asked once and the answer kept, even when it was a failure: every later append then fails
 *   with it. It isn't asked here: every server that the ledger runs on has the batch append.
 */
export function harden(client: EventStoreDBClient, onDropped: (error: unknown) => void): void {
  const opened = client as unknown as Opened;
  const { GRPCStreamCreator: createStream, handleError } = opened;
  opened.GRPCStreamCreator = (Client, name, creator, cache) => {
    if (name !== BATCH_APPEND) return createStream(Client, name, creator, cache);
    const guarded: typeof creator = (grpcClient) => {
      const created = creator(grpcClient);
      if (!(created instanceof Promise)) guard(created as Duplex, onDropped);
      return created;
    };
    return createStream(Client, name, guarded, cache);
  };
  opened.handleError = async (grpcClient, error) => {
    try {
      await handleError(grpcClient, error);
    } catch {
      // The channel that it waited for was not made. Whoever asked for that channel is told.
    }
  };
  opened.supports = async () => true;
}

function guard(stream: Duplex, onDropped: (error: unknown) => void): void {
  const emit = stream.emit.bind(stream);
  stream.emit = (event: string | symbol, ...args: unknown[]): boolean => {
    if (event !== 'data') return emit(event, ...args);
    try {
      return emit(event, ...args);
    } catch (error) {
      onDropped(error);
      return true;
    }
  };
  const write = stream.write.bind(stream);
  stream.write = (message: unknown): boolean => {
    write(message);
    return true;
  };
}
