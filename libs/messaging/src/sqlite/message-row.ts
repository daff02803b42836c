import type { ReceivedMessage } from '../message-bus.js';
import { openMessage, type MessageSealer } from './sealed-message.js';

export const MESSAGE_COLUMNS = 'sequence, topic, partition, offset, key, published_at, sealed';

/** A row of the table `message`, as `MESSAGE_COLUMNS` selects it. */
export interface MessageRow {
  readonly sequence: number;
  readonly topic: string;
  readonly partition: number;
  readonly offset: number;
  readonly key: string;
  readonly published_at: number;
  readonly sealed: Uint8Array;
}

export function receivedMessage(row: MessageRow, sealer: MessageSealer): ReceivedMessage {
  return {
    topic: row.topic,
    partition: row.partition,
    offset: BigInt(row.offset),
    key: row.key,
    publishedAt: row.published_at,
    ...openMessage(sealer, row.sealed),
  };
}
