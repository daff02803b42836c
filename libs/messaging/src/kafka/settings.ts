import { flag, integer, oneOf, text, type Setting } from '#platform/config/setting';

const MECHANISMS = ['none', 'plain', 'scram-sha-256', 'scram-sha-512'] as const;

/** How to reach Kafka, and as whom: what `KAFKA_SETTINGS` reads. */
export interface KafkaSettings {
  /** `host:port`, at least one: the client learns the others from it. */
  readonly kafkaBrokers: readonly string[];
  readonly kafkaTls: boolean;
  /** PEM file of the authority that signed the brokers' certificates; absent: those that Node trusts. */
  readonly kafkaTlsCaFile?: string | undefined;
  readonly kafkaSaslMechanism: (typeof MECHANISMS)[number];
  readonly kafkaSaslUsername?: string | undefined;
  readonly kafkaSaslPassword?: string | undefined;
  /** Before the name of every topic and group: for several ledgers on one cluster. */
  readonly kafkaPrefix: string;
  /** A consumer that isn't heard of for so long loses its partitions to the others of its group. */
  readonly kafkaSessionMs: number;
}

/** What a program that uses Kafka reads. */
export const KAFKA_SETTINGS = {
  kafkaBrokers: brokers(),
  kafkaTls: flag('KAFKA_TLS', { description: 'Talk to Kafka over TLS', default: false }),
  kafkaTlsCaFile: text('KAFKA_TLS_CA_FILE', {
    description: "PEM file of the authority that signed the brokers' certificates; else the public ones",
    optional: true,
  }),
  kafkaSaslMechanism: oneOf('KAFKA_SASL_MECHANISM', MECHANISMS, {
    description: 'How to log in to Kafka; plain sends the password itself: over TLS only',
    default: 'none',
  }),
  kafkaSaslUsername: text('KAFKA_SASL_USERNAME', { description: 'User at Kafka', optional: true }),
  kafkaSaslPassword: password(),
  kafkaPrefix: prefix(),
  kafkaSessionMs: integer('KAFKA_SESSION_MS', {
    description: 'Milliseconds after which the others take the partitions of a copy that is not heard of',
    min: 1_000,
    max: 300_000,
    default: 10_000,
  }),
};

/** What `setup topics` reads besides. */
export const KAFKA_TOPIC_SETTINGS = {
  kafkaPartitions: integer('KAFKA_PARTITIONS', {
    description:
      'Partitions of each topic, at most so many copies share the work; raise it only as told in the docs',
    min: 1,
    max: 1_024,
    default: 8,
  }),
  kafkaReplication: integer('KAFKA_REPLICATION', {
    description: 'Brokers that hold each message; 1 only where there is one broker',
    min: 1,
    max: 9,
    default: 3,
  }),
  kafkaRetentionDaysCommands: retention('COMMANDS', 'commands', 7),
  kafkaRetentionDaysReplies: retention('REPLIES', 'replies', 7),
  kafkaRetentionDaysEvents: retention('EVENTS', 'events', 30),
  kafkaRetentionDaysCallbacks: retention('CALLBACKS', "providers' callbacks", 7),
};

/** Throws an `Error` that names the variables which don't fit together. */
export function checkKafkaSettings(settings: KafkaSettings): void {
  const { kafkaSaslMechanism: mechanism, kafkaSaslUsername: user, kafkaSaslPassword: secret } = settings;
  if (mechanism === 'none' && (user !== undefined || secret !== undefined)) {
    throw new Error('KAFKA_SASL_USERNAME or KAFKA_SASL_PASSWORD is set: set KAFKA_SASL_MECHANISM as well');
  }
  if (mechanism !== 'none' && (user === undefined || secret === undefined)) {
    throw new Error(`KAFKA_SASL_MECHANISM is ${mechanism}: set KAFKA_SASL_USERNAME and KAFKA_SASL_PASSWORD`);
  }
  if (settings.kafkaTlsCaFile !== undefined && !settings.kafkaTls) {
    throw new Error('KAFKA_TLS_CA_FILE is set: set KAFKA_TLS=true as well');
  }
}

function brokers(): Setting<readonly string[]> {
  return {
    name: 'KAFKA_BROKERS',
    description: 'Kafka brokers to begin with; the others are learnt from them',
    expects: 'host:port, several with commas between',
    secret: false,
    absent: 'required',
    read: (value) => {
      const list = value.split(',').map((broker) => broker.trim());
      for (const broker of list) {
        const port = /^(?:[\w.-]+|\[[0-9a-fA-F:]+\]):([0-9]{1,5})$/.exec(broker)?.[1];
        if (port === undefined || Number(port) < 1 || Number(port) > 65_535) {
          throw new RangeError('it is no list of host:port');
        }
      }
      return list;
    },
  };
}

function password(): Setting<string | undefined> {
  return {
    name: 'KAFKA_SASL_PASSWORD',
    description: 'Password at Kafka',
    expects: 'the password of KAFKA_SASL_USERNAME',
    secret: true,
    absent: { value: undefined, shown: '' },
    read: (value) => value,
  };
}

function prefix(): Setting<string> {
  return {
    name: 'KAFKA_PREFIX',
    description: 'Put before the name of every topic and group, where several ledgers share a cluster',
    expects: 'up to 50 letters, digits, dots, dashes or underscores',
    secret: false,
    absent: { value: '', shown: '' },
    read: (value) => {
      if (!/^[A-Za-z0-9._-]{1,50}$/.test(value)) {
        throw new RangeError('it is too long or has other characters');
      }
      return value;
    },
  };
}

function retention(name: string, what: string, days: number): Setting<number> {
  return integer(`KAFKA_RETENTION_DAYS_${name}`, {
    description: `Days for which ${what} are kept in Kafka`,
    min: 1,
    max: 3_650,
    default: days,
  });
}
