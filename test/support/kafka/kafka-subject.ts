import { connect as connectTcp, isIP, type Socket } from 'node:net';
import { connect as connectTls } from 'node:tls';
import type { ISocketFactory } from 'kafkajs';
import { KafkaMessageBus } from '#messaging/kafka/kafka-message-bus';
import { KafkaTopicReader } from '#messaging/kafka/kafka-topic-reader';
import { setUpTopics } from '#messaging/kafka/topic-setup';
import type { MessageBus } from '#messaging/message-bus';
import { SystemClock } from '#platform/time/system-clock';
import type { MessageBusSubject } from '#test/contract/message-bus.contract';
import { MemoryLogger } from '#test/support/memory-logger';
import { KAFKA_TEST_PARTITIONS, kafkaTestSettings } from './kafka-settings.js';

const clock = new SystemClock();
/** Sockets that can be cut: from then on their owner hears nothing more and reaches nobody. */
export class CuttableSockets {
  readonly #sockets = new Set<Socket>();
  #cut = false;

  readonly factory: ISocketFactory = ({ host, port, ssl, onConnect }) => {
    if (this.#cut) throw new Error('cut');
    const servername = isIP(host) === 0 ? { servername: host } : {};
    // Its declaration says that it is always there.
    const tls = ssl as typeof ssl | undefined | null;
    const socket = tls
      ? connectTls({ host, port, ...servername, ...tls }, onConnect)
      : connectTcp({ host, port }, onConnect);
    this.#sockets.add(socket);
    socket.on('close', () => this.#sockets.delete(socket));
    return socket;
  };

  cut(): void {
    this.#cut = true;
    for (const socket of this.#sockets) socket.destroy(new Error('cut'));
  }
}

/** A clock whose time can end: what waits by it waits for ever, as in a process that is gone. */
class EndingClock extends SystemClock {
  #ended = false;

  end(): void {
    this.#ended = true;
  }

  override async sleep(ms: number, signal?: AbortSignal): Promise<void> {
    await super.sleep(ms, signal);
    if (this.#ended) await new Promise(() => undefined);
  }

  override after(ms: number, action: () => void): () => void {
    return super.after(ms, () => {
      if (!this.#ended) action();
    });
  }
}

export async function makeKafkaSubject(brokers: string): Promise<MessageBusSubject> {
  const settings = kafkaTestSettings(brokers);
  await setUpTopics({ settings, clock, clientId: 'test', say: () => undefined });
  const crashes = new Map<MessageBus, () => void>();
  const readers: KafkaTopicReader[] = [];
  return {
    partitions: KAFKA_TEST_PARTITIONS,
    patienceMs: 60_000,
    oneOrder: false,
    now: () => clock.now(),
    open: async () => {
      const cuttable = new CuttableSockets();
      const ownClock = new EndingClock();
      const bus = await KafkaMessageBus.open({
        settings,
        clock: ownClock,
        logger: new MemoryLogger(),
        clientId: 'test',
        socketFactory: cuttable.factory,
      });
      crashes.set(bus, () => {
        ownClock.end();
        cuttable.cut();
      });
      const reader = await KafkaTopicReader.open({ settings, clock, clientId: 'test-reader' });
      readers.push(reader);
      return { bus, reader };
    },
    crash: async (bus) => crashes.get(bus)?.(),
    dispose: async () => {
      await Promise.all(readers.map((reader) => reader.close()));
    },
  };
}
