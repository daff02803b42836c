import { readFileSync } from 'node:fs';
import { promisify } from 'node:util';
import { zstdCompress, zstdDecompress } from 'node:zlib';
import type { ISocketFactory, Kafka, SASLOptions } from 'kafkajs';
import kafkajs from './kafkajs-mended.js';
import { checkKafkaSettings, type KafkaSettings } from './settings.js';

// kafkajs is CommonJS: its values can't be imported by name.
const { CompressionCodecs, CompressionTypes, Kafka: KafkaClient, logLevel } = kafkajs;

const CONNECT_WITHIN_MS = 3_000;
export const ANSWER_WITHIN_MS = 10_000;

// Others may send zstd; kafkajs brings gzip only. Topics that `setup topics` made are stored uncompressed.
const compress = promisify(zstdCompress);
const decompress = promisify(zstdDecompress);
CompressionCodecs[CompressionTypes.ZSTD] = () => ({
  compress: (encoder: { readonly buffer: Buffer }) => compress(encoder.buffer),
  decompress: (bytes: Buffer) => decompress(bytes),
});

/** The kafkajs client of these settings. Throws when they don't fit together or the CA file can't be read. */
export function kafkaClient(
  settings: KafkaSettings,
  clientId: string,
  socketFactory?: ISocketFactory,
): Kafka {
  checkKafkaSettings(settings);
  const ca = settings.kafkaTlsCaFile === undefined ? undefined : readCa(settings.kafkaTlsCaFile);
  const sasl = saslOf(settings);
  return new KafkaClient({
    clientId,
    brokers: [...settings.kafkaBrokers],
    ...(settings.kafkaTls ? { ssl: ca === undefined ? true : { ca: [ca] } } : {}),
    ...(sasl === undefined ? {} : { sasl }),
    ...(socketFactory === undefined ? {} : { socketFactory }),
    connectionTimeout: CONNECT_WITHIN_MS,
    authenticationTimeout: ANSWER_WITHIN_MS,
    requestTimeout: ANSWER_WITHIN_MS,
    // Each broker of the list once; who calls makes the pauses.
    retry: { retries: settings.kafkaBrokers.length, initialRetryTime: 50, maxRetryTime: 500 },
    // What matters is told by `KafkaState`, once; kafkajs repeats itself with every attempt.
    logLevel: logLevel.NOTHING,
  });
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
