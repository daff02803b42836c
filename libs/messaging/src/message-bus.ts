import { OutageError } from '#platform/outage/outage-error';

/** A message to be sent. Bytes stay bytes; headers are text. */
export interface OutgoingMessage {
  /** Messages with the same key are delivered in the order in which they were published. */
  readonly key: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly value: Uint8Array;
}

export interface ReceivedMessage extends OutgoingMessage {
  readonly topic: string;
  readonly partition: number;
  readonly offset: bigint;
  /** When the bus took it, milliseconds since the epoch. */
  readonly publishedAt: number;
}

/**
 * What becomes of a message, in the handler's own words:
 * `done`: its effect is durable, the offset may move on. `retry`: not now; the same message comes again after a pause
 * and later messages of the same key wait for it. `park`: nobody can ever handle it; its original bytes, origin and the
 * reason go durably to `payout.parked.v1` before the offset moves on. A handler that throws counts as `retry`.
 */
export type HandlerDecision =
  | { readonly kind: 'done' }
  | { readonly kind: 'retry'; readonly reason: string }
  | { readonly kind: 'park'; readonly reason: string };

/** `signal` is aborted when the consumer is asked to stop: a handler that waits for something may give up with `retry`. */
export type MessageHandler = (message: ReceivedMessage, signal: AbortSignal) => Promise<HandlerDecision>;

export interface ConsumerOptions {
  /** Consumers of one group share the topic's partitions; each group gets every message. */
  readonly group: string;
  readonly topic: string;
  /** Where a group that is new begins. */
  readonly from: 'earliest' | 'latest';
  /** Messages of different keys that may be in the handler at the same time. */
  readonly concurrency: number;
  readonly handler: MessageHandler;
}

export interface Consumer {
  /** No further message is handed out until `resume`; those in the handler are finished. */
  pause(): void;
  resume(): void;
  /** Finishes what is in the handler, commits, and ends. */
  stop(): Promise<void>;
  /**
   * Resolves after `stop`; rejects with the cause when the consumer ended by itself because it can't go on. Watch it:
   * a rejection that nobody handles ends the process.
   */
  readonly ended: Promise<void>;
}

/** Headers of a message on `payout.parked.v1`; its value is the original's bytes, its other headers are the original's with `original-` before the name. */
export const PARKED_HEADERS = {
  reason: 'parked-reason',
  group: 'parked-by-group',
  topic: 'parked-from-topic',
  partition: 'parked-from-partition',
  offset: 'parked-from-offset',
} as const;

/** Key, headers (names and text) and value of one message together, as bytes of UTF-8. */
export const MAX_MESSAGE_BYTES = 1024 * 1024;

/** A message that the bus will not take (over `MAX_MESSAGE_BYTES`, unknown topic): nothing of the call was published. */
export class MessageRefusedError extends Error {
  override readonly name = 'MessageRefusedError';
}

/**
 * Nobody knows whether the messages were taken. Publish them again: a message that is there twice has one id, by which
 * whoever reads it knows.
 */
export class PublishOutcomeUnknownError extends OutageError {
  override readonly name = 'PublishOutcomeUnknownError';
}

/** The bus was closed: nothing was published, nothing is consumed. */
export class MessageBusClosedError extends Error {
  override readonly name = 'MessageBusClosedError';

  constructor() {
    super('the message bus is closed: stop intake before it, or open a new one');
  }
}

/** The bus between services: Kafka in production. What each adapter must do is in `test/contract/message-bus.contract.ts`. */
export abstract class MessageBus {
  /**
   * Durable when it resolves; the messages of one call and one key keep their order. Rejects with `MessageRefusedError`
   * or `MessageBusClosedError`; after any other error it is unknown whether they were taken: publish them again.
   */
  abstract publish(topic: string, messages: readonly OutgoingMessage[]): Promise<void>;

  /** Starts to consume. Offsets are committed only after the handler's decision, without gaps. */
  abstract consume(options: ConsumerOptions): Promise<Consumer>;

  /** Stops every consumer, then closes. */
  abstract close(): Promise<void>;
}
