import {
  MAX_MESSAGE_BYTES,
  MessageRefusedError,
  type ConsumerOptions,
  type OutgoingMessage,
} from './message-bus.js';
import { TOPICS } from './topics.js';

const KNOWN_TOPICS: ReadonlySet<string> = new Set(Object.values(TOPICS));

export const DEFAULT_PARTITIONS = 8;

/** Throws a `RangeError` unless it is a whole number from 1 to 1,024. */
export function checkPartitions(partitions: number): void {
  if (!Number.isInteger(partitions) || partitions < 1 || partitions > 1_024) {
    throw new RangeError(`${partitions} is not a number of partitions (1 to 1,024)`);
  }
}

/** Throws a `RangeError` when the group has no name or the concurrency isn't a whole number of 1 or more. */
export function checkConsumer({ group, concurrency }: ConsumerOptions): void {
  if (!Number.isInteger(concurrency) || concurrency < 1) {
    throw new RangeError(`concurrency ${concurrency} is not a whole number of 1 or more`);
  }
  if (group === '') throw new RangeError('a consumer group needs a name');
}

/** Throws `MessageRefusedError` when the topic isn't one of `topics.ts`. */
export function checkTopic(topic: string): void {
  if (!KNOWN_TOPICS.has(topic)) {
    throw new MessageRefusedError(
      `unknown topic ${JSON.stringify(topic)}: use one of ${[...KNOWN_TOPICS].join(', ')}`,
    );
  }
}

/** Throws `MessageRefusedError` when a message is over the limit. */
export function checkMessages(messages: readonly OutgoingMessage[]): void {
  for (const message of messages) {
    const size = messageBytes(message);
    if (size > MAX_MESSAGE_BYTES) {
      throw new MessageRefusedError(
        `a message of ${size} bytes is over the limit of ${MAX_MESSAGE_BYTES}: send less, or a reference to it`,
      );
    }
  }
}

function messageBytes({ key, headers, value }: OutgoingMessage): number {
  let size = Buffer.byteLength(key) + value.byteLength;
  for (const [name, text] of Object.entries(headers))
    size += Buffer.byteLength(name) + Buffer.byteLength(text);
  return size;
}
