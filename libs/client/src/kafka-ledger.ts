import { NO_OBSERVER, type ConsumerObserver } from '#messaging/consumer/consumer-observer';
import { KafkaMessageBus } from '#messaging/kafka/kafka-message-bus';
import { checkKafkaSettings, KAFKA_SETTINGS } from '#messaging/kafka/settings';
import { TOPICS } from '#messaging/topics';
import { readConfig } from '#platform/config/read-config';
import type { Readiness } from '#platform/health/health';
import type { Logger } from '#platform/logging/logger';
import { PinoLogger } from '#platform/logging/pino-logger';
import { SystemClock } from '#platform/time/system-clock';
import { LedgerClient, type LedgerClientOptions } from './ledger-client.js';

export interface KafkaLedgerOptions extends Omit<LedgerClientOptions, 'bus'> {
  /** Where `KAFKA_BROKERS` and the other variables of Kafka are: `process.env`. */
  readonly env: Readonly<Record<string, string | undefined>>;
  /** Absent: warnings and errors as JSON on the error output. */
  readonly logger?: Logger;
  /** Told of events that come again. */
  readonly observer?: ConsumerObserver;
}

export interface KafkaLedger {
  readonly client: LedgerClient;
  /** Whether Kafka answers and has the ledger's topics; if not, why and what to do. */
  status(): Readiness;
  /** Stops followers after the event that is under way, hears no more replies, and ends the connection. */
  close(): Promise<void>;
}

/**
 * A client of the ledger over Kafka. Throws when a variable is missing or wrong, and names it; a broker that is away is no
 * error: requests become `unknown` in their time, and followers go on when it is back.
 */
export async function openKafkaLedger(options: KafkaLedgerOptions): Promise<KafkaLedger> {
  const { env, clock = new SystemClock(), observer = NO_OBSERVER, caller, ...rest } = options;
  const settings = readConfig(KAFKA_SETTINGS, env);
  checkKafkaSettings(settings);
  const logger = options.logger ?? PinoLogger.create({ level: 'warn', service: caller, clock });
  const topics = [TOPICS.commands, TOPICS.replies, TOPICS.events];
  const bus = await KafkaMessageBus.open({ settings, clock, logger, observer, clientId: caller, topics });
  const client = new LedgerClient({ ...rest, bus, caller, clock });
  return {
    client,
    status: () => bus.status(),
    close: async () => {
      await client.close();
      await bus.close();
    },
  };
}
