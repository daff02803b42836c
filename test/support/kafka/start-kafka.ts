import { getContainerRuntimeClient } from 'testcontainers';
import { findJava } from './broker-packages.js';
import { ContainerBroker } from './container-broker.js';
import { LocalBroker, type OwnKafkaOptions } from './local-broker.js';

export interface StartedKafka {
  /** Addresses for `KAFKA_BROKERS`: one plain-text listener without access control. */
  readonly brokers: string;
  readonly kind: 'given' | 'local' | 'container';
  /** Ends the broker and removes its data. A given one is left alone. */
  stop(): Promise<void>;
  /** A hard kill and a new start on the same ports and data. A given broker can't be restarted: it throws. */
  restart(): Promise<void>;
}

/** A broker that the test alone uses and may end at will. */
export interface OwnKafka extends StartedKafka {
  /** The same broker behind SASL_PLAINTEXT with the user of `broker-config.ts`. */
  readonly saslBrokers: string;
  /** The same broker behind TLS, and the file of its authority; only where it was asked for and the broker is local. */
  readonly tls: { readonly brokers: string; readonly caFile: string } | undefined;
  /** It takes connections and answers nothing, until `thaw`. Only a local one. */
  freeze(): void;
  thaw(): void;
  /** SIGKILL. */
  kill(): Promise<void>;
  /** After `kill`: the same ports and data. */
  run(): Promise<void>;
}

/**
 * A real Kafka: the one of `KAFKA_BROKERS`, else Apache Kafka on the machine's Java, else in a container. Throws with
 * the exact remedy when there is none of them.
 */
export async function startKafka(): Promise<StartedKafka> {
  const given = process.env['KAFKA_BROKERS'];
  if (given === undefined || given === '') return startOwnKafka();
  return {
    brokers: given,
    kind: 'given',
    stop: async () => undefined,
    restart: () => Promise.reject(new Error('a given broker is not restarted: unset KAFKA_BROKERS')),
  };
}

/** The same without `KAFKA_BROKERS`: for tests that kill the broker. */
export async function startOwnKafka(options: OwnKafkaOptions = {}): Promise<OwnKafka> {
  const java = findJava();
  if ('program' in java) return owned('local', await LocalBroker.start(java.program, options));
  if (await dockerAnswers()) return owned('container', await ContainerBroker.start(options.port));
  throw new Error(
    `no Kafka for the tests: ${java.missing}\nor start Docker, or set KAFKA_BROKERS=host:port of a broker for tests`,
  );
}

function owned(kind: 'local' | 'container', broker: LocalBroker | ContainerBroker): OwnKafka {
  return {
    kind,
    brokers: broker.brokers,
    saslBrokers: broker.saslBrokers,
    tls: broker instanceof LocalBroker ? broker.tls : undefined,
    freeze: () => broker.signal('SIGSTOP'),
    thaw: () => broker.signal('SIGCONT'),
    stop: () => broker.stop(),
    kill: () => broker.kill(),
    run: () => broker.run(),
    restart: async () => {
      await broker.kill();
      await broker.run();
    },
  };
}

async function dockerAnswers(): Promise<boolean> {
  try {
    await getContainerRuntimeClient();
    return true;
  } catch {
    return false;
  }
}
