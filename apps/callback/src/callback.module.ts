import { Module, type DynamicModule } from '@nestjs/common';
import { MessageBus } from '#messaging/message-bus';
import { Ids } from '#platform/ids/ids';
import { Logger } from '#platform/logging/logger';
import { Clock } from '#platform/time/clock';
import { ProviderRegistry } from '#providers/registry';
import { CallbackController } from './callback.controller.js';
import { CallbackReceiver } from './callback-receiver.js';

export interface CallbackEngines {
  readonly bus: MessageBus;
  readonly registry: ProviderRegistry;
  readonly clock: Clock;
  readonly ids: Ids;
  readonly logger: Logger;
}

/** HTTP for the providers' callbacks. */
@Module({})
export class CallbackModule {
  static register({ bus, registry, clock, ids, logger }: CallbackEngines): DynamicModule {
    return {
      module: CallbackModule,
      controllers: [CallbackController],
      providers: [
        CallbackReceiver,
        { provide: MessageBus, useValue: bus },
        { provide: ProviderRegistry, useValue: registry },
        { provide: Clock, useValue: clock },
        { provide: Ids, useValue: ids },
        { provide: Logger, useValue: logger },
      ],
    };
  }
}
