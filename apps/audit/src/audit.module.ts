import { Module, type DynamicModule } from '@nestjs/common';
import { Logger } from '#platform/logging/logger';
import type { Metrics } from '#platform/metrics/metrics';
import { Clock } from '#platform/time/clock';
import { AccountBalance } from './balance/account-balance.js';
import { AuditorGuard, AuditorToken } from './http/auditor.guard.js';
import { BalanceController } from './http/balance.controller.js';
import { HomeController } from './http/home.controller.js';
import { ReplayController } from './http/replay.controller.js';
import { TimelineController } from './http/timeline.controller.js';
import type { Log } from './log/log.js';
import { ReplayRunner } from './replay/replay-runner.js';
import type { AuditedTables } from './tables/audited-tables.js';
import { PayoutTimeline } from './timeline/payout-timeline.js';

export interface AuditEngines {
  readonly eventStore: Log;
  readonly tables: AuditedTables;
  readonly clock: Clock;
  readonly logger: Logger;
  readonly metrics?: Metrics;
  /** What auditors show. Undefined: nobody is asked, and the listener must be loopback (see `requireSafeListener`). */
  readonly token: string | undefined;
}

/** HTTP reads of the log, for auditors. It can express no write. */
@Module({})
export class AuditModule {
  static register({ eventStore: log, tables, clock, logger, token }: AuditEngines): DynamicModule {
    return {
      module: AuditModule,
      controllers: [HomeController, TimelineController, BalanceController, ReplayController],
      providers: [
        { provide: Clock, useValue: clock },
        { provide: Logger, useValue: logger },
        { provide: AuditorToken, useValue: new AuditorToken(token) },
        { provide: PayoutTimeline, useValue: new PayoutTimeline(log) },
        { provide: AccountBalance, useValue: new AccountBalance(log) },
        { provide: ReplayRunner, useValue: new ReplayRunner({ log, tables, clock, logger }) },
        AuditorGuard,
      ],
    };
  }
}
