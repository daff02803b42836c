import { Module, type DynamicModule } from '@nestjs/common';
import { EventStore } from '#event-store/event-store';
import { Clock } from '#platform/time/clock';
import { ReadModelDatabase } from '#read-models/database';
import { Projections } from './projections.js';

export interface ProjectionEngines {
  readonly eventStore: EventStore;
  readonly database: ReadModelDatabase;
  readonly clock: Clock;
}

/** The log in, rows out. Whoever composes it starts and stops `Projections`. */
@Module({})
export class ProjectionModule {
  static register(engines: ProjectionEngines): DynamicModule {
    return {
      module: ProjectionModule,
      providers: [
        { provide: EventStore, useValue: engines.eventStore },
        { provide: ReadModelDatabase, useValue: engines.database },
        { provide: Clock, useValue: engines.clock },
        Projections,
      ],
      exports: [Projections],
    };
  }
}
