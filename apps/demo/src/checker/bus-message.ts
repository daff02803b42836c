import { isRecord } from './stored-event.js';

/** A message of a topic, as the broker has it. */
export interface BusMessage {
  readonly partition: number;
  /** Within its partition. */
  readonly offset: bigint;
  readonly key: string | undefined;
  readonly headers: Readonly<Record<string, string>>;
  readonly value: Uint8Array;
}

/** The CloudEvent that a message is. */
export interface Envelope {
  readonly id: string;
  readonly type: string;
  readonly data: Readonly<Record<string, unknown>>;
}

/** undefined when it is none. */
export function envelopeOf({ value }: BusMessage): Envelope | undefined {
  let json: unknown;
  try {
    json = JSON.parse(Buffer.from(value).toString('utf8'));
  } catch {
    return undefined;
  }
  if (!isRecord(json) || json['specversion'] !== '1.0') return undefined;
  const { id, type, data } = json;
  if (typeof id !== 'string' || typeof type !== 'string' || !isRecord(data)) return undefined;
  return { id, type, data };
}

/** For a person to find it. */
export function placeOfMessage({ partition, offset }: BusMessage): string {
  return `partition ${partition}, offset ${offset}`;
}
