import type { ReceivedMessage } from './message-bus.js';

export interface TopicPage {
  /** In the order in which the bus took them; on Kafka within each partition, and about so among them. */
  readonly messages: readonly ReceivedMessage[];
  /** Give it back to read on. Undefined only while the topic has never held a message. */
  readonly cursor: string | undefined;
}

/** Reads a topic without a group and without an offset: for tools, tests and the HTTP bridge of the embedded shape. */
export abstract class TopicReader {
  /**
   * Up to `limit` messages after `cursor`, from the start when it is undefined. An empty page gives the same cursor
   * back. Throws a `RangeError` on a cursor that isn't one of its own, `MessageRefusedError` on an unknown topic.
   */
  abstract readTopic(topic: string, cursor: string | undefined, limit: number): Promise<TopicPage>;
}

/** The number in a cursor of the adapters here; 0 for the start. Throws a `RangeError` on other text. */
export function placeOf(cursor: string | undefined): number {
  if (cursor === undefined) return 0;
  if (!/^[1-9][0-9]{0,14}$/.test(cursor)) {
    throw new RangeError('not a cursor of this reader: give back one that it gave, or none to start anew');
  }
  return Number(cursor);
}
