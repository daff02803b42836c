import { Module, type DynamicModule } from '@nestjs/common';
import { MessageBus } from '#messaging/message-bus';
import { Ids } from '#platform/ids/ids';
import { Logger } from '#platform/logging/logger';
import { Metrics, NO_METRICS } from '#platform/metrics/metrics';
import { Clock } from '#platform/time/clock';
import { NO_TRACING, Tracing } from '#platform/tracing/tracing';
import { ProviderRegistry } from '#providers/registry';
import { CallbackController } from './callback.controller.js';
import { CallbackReceiver } from './callback-receiver.js';
import { CallbackWatch } from './observing/callback-watch.js';

export interface CallbackEngines {
  readonly bus: MessageBus;
  readonly registry: ProviderRegistry;
  readonly clock: Clock;
  readonly ids: Ids;
  readonly logger: Logger;
  /** Nobody looks when absent. */
  readonly metrics?: Metrics;
  readonly tracing?: Tracing;
}

/** HTTP for the providers' callbacks. */
@Module({})
export class CallbackModule {
  static register({ bus, registry, clock, ids, logger, metrics, tracing }: CallbackEngines): DynamicModule {
    return {
      module: CallbackModule,
      controllers: [CallbackController],
      providers: [
        CallbackReceiver,
        CallbackWatch,
        { provide: Metrics, useValue: metrics ?? NO_METRICS },
        { provide: Tracing, useValue: tracing ?? NO_TRACING },
        { provide: MessageBus, useValue: bus },
        { provide: ProviderRegistry, useValue: registry },
        { provide: Clock, useValue: clock },
        { provide: Ids, useValue: ids },
        { provide: Logger, useValue: logger },
      ],
    };
  }
}
