import { CLIENT_ENDED } from './socket-gate.js';
import type { KafkaSettings } from './settings.js';

interface WireError {
  readonly name: string;
  readonly message: string;
  readonly type?: string;
  readonly code?: string | number;
  readonly topic?: string;
  readonly partition?: number;
  readonly cause?: unknown;
}

/** The error below the wrappings that kafkajs puts around it when it gives up. */
export function rootOf(error: unknown): WireError {
  let root = error as WireError;
  while (root.cause instanceof Error && root.cause !== root) root = root.cause;
  return root;
}

/** The protocol's name of the error, as `ILLEGAL_GENERATION`; undefined when it isn't a broker's answer. */
export function errorType(error: unknown): string | undefined {
  return rootOf(error).type;
}

/** One of these topics doesn't exist. */
export class TopicMissingError extends Error {
  override readonly name = 'TopicMissingError';

  constructor(readonly topics: readonly string[]) {
    super(`Kafka has no topic ${topics.join(', ')}: make it with npm run topics`);
  }
}

/** A call was given up because its connection is to end. */
export class InterruptedError extends Error {
  override readonly name = 'InterruptedError';

  constructor() {
    super('the connection to Kafka was ended');
  }
}

/** Whether it failed only because we ended the connection ourselves; the reason for that is told elsewhere. */
export function isOwnEnd(error: unknown): boolean {
  const root = rootOf(error);
  return root instanceof InterruptedError || root.message.includes(CLIENT_ENDED);
}

const STALE: ReadonlySet<string | undefined> = new Set([
  'NOT_LEADER_FOR_PARTITION',
  'LEADER_NOT_AVAILABLE',
  'REPLICA_NOT_AVAILABLE',
  'FENCED_LEADER_EPOCH',
  'UNKNOWN_LEADER_EPOCH',
]);

const COORDINATOR: ReadonlySet<string | undefined> = new Set([
  'GROUP_LOAD_IN_PROGRESS',
  'GROUP_COORDINATOR_NOT_AVAILABLE',
  'NOT_COORDINATOR_FOR_GROUP',
]);

/** Whether the group's coordinator is starting or moving. */
export function isCoordinatorMoving(error: unknown): boolean {
  return COORDINATOR.has(errorType(error));
}

/** Whether the broker that was asked isn't the partition's leader (yet, or any more). */
export function isStale(error: unknown): boolean {
  return STALE.has(errorType(error));
}

export function isForbidden(error: unknown): boolean {
  return error !== undefined && /_AUTHORIZATION_FAILED$/.test(errorType(error) ?? '');
}

export function isTooLarge(error: unknown): boolean {
  return /^(MESSAGE|RECORD_LIST)_TOO_LARGE$/.test(errorType(error) ?? '');
}

/** A call to a broker wasn't answered in time. */
export class NoAnswerError extends Error {
  override readonly name = 'NoAnswerError';

  constructor(what: string, ms: number) {
    super(`Kafka did not answer within ${ms} ms (${what})`);
  }
}

/** What is wrong, in one line, and what to do about it. The same cause gives the same text. */
export function problemOf(error: unknown, settings: KafkaSettings): string {
  const root = rootOf(error);
  const at = settings.kafkaBrokers.join(', ');
  const user = settings.kafkaSaslUsername ?? 'nobody';
  if (root instanceof TopicMissingError) return root.message;
  if (root.name === 'KafkaJSSASLAuthenticationError') {
    return `Kafka refuses the login of ${user}: correct KAFKA_SASL_USERNAME, KAFKA_SASL_PASSWORD or KAFKA_SASL_MECHANISM`;
  }
  switch (root.type) {
    case 'SASL_AUTHENTICATION_FAILED':
    case 'UNSUPPORTED_SASL_MECHANISM':
    case 'ILLEGAL_SASL_STATE':
      return `Kafka refuses the login of ${user}: correct KAFKA_SASL_USERNAME, KAFKA_SASL_PASSWORD or KAFKA_SASL_MECHANISM`;
    case 'TOPIC_AUTHORIZATION_FAILED':
    case 'GROUP_AUTHORIZATION_FAILED':
    case 'CLUSTER_AUTHORIZATION_FAILED':
    case 'TRANSACTIONAL_ID_AUTHORIZATION_FAILED':
      return `Kafka lets ${user} not do this (${root.type}): grant the user the rights that docs/operations.md lists`;
    case 'MESSAGE_TOO_LARGE':
    case 'RECORD_LIST_TOO_LARGE':
      return 'a topic takes smaller messages only: set its max.message.bytes with npm run topics';
    case 'NOT_ENOUGH_REPLICAS':
    case 'NOT_ENOUGH_REPLICAS_AFTER_APPEND':
      return 'Kafka has too few brokers in sync to take a message safely: bring the others back';
    case 'INVALID_SESSION_TIMEOUT':
      return 'KAFKA_SESSION_MS is outside of what the broker allows: see its group.min.session.timeout.ms and group.max.session.timeout.ms';
    case 'GROUP_LOAD_IN_PROGRESS':
    case 'GROUP_COORDINATOR_NOT_AVAILABLE':
    case 'NOT_COORDINATOR_FOR_GROUP':
      return `no broker coordinates the group yet (${root.type}): if that lasts for minutes, look at the brokers' logs`;
    case undefined:
    default:
  }
  if (isTls(root)) return tlsProblem(root, settings);
  if (isConnection(root)) return `Kafka can't be reached at ${at} (${reachProblem(root, settings)})`;
  return root.type === undefined ? root.message : `Kafka answers ${root.type}: ${root.message}`;
}

/** Whether the connection itself is in doubt, so that a new one should be made. */
export function isConnection(error: unknown): boolean {
  const root = rootOf(error);
  return (
    /^KafkaJS(Connection|RequestTimeout|BrokerNotFound|LockTimeout|GroupCoordinatorNotFound|MetadataNotLoaded|TopicMetadataNotLoaded)/.test(
      root.name,
    ) ||
    root.name === 'NoAnswerError' ||
    root.name === 'InterruptedError' ||
    (root.type === undefined && typeof root.code === 'string' && /^E[A-Z]+$/.test(root.code))
  );
}

function isTls(root: WireError): boolean {
  const text = `${String(root.code)} ${root.message}`;
  return /CERT|SELF_SIGNED|UNABLE_TO_VERIFY|ERR_TLS|ERR_SSL|certificate|SSL routines/.test(text);
}

function tlsProblem(root: WireError, settings: KafkaSettings): string {
  const code = typeof root.code === 'string' ? root.code : 'TLS';
  return settings.kafkaTls && /WRONG_VERSION|wrong version|packet length/.test(root.message)
    ? 'Kafka does not talk TLS on this port: correct KAFKA_BROKERS or KAFKA_TLS'
    : `the certificate of Kafka is not trusted (${code}): set KAFKA_TLS_CA_FILE to its authority, or correct the host name in KAFKA_BROKERS`;
}

function reachProblem(root: WireError, settings: KafkaSettings): string {
  if (root instanceof NoAnswerError || root.name === 'KafkaJSRequestTimeoutError') {
    return 'it takes no answer from there: start it, or correct KAFKA_BROKERS';
  }
  if (/closed|socket hang up|ECONNRESET/i.test(root.message)) {
    const more = settings.kafkaTls ? '' : ', or set KAFKA_TLS or KAFKA_SASL_MECHANISM if it wants them';
    return `it closes the connection: start it${more}`;
  }
  const code = typeof root.code === 'string' ? root.code : 'no connection';
  return `${code}: start it, or correct KAFKA_BROKERS`;
}
