import type { Config } from '#platform/config/read-config';
import { integer, parsedSecret } from '#platform/config/setting';
import { parseConnectionString } from './connection-string.js';

/** Appends that are sent and not answered, at most. */
export const DEFAULT_APPENDS_IN_FLIGHT = 64;
/** How long an answer may take. A server that is well needs milliseconds. */
export const DEFAULT_TIMEOUT_MS = 5_000;

/** What a program that uses EventStoreDB reads. */
export const EVENTSTORE_SETTINGS = {
  eventStoreUrl: parsedSecret('EVENTSTORE_URL', {
    description: "EventStoreDB's connection string, with the ledger's own user",
    expects: 'esdb://user:password@host:2113?tls=true, or esdb+discover://… for a cluster',
    read: (value) => parseConnectionString(value).text,
  }),
  eventStoreTimeoutMs: integer('EVENTSTORE_TIMEOUT_MS', {
    description: 'Milliseconds after which an append counts as unknown and a read is asked again',
    min: 500,
    max: 60_000,
    default: DEFAULT_TIMEOUT_MS,
  }),
  eventStoreAppendsInFlight: integer('EVENTSTORE_APPENDS_IN_FLIGHT', {
    description: 'Appends sent and not answered, at most; the others wait in their order',
    min: 1,
    max: 256,
    default: DEFAULT_APPENDS_IN_FLIGHT,
  }),
};

/** What `EventStoreDbEventStore.open` wants of them. */
export function eventStoreOptions(config: Config<typeof EVENTSTORE_SETTINGS>) {
  return {
    url: config.eventStoreUrl,
    timeoutMs: config.eventStoreTimeoutMs,
    appendsInFlight: config.eventStoreAppendsInFlight,
  };
}
