import { Module, type DynamicModule } from '@nestjs/common';
import { CqrsModule } from '@nestjs/cqrs';
import { MessageBus } from '#messaging/message-bus';
import { Health } from '#platform/health/health';
import { Ids } from '#platform/ids/ids';
import { Logger } from '#platform/logging/logger';
import type { Metrics } from '#platform/metrics/metrics';
import { Clock } from '#platform/time/clock';
import { NO_TRACING, Tracing } from '#platform/tracing/tracing';
import { AccountStore } from '#read-models/accounts/store';
import { ReadModelDatabase } from '#read-models/database';
import { TimelineStore } from '#read-models/payout-timeline/store';
import { PayoutStore } from '#read-models/payouts/store';
import { CallerGuard } from './callers/caller.guard.js';
import { Callers } from './callers/callers.js';
import { AccountCommandsController } from './commands/account-commands.controller.js';
import { CommandGateway } from './commands/command-gateway.js';
import { PayoutCommandsController } from './commands/payout-commands.controller.js';
import { ReplyRouter } from './commands/reply-router.js';
import { HealthController } from './health/health.controller.js';
import { HomeController } from './health/home.controller.js';
import type { QuerySettings } from './query-settings.js';
import { AccountsController } from './reads/accounts.controller.js';
import { Freshness } from './reads/freshness.js';
import { QUERY_HANDLERS } from './reads/handlers.js';
import { PayoutsController } from './reads/payouts.controller.js';

export interface QueryEngines {
  readonly database: ReadModelDatabase;
  readonly bus: MessageBus;
  readonly clock: Clock;
  readonly ids: Ids;
  readonly logger: Logger;
  readonly health: Health;
  /** Nobody looks when absent. */
  readonly metrics?: Metrics;
  readonly tracing?: Tracing;
}

/** HTTP reads over the tables, and the gateway that puts commands on the bus. It decides nothing. */
@Module({})
export class QueryModule {
  static register(engines: QueryEngines, settings: QuerySettings): DynamicModule {
    const { database, bus, clock } = engines;
    return {
      module: QueryModule,
      imports: [CqrsModule.forRoot()],
      controllers: [
        HomeController,
        HealthController,
        PayoutsController,
        PayoutCommandsController,
        AccountsController,
        AccountCommandsController,
      ],
      providers: [
        { provide: ReadModelDatabase, useValue: database },
        { provide: MessageBus, useValue: bus },
        { provide: Clock, useValue: clock },
        { provide: Ids, useValue: engines.ids },
        { provide: Logger, useValue: engines.logger },
        { provide: Health, useValue: engines.health },
        { provide: Tracing, useValue: engines.tracing ?? NO_TRACING },
        { provide: Callers, useValue: new Callers(settings.callers) },
        { provide: ReplyRouter, useValue: new ReplyRouter(bus, clock, settings) },
        { provide: Freshness, useValue: new Freshness(database, clock, settings) },
        { provide: PayoutStore, useValue: new PayoutStore(database) },
        { provide: TimelineStore, useValue: new TimelineStore(database) },
        { provide: AccountStore, useValue: new AccountStore(database) },
        CallerGuard,
        CommandGateway,
        ...QUERY_HANDLERS,
      ],
    };
  }
}
