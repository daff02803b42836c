/** What a client proposes. The bytes are kept as they came: the log understands only metadata streams. */
export interface ProposedEvent {
  /** UUID in lower case. */
  readonly id: string;
  readonly type: string;
  readonly contentType: string;
  readonly data: Uint8Array;
  readonly metadata: Uint8Array;
}

/** An event in the log, with its place. */
export interface PlacedEvent extends ProposedEvent {
  readonly stream: string;
  readonly revision: bigint;
  /** Place in the log of all streams: commit and prepare position, which were equal on the recorded servers. */
  readonly position: number;
  readonly createdMs: number;
}

/**
 * An event as it is kept in memory: what decisions and filters need, and the answer to a read as its bytes on the wire,
 * made once. Data is kept apart only where the server itself reads it (metadata streams, `$settings`, users).
 */
export interface StoredEvent {
  readonly id: string;
  readonly type: string;
  readonly stream: string;
  readonly revision: bigint;
  readonly position: number;
  readonly createdMs: number;
  readonly wire: Uint8Array;
  readonly data: Uint8Array | undefined;
}

export type Encode = (event: PlacedEvent) => Uint8Array;

/** The stream whose events are the metadata of `stream`. */
export const metastreamOf = (stream: string): string => `$$${stream}`;
export const isMetastream = (stream: string): boolean => stream.startsWith('$$');
export const originalOf = (metastream: string): string => metastream.slice(2);

/** The revision that a tombstone has, and the `$tb` of a deleted stream. */
export const DELETED_REVISION = 9_223_372_036_854_775_807n;

/** Whether the server itself looks into the data of this stream's events. */
export const isReadByServer = (stream: string): boolean =>
  isMetastream(stream) || stream === '$settings' || stream.startsWith('$user-');

export function keep(event: PlacedEvent, wire: Uint8Array): StoredEvent {
  const { id, type, stream, revision, position, createdMs, data } = event;
  return {
    id,
    type,
    stream,
    revision,
    position,
    createdMs,
    wire,
    data: isReadByServer(stream) ? data : undefined,
  };
}
