import type { Clock } from '#platform/time/clock';
import { NO_OBSERVER, type ConsumerObserver } from '../consumer/consumer-observer.js';
import { ConsumerEngine } from '../consumer/consumer-engine.js';
import {
  MessageBus,
  MessageBusClosedError,
  type Consumer,
  type ConsumerOptions,
  type OutgoingMessage,
} from '../message-bus.js';
import { checkMessages, checkTopic } from '../message-rules.js';
import { InMemoryMessageLog } from './in-memory-message-log.js';

export interface InMemoryMessageBusOptions {
  readonly clock: Clock;
  /** Absent: a new, empty one with 8 partitions. */
  readonly log?: InMemoryMessageLog;
  readonly observer?: ConsumerObserver;
}

/** The bus for tests and simulations: durable as long as its `InMemoryMessageLog` lives. */
export class InMemoryMessageBus extends MessageBus {
  readonly #log: InMemoryMessageLog;
  readonly #engine: ConsumerEngine;
  #closed = false;

  constructor(options: InMemoryMessageBusOptions) {
    super();
    this.#log = options.log ?? new InMemoryMessageLog(options.clock);
    this.#engine = new ConsumerEngine(this.#log, options.clock, options.observer ?? NO_OBSERVER);
  }

  async publish(topic: string, messages: readonly OutgoingMessage[]): Promise<void> {
    this.#refuseWhenClosed();
    checkTopic(topic);
    checkMessages(messages);
    this.#log.append(topic, messages);
  }

  async consume(options: ConsumerOptions): Promise<Consumer> {
    this.#refuseWhenClosed();
    checkTopic(options.topic);
    return this.#engine.consume(options);
  }

  async close(): Promise<void> {
    this.#closed = true;
    await this.#engine.close();
  }

  #refuseWhenClosed(): void {
    if (this.#closed) throw new MessageBusClosedError();
  }
}
