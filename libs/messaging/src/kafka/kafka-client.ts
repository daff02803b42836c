import { readFileSync } from 'node:fs';
import { promisify } from 'node:util';
import { zstdCompress, zstdDecompress } from 'node:zlib';
import type { ISocketFactory, KafkaConfig, SASLOptions } from 'kafkajs';
import kafkajs from './kafkajs-mended.js';
import { SocketGate } from './socket-gate.js';
import { checkKafkaSettings, type KafkaSettings } from './settings.js';

// kafkajs is CommonJS: its values can't be imported by name.
const { CompressionCodecs, CompressionTypes, Kafka, logLevel } = kafkajs;

const CONNECT_WITHIN_MS = 3_000;
export const ANSWER_WITHIN_MS = 10_000;

// Others may send zstd; kafkajs brings gzip only. Topics that `setup topics` made are stored uncompressed.
const compress = promisify(zstdCompress);
const decompress = promisify(zstdDecompress);
CompressionCodecs[CompressionTypes.ZSTD] = () => ({
  compress: (encoder: { readonly buffer: Buffer }) => compress(encoder.buffer),
  decompress: (bytes: Buffer) => decompress(bytes),
});

/** A kafkajs client that can be ended for good. */
export interface KafkaClient {
  readonly kafka: InstanceType<typeof Kafka>;
  /** Cuts its connections at once; it makes no others. */
  readonly end: () => void;
}

/** Makes kafkajs clients of these settings. */
export class KafkaClients {
  readonly #config: KafkaConfig;

  /** Throws when the settings don't fit together or the CA file can't be read. */
  constructor(
    settings: KafkaSettings,
    clientId: string,
    private readonly sockets?: ISocketFactory,
  ) {
    checkKafkaSettings(settings);
    const ca = settings.kafkaTlsCaFile === undefined ? undefined : readCa(settings.kafkaTlsCaFile);
    const sasl = saslOf(settings);
    this.#config = {
      clientId,
      brokers: [...settings.kafkaBrokers],
      ...(settings.kafkaTls ? { ssl: ca === undefined ? true : { ca: [ca] } } : {}),
      ...(sasl === undefined ? {} : { sasl }),
      connectionTimeout: CONNECT_WITHIN_MS,
      authenticationTimeout: ANSWER_WITHIN_MS,
      requestTimeout: ANSWER_WITHIN_MS,
      // Each broker of the list once; who calls makes the pauses.
      retry: { retries: settings.kafkaBrokers.length, initialRetryTime: 50, maxRetryTime: 500 },
      // What matters is told by `KafkaState`, once; kafkajs repeats itself with every attempt.
      logLevel: logLevel.NOTHING,
    };
  }

  make(): KafkaClient {
    const gate = new SocketGate(this.sockets);
    return { kafka: new Kafka({ ...this.#config, socketFactory: gate.factory }), end: () => gate.shut() };
  }
}

function readCa(path: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? String(error.code) : 'unknown error';
    throw new Error(`KAFKA_TLS_CA_FILE can't be read (${code}): set it to a PEM file`, { cause: error });
  }
}

function saslOf(settings: KafkaSettings): SASLOptions | undefined {
  const { kafkaSaslMechanism: mechanism } = settings;
  if (mechanism === 'none') return undefined;
  return {
    mechanism,
    username: settings.kafkaSaslUsername ?? '',
    password: settings.kafkaSaslPassword ?? '',
  };
}
