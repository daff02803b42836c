import { Module, type DynamicModule } from '@nestjs/common';
import { MessageBus } from '#messaging/message-bus';
import { TopicReader } from '#messaging/topic-reader';
import { Clock } from '#platform/time/clock';
import { BridgedReplies } from './bridged-replies.js';
import { BusBridgeController } from './bus-bridge.controller.js';

export interface BridgeEngines {
  readonly bus: MessageBus;
  readonly topics: TopicReader;
  readonly clock: Clock;
}

/** The bus of the embedded shape over HTTP. */
@Module({})
export class BridgeModule {
  static register({ bus, topics, clock }: BridgeEngines): DynamicModule {
    return {
      module: BridgeModule,
      controllers: [BusBridgeController],
      providers: [
        BridgedReplies,
        { provide: MessageBus, useValue: bus },
        { provide: TopicReader, useValue: topics },
        { provide: Clock, useValue: clock },
      ],
    };
  }
}
