import { createRequire } from 'node:module';
import kafkajs from 'kafkajs';

interface Header {
  readonly key: string;
  readonly value: Buffer | null;
}

type Headers = Record<string, Header['value'] | Header['value'][]>;

interface Decoder {
  readVarIntArray(read: unknown): Header[];
}

interface RequestQueue {
  readonly pending: readonly unknown[];
  scheduleCheckPendingRequests(): void;
}

const require = createRequire(import.meta.url);

/**
 * kafkajs 2.2.4 looks a thousand times a second, on every connection, whether requests wait that may be sent, also when
 * none do, with a negative delay of which Node warns (kafkajs issues 1704 and 1751; its fix was never released). A
 * request that has to wait starts the look by itself, so without one there is nothing to look for.
 */
const { prototype: requests } = require('kafkajs/src/network/requestQueue') as {
  readonly prototype: RequestQueue;
};
// eslint-disable-next-line @typescript-eslint/unbound-method -- it is called with its own `this` below
const look = requests.scheduleCheckPendingRequests;
requests.scheduleCheckPendingRequests = function lookWhenAnyWaits(this: RequestQueue): void {
  if (this.pending.length > 0) look.call(this);
};

/**
 * It joins a record's headers by copying those before for each one, so a record with 200,000 of them, which fits into a
 * small message, stops the process for minutes, and again after its start. A header that is named like a member of every
 * object (`toString`) becomes a list with that function in it. The array is read for headers only, and only reduced.
 */
const { prototype: decoder } = require('kafkajs/src/protocol/decoder') as { readonly prototype: Decoder };
// eslint-disable-next-line @typescript-eslint/unbound-method -- it is called with its own `this` below
const readArray = decoder.readVarIntArray;
decoder.readVarIntArray = function readHeaders(this: Decoder, read: unknown): Header[] {
  const headers = readArray.call(this, read);
  return Object.assign(headers, { reduce: () => byName(headers) });
};

function byName(headers: readonly Header[]): Headers {
  const named = new Map<string, Headers[string]>();
  for (const { key, value } of headers) {
    const known = named.get(key);
    if (Array.isArray(known)) known.push(value);
    else named.set(key, known === undefined ? value : [known, value]);
  }
  return Object.fromEntries(named);
}

export default kafkajs;
