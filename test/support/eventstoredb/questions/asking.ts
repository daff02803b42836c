import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import {
  EventStoreDBClient,
  jsonEvent,
  type AllStreamResolvedEvent,
  type AppendExpectedRevision,
  type Credentials,
  type JSONEventData,
  type ReadRevision,
  type ResolvedEvent,
} from '@eventstore/db-client';

/** Something that is asked of a server, and an answer that can be compared. */
export interface Question {
  readonly ask: string;
  readonly of: (asking: Asking) => Promise<unknown>;
}

export type AnEvent = JSONEventData;
type Target = AppendExpectedRevision;

const LONGEST_MS = 30_000;

/** Credentials in the call choose the single append: those of the URL, or any, since without TLS they aren't sent. */
function credentialsOf(url: string): Credentials {
  const [, username = 'admin', password = 'changeit'] = /\/\/([^:@/]+):([^@/]+)@/.exec(url) ?? [];
  return { username: decodeURIComponent(username), password: decodeURIComponent(password) };
}

/** Two clients of one server, and streams that no other run has. Disposed last, with nothing in flight: of 6.2.1, all clients of a process share what disposing breaks. */
export class Asking {
  readonly run = randomUUID().slice(0, 8);
  readonly client: EventStoreDBClient;
  readonly second: EventStoreDBClient;
  readonly #credentials: Credentials;

  constructor(url: string) {
    this.#credentials = credentialsOf(url);
    this.client = EventStoreDBClient.connectionString(url);
    this.second = EventStoreDBClient.connectionString(url);
  }

  stream(name: string): string {
    return `asked${this.run}-${name}`;
  }

  event(n = 1, bytes = 0, id: string = randomUUID()): AnEvent {
    return jsonEvent({ id, type: 'Probe', data: { n, pad: 'x'.repeat(bytes) }, metadata: { m: 1 } });
  }

  events(count: number, bytes = 0): AnEvent[] {
    return Array.from({ length: count }, (_, index) => this.event(index, bytes));
  }

  append(stream: string, events: AnEvent[], expectedRevision: Target): Promise<unknown> {
    return this.client.appendToStream(this.stream(stream), events, { expectedRevision });
  }

  /** The other of the protocol's two appends. */
  appendSingly(stream: string, events: AnEvent[], expectedRevision: Target): Promise<unknown> {
    const options = { expectedRevision, credentials: this.#credentials };
    return this.client.appendToStream(this.stream(stream), events, options);
  }

  /** Appends without a condition to a name taken as it is. */
  async appendTo(stream: string, event: AnEvent, singly = false): Promise<unknown> {
    return this.client.appendToStream(stream, [event], singly ? { credentials: this.#credentials } : {});
  }

  read(stream: string, fromRevision: ReadRevision = 'start'): Promise<ResolvedEvent[]> {
    return all(this.client.readStream(this.stream(stream), { fromRevision }));
  }

  async count(stream: string): Promise<number> {
    return (await this.read(stream)).length;
  }
}

/** What an iteration gives; what isn't an event (a checkpoint) is left out. */
export async function all<T extends AllStreamResolvedEvent | ResolvedEvent>(
  reading: AsyncIterable<T>,
): Promise<T[]> {
  const events: T[] = [];
  for await (const resolved of reading) if (resolved.event !== undefined) events.push(resolved);
  return events;
}

/** The result, or the error as a value. */
export const attempt = (call: Promise<unknown>): Promise<unknown> => call.catch((error: unknown) => error);

/** The answer of a question, whatever it is; a server that says nothing is an answer too. */
export async function answerOf(question: Question, asking: Asking): Promise<unknown> {
  const tooLate = new AbortController();
  const nothing = sleep(LONGEST_MS, `no answer in ${LONGEST_MS} ms`, { signal: tooLate.signal });
  try {
    return await Promise.race([attempt(question.of(asking)), nothing.catch(() => undefined)]);
  } finally {
    tooLate.abort();
  }
}
