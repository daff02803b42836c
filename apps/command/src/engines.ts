import { COORDINATION_MIGRATIONS } from '#coordination/postgres/coordination-migrations';
import { PostgresCheckpoints } from '#coordination/postgres/postgres-checkpoints';
import { PostgresFollowUps } from '#coordination/postgres/postgres-follow-ups';
import { PostgresHeldMessages } from '#coordination/postgres/postgres-held-messages';
import { PostgresLeases } from '#coordination/postgres/postgres-leases';
import { EventStoreDbEventStore } from '#event-store/eventstoredb/eventstoredb-event-store';
import { eventStoreOptions } from '#event-store/eventstoredb/settings';
import { loggingObserver } from '#messaging/consumer/logging-observer';
import { meteredObserver } from '#messaging/consumer/metered-observer';
import { KafkaMessageBus } from '#messaging/kafka/kafka-message-bus';
import { SystemOutboundHttp } from '#platform/http/system-outbound-http';
import { PostgresDatabase } from '#platform/postgres/postgres-database';
import type { Service } from '#platform/service/run-service';
import { IntakeSealer } from '#platform/vault/intake-sealer';
import { KeyWrapper } from '#platform/vault/key-wrapper';
import { KeyedHash } from '#platform/vault/keyed-hash';
import { PAYEE_KEY_MIGRATIONS } from '#platform/vault/postgres/payee-key-migrations';
import { PostgresPayeeKeys } from '#platform/vault/postgres/postgres-payee-keys';
import { PersonalDataVault } from '#platform/vault/vault';
import { readProvidersFile, registryOf } from '#providers/providers-file';
import type { CommandEngines } from './command.module.js';
import type { CommandConfig } from './config.js';

/** The production engines of this app. Opening waits for none of them: readiness tells which is missing. */
export async function openEngines(
  config: CommandConfig,
  service: Service,
): Promise<CommandEngines & { close(): Promise<void> }> {
  const { clock, ids, logger, health, instance, metrics, tracing } = service;
  const name = `command-${instance}`;
  const { masterKey } = config;
  // What can be refused is refused before anything is open.
  const http = new SystemOutboundHttp();
  const registry = registryOf(readProvidersFile(config.providersFile), { http, clock, ids });
  const store = await EventStoreDbEventStore.open({ ...eventStoreOptions(config), clock, logger });
  const database = await PostgresDatabase.open({
    url: config.databaseUrl,
    clock,
    logger,
    applicationName: name,
    migrations: [COORDINATION_MIGRATIONS],
  });
  const keysDatabase = await PostgresDatabase.open({
    url: config.keysDatabaseUrl,
    clock,
    logger,
    applicationName: name,
    migrations: [PAYEE_KEY_MIGRATIONS],
  });
  const wrapper = new KeyWrapper(masterKey, ids);
  const keys = await PostgresPayeeKeys.open(keysDatabase, masterKey, wrapper);
  const bus = await KafkaMessageBus.open({
    settings: config,
    clock,
    logger,
    observer: meteredObserver(metrics, loggingObserver(logger)),
    clientId: name,
  });
  health.register('log', () => store.status());
  health.register('bus', () => bus.status());
  health.register('database', () => database.status());
  health.register('keys', () => keys.status());
  const intakeSealer = new IntakeSealer(masterKey, ids);
  return {
    eventStore: store,
    bus,
    registry,
    checkpoints: new PostgresCheckpoints(database),
    followUps: new PostgresFollowUps(database),
    held: new PostgresHeldMessages(database, intakeSealer, clock),
    leases: new PostgresLeases(database),
    instance,
    vault: new PersonalDataVault(keys, wrapper, ids),
    intakeSealer,
    hashes: new KeyedHash(masterKey),
    clock,
    ids,
    logger,
    metrics,
    tracing,
    operatorToken: config.operatorToken,
    close: async () => {
      await bus.close();
      await store.close();
      await database.close();
      await keysDatabase.close();
      await http.close();
    },
  };
}
