import {
  MessageBus,
  PublishOutcomeUnknownError,
  type Consumer,
  type ConsumerOptions,
  type OutgoingMessage,
} from '#messaging/message-bus';

/** A bus whose publishing a test holds back, or lets fail. */
export class GatedBus extends MessageBus {
  mode: 'open' | 'failing' | 'away' = 'open';
  #gate: Promise<undefined> = Promise.resolve(undefined);
  /** Publishings that have begun. */
  begun = 0;

  constructor(private readonly inner: MessageBus) {
    super();
  }

  /** Nothing that is published from now on becomes durable until the returned function is called. */
  holdBack(): () => void {
    const { promise, resolve } = Promise.withResolvers<undefined>();
    this.#gate = promise;
    return () => resolve(undefined);
  }

  async publish(topic: string, messages: readonly OutgoingMessage[]): Promise<void> {
    this.begun += 1;
    await this.#gate;
    if (this.mode === 'failing') throw new Error('the disk is full: /var/lib/secret-path');
    if (this.mode === 'away') throw new PublishOutcomeUnknownError('no broker');
    await this.inner.publish(topic, messages);
  }

  consume(options: ConsumerOptions): Promise<Consumer> {
    return this.inner.consume(options);
  }

  close(): Promise<void> {
    return this.inner.close();
  }
}
