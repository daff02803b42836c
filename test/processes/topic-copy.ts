import { setTimeout as sleep } from 'node:timers/promises';
import type { Admin, Consumer, EachMessagePayload, Kafka } from 'kafkajs';
import type { BusMessage } from '#demo/checker/bus-message';

/** Everything that was ever put on some topics, kept as it comes. A message that comes again is the same message. */
export class TopicCopy {
  readonly #messages = new Map<string, BusMessage>();
  readonly #next = new Map<string, bigint>();

  private constructor(
    private readonly consumer: Consumer,
    private readonly admin: Admin,
    private readonly topics: readonly string[],
    private readonly heard: (topic: string, message: BusMessage) => void,
  ) {}

  static async start(
    kafka: Kafka,
    groupId: string,
    topics: readonly string[],
    heard: (topic: string, message: BusMessage) => void = () => undefined,
  ): Promise<TopicCopy> {
    const consumer = kafka.consumer({
      groupId,
      // The broker is restarted: whatever it says meanwhile, go on.
      retry: { retries: 20, maxRetryTime: 2_000, restartOnFailure: () => Promise.resolve(true) },
    });
    const admin = kafka.admin();
    const copy = new TopicCopy(consumer, admin, topics, heard);
    await admin.connect();
    await consumer.connect();
    await consumer.subscribe({ topics: [...topics], fromBeginning: true });
    await consumer.run({ eachMessage: (payload) => copy.#take(payload) });
    return copy;
  }

  /** In the order of partition and offset. */
  of(topic: string): readonly BusMessage[] {
    return [...this.#messages]
      .filter(([place]) => place.startsWith(`${topic} `))
      .map(([, message]) => message)
      .sort((a, b) => a.partition - b.partition || (a.offset < b.offset ? -1 : 1));
  }

  /** Resolves when everything that is on the topics now is here. */
  async complete(timeoutMs = 60_000): Promise<void> {
    const until = performance.now() + timeoutMs;
    for (;;) {
      const missing = await this.#missing();
      if (missing.length === 0) return;
      if (performance.now() > until)
        throw new Error(`these could not be read to their end: ${missing.join(', ')}`);
      await sleep(100);
    }
  }

  async stop(): Promise<void> {
    await this.consumer.disconnect();
    await this.admin.disconnect();
  }

  async #missing(): Promise<readonly string[]> {
    const ends = await Promise.all(
      this.topics.map(async (topic) => {
        const partitions = await this.admin.fetchTopicOffsets(topic);
        return partitions.map(({ partition, high }) => ({
          place: `${topic} ${partition}`,
          end: BigInt(high),
        }));
      }),
    );
    return ends
      .flat()
      .filter(({ place, end }) => (this.#next.get(place) ?? 0n) < end)
      .map(({ place }) => place);
  }

  #take({ topic, partition, message }: EachMessagePayload): Promise<void> {
    const offset = BigInt(message.offset);
    this.#next.set(`${topic} ${partition}`, offset + 1n);
    const place = `${topic} ${partition} ${offset}`;
    if (this.#messages.has(place)) return Promise.resolve();
    const headers = Object.entries(message.headers ?? {}).map(([name, value]) => [name, String(value)]);
    const copied: BusMessage = {
      partition,
      offset,
      key: message.key?.toString('utf8'),
      headers: Object.fromEntries(headers) as Readonly<Record<string, string>>,
      value: message.value ?? new Uint8Array(),
    };
    this.#messages.set(place, copied);
    this.heard(topic, copied);
    return Promise.resolve();
  }
}
