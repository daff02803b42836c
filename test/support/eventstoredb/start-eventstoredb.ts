import { startContainer } from './container-eventstoredb.js';
import { StandInProcess } from './stand-in-process.js';

export interface StartedEventStoreDb {
  /** For `EVENTSTORE_URL`: no TLS, no access control, unless it was given. */
  readonly url: string;
  /** `given`: by EVENTSTORE_URL; `container`: a real server by Docker; `stand-in`: NOT a server, see `stand-in.ts`. */
  readonly kind: 'given' | 'stand-in' | 'container';
  /** Ends what was started. A given server is left alone. */
  stop(): Promise<void>;
}

/**
 * What the tests of the log run against: the server of `EVENTSTORE_URL`; else, where `TEST_CONTAINERS=1` asks for it, a
 * real one in a container (and a failure when no Docker engine answers, rather than the stand-in in its place); else the
 * stand-in as a child process. The stand-in comes before a container because faults can be injected into it, and so
 * that a run takes the same on every machine; whoever wants a real server says so.
 */
export async function startEventStoreDb(): Promise<StartedEventStoreDb> {
  const given = process.env['EVENTSTORE_URL'] ?? '';
  if (given !== '') return { url: given, kind: 'given', stop: async () => undefined };
  if (process.env['TEST_CONTAINERS'] === '1') return { kind: 'container', ...(await startContainer()) };
  const standIn = await StandInProcess.start();
  return { url: standIn.url, kind: 'stand-in', stop: () => standIn.stop() };
}
