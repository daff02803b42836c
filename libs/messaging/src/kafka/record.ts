import type { IHeaders } from 'kafkajs';
import {
  MAX_MESSAGE_BYTES,
  PARKED_HEADERS,
  type OutgoingMessage,
  type ReceivedMessage,
} from '../message-bus.js';
import type { AbortedTransaction, WireHeader, WireMessage } from './wire.js';

/** What kafkajs is given to publish. */
export interface OutgoingRecord {
  readonly key: Buffer | null;
  readonly value: Buffer | null;
  readonly headers: IHeaders;
}

/** A record as the bus hands it out. */
export interface ReadRecord {
  readonly message: ReceivedMessage;
  /** Bytes in memory, about. */
  readonly size: number;
  /** What the bus' message can't express: the record is parked as it is, and nobody is handed it. */
  readonly flaw: RecordFlaw | undefined;
}

export interface RecordFlaw {
  readonly reason: string;
  readonly original: OutgoingRecord;
}

const utf8 = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });
/** Around a record, about: what the memory that it takes is more than its bytes. */
const RECORD_OVERHEAD = 200;

/** Copies the record's bytes: it keeps no others in memory. */
export function readRecord(topic: string, partition: number, wire: WireMessage): ReadRecord {
  const headers = Object.entries(wire.headers ?? {});
  const size =
    (wire.key?.byteLength ?? 0) +
    (wire.value?.byteLength ?? 0) +
    headers.reduce((sum, [name, value]) => sum + Buffer.byteLength(name) + bytesOf(value), 0);
  const key = textOf(wire.key);
  const texts = headers.map(
    ([name, value]) => [name, isRepeated(value) ? undefined : textOf(value)] as const,
  );
  const message: ReceivedMessage = {
    topic,
    partition,
    offset: BigInt(wire.offset),
    publishedAt: Number(wire.timestamp),
    // A key that isn't text still keeps its messages in order.
    key: key ?? (wire.key ?? Buffer.alloc(0)).toString('latin1'),
    headers: Object.fromEntries(
      texts.filter((pair): pair is readonly [string, string] => pair[1] !== undefined),
    ),
    value: Uint8Array.from(wire.value ?? []),
  };
  const reason = flawOf(key, texts, headers, wire.value, size);
  const flaw = reason === undefined ? undefined : { reason, original: originalOf(wire) };
  return { message, flaw, size: RECORD_OVERHEAD + size };
}

/** Of a record that the bus can express. Buffers, so that text and bytes are never confused. */
export function outgoingRecord({ key, headers, value }: OutgoingMessage): OutgoingRecord {
  const pairs = Object.entries(headers).map(([name, text]) => [name, Buffer.from(text, 'utf8')] as const);
  return {
    key: Buffer.from(key, 'utf8'),
    value: Buffer.from(value),
    headers: Object.fromEntries(pairs),
  };
}

/** The record for `payout.parked.v1` of one that the bus can't express: `parked` is what it makes of the rest. */
export function parkedOriginal(parked: OutgoingMessage, original: OutgoingRecord): OutgoingRecord {
  const origin = Object.values(PARKED_HEADERS).map(
    (name) => [name, Buffer.from(parked.headers[name] ?? '', 'utf8')] as const,
  );
  const originals = Object.entries(original.headers).map(
    ([name, value]) => [`original-${name}`, value] as const,
  );
  return {
    key: original.key,
    value: original.value,
    headers: Object.fromEntries([...originals, ...origin]),
  };
}

export function recordBytes({ key, value, headers }: OutgoingRecord): number {
  let size = (key?.byteLength ?? 0) + (value?.byteLength ?? 0);
  for (const [name, header] of Object.entries(headers)) {
    const values = Array.isArray(header) ? header : [header ?? ''];
    for (const one of values) size += Buffer.byteLength(name) + Buffer.byteLength(one);
  }
  return size;
}

/** The messages without what transactions that failed have left, and without Kafka's own marks. */
export function committedOnly(
  messages: readonly WireMessage[],
  aborted: readonly AbortedTransaction[] | undefined,
): readonly WireMessage[] {
  if (aborted === undefined || aborted.length === 0)
    return messages.filter((one) => one.isControlRecord !== true);
  const toCome = aborted
    .map(({ producerId, firstOffset }) => ({ producerId, from: BigInt(firstOffset) }))
    .sort((a, b) => (a.from < b.from ? -1 : 1));
  const failing = new Set<string>();
  return messages.filter((message) => {
    while (toCome[0] !== undefined && BigInt(message.offset) >= toCome[0].from) {
      failing.add(toCome[0].producerId);
      toCome.shift();
    }
    const producer = message.batchContext?.producerId ?? '';
    if (message.isControlRecord === true) {
      // Whether it failed or not: it is the end of this producer's transaction.
      failing.delete(producer);
      return false;
    }
    return !(message.batchContext?.inTransaction === true && failing.has(producer));
  });
}

function flawOf(
  key: string | undefined,
  texts: readonly (readonly [string, string | undefined])[],
  headers: readonly (readonly [string, WireHeader | readonly WireHeader[]])[],
  value: Buffer | null,
  size: number,
): string | undefined {
  if (value === null) return 'the record has no value (a tombstone)';
  if (size > MAX_MESSAGE_BYTES)
    return `the record of ${size} bytes is over the limit of ${MAX_MESSAGE_BYTES}`;
  if (key === undefined) return "the record's key is not UTF-8";
  const repeated = headers.find(([, header]) => isRepeated(header))?.[0];
  if (repeated !== undefined) return `the record has the header ${JSON.stringify(repeated)} more than once`;
  const binary = texts.find(([, text]) => text === undefined)?.[0];
  if (binary !== undefined) return `the record's header ${JSON.stringify(binary)} is not UTF-8`;
  return undefined;
}

function originalOf(wire: WireMessage): OutgoingRecord {
  const headers = Object.entries(wire.headers ?? {}).map(
    ([name, value]) => [name, isRepeated(value) ? value.map(copyOf) : copyOf(value)] as const,
  );
  return {
    key: wire.key === null ? null : Buffer.from(wire.key),
    value: wire.value === null ? null : Buffer.from(wire.value),
    headers: Object.fromEntries(headers),
  };
}

/** kafkajs can't write a header without a value: it becomes an empty one. */
function copyOf(header: WireHeader): Buffer {
  return Buffer.from(header ?? []);
}

function isRepeated(header: WireHeader | readonly WireHeader[]): header is readonly WireHeader[] {
  return Array.isArray(header);
}

function bytesOf(header: WireHeader | readonly WireHeader[]): number {
  if (isRepeated(header)) return header.reduce((sum, one) => sum + (one?.byteLength ?? 0), 0);
  return header?.byteLength ?? 0;
}

/** Undefined when it isn't UTF-8. */
function textOf(bytes: Buffer | null): string | undefined {
  try {
    return bytes === null ? '' : utf8.decode(bytes);
  } catch {
    return undefined;
  }
}
