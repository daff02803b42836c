import { loggingObserver } from '#messaging/consumer/logging-observer';
import { KafkaMessageBus } from '#messaging/kafka/kafka-message-bus';
import { SystemOutboundHttp } from '#platform/http/system-outbound-http';
import type { Service } from '#platform/service/run-service';
import { readProvidersFile, registryOf } from '#providers/providers-file';
import { createCallbackServer } from './callback-server.js';
import type { CallbackConfig } from './config.js';

/** Starts this app as a process of its own. */
export async function startCallback(
  config: CallbackConfig,
  service: Service,
): Promise<Readonly<Record<string, string>>> {
  const { clock, ids, logger, health, instance, metrics, tracing, shutdown } = service;
  const http = new SystemOutboundHttp();
  const registry = registryOf(readProvidersFile(config.providersFile), { http, clock, ids });
  const bus = await KafkaMessageBus.open({
    settings: config,
    clock,
    logger,
    observer: loggingObserver(logger),
    clientId: `callback-${instance}`,
  });
  health.register('bus', () => bus.status());
  const app = await createCallbackServer({ bus, registry, clock, ids, logger, metrics, tracing });
  shutdown
    .add({ name: 'stop intake', timeoutMs: 15_000, run: () => app.close() })
    .add({ name: 'close the bus', timeoutMs: 6_000, run: () => bus.close() })
    .add({ name: 'close connections', timeoutMs: 2_000, run: () => http.close() });
  await app.listen(config.callbackPort, config.host);
  return { callbacks: await app.getUrl() };
}
