import { Injectable } from '@nestjs/common';
import { EventStore } from '#event-store/event-store';
import { Clock } from '#platform/time/clock';
import { ReadModelDatabase } from '#read-models/database';
import { READ_MODELS } from '#read-models/models';
import { ProjectionRunner, type ProjectionStatus } from './projection-runner.js';

/** The runners of all read models, each by itself: one that fails leaves the others at work. */
@Injectable()
export class Projections {
  readonly runners: readonly ProjectionRunner[];

  constructor(eventStore: EventStore, database: ReadModelDatabase, clock: Clock) {
    this.runners = READ_MODELS.map((model) => new ProjectionRunner(model, { eventStore, database, clock }));
  }

  start(): void {
    for (const runner of this.runners) runner.start();
  }

  async stop(): Promise<void> {
    await Promise.all(this.runners.map((runner) => runner.stop()));
  }

  /** Rejects with the cause as soon as one of them has ended by itself; resolves when all were stopped. */
  async ended(): Promise<void> {
    await Promise.all(this.runners.map((runner) => runner.ended));
  }

  status(): readonly ProjectionStatus[] {
    return this.runners.map((runner) => runner.status());
  }
}
