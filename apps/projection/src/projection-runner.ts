import type { EventStore, LogPosition, RecordedEvent } from '#event-store/event-store';
import { Subscription } from '#event-store/run-subscription';
import type { Logger } from '#platform/logging/logger';
import type { Clock, EpochMs } from '#platform/time/clock';
import type { ReadModelDatabase } from '#read-models/database';
import type { ReadModel } from '#read-models/read-model';
import type { Metrics } from '#platform/metrics/metrics';
import { NO_TRACING, type Tracing } from '#platform/tracing/tracing';
import { recordProjected } from './observing/projected-spans.js';
import { concerningEvents } from './projected-event.js';

/** Events of one transaction at most. */
export const PROJECTION_BATCH = 500;

/** The checkpoint was moved by someone else: what was projected on top of the old one was not written. */
export class ProjectionLostError extends Error {
  override readonly name = 'ProjectionLostError';

  constructor(model: string) {
    super(`the checkpoint of read model ${model} was moved by another runner: its own is read again`);
  }
}

export interface ProjectionStatus {
  readonly model: string;
  /** `halted`: it can't go on; it tries again and again, and somebody has to look. */
  readonly state: 'stopped' | 'running' | 'halted';
  readonly checkpoint: LogPosition | undefined;
  /** Whether everything that was in the log a moment ago is in the rows. */
  readonly caughtUp: boolean;
  /** How long ago the event after which the rows stand was recorded, in milliseconds; 0 when caught up. */
  readonly lagMs: number;
  /** What it fails of. */
  readonly trouble: string | undefined;
}

export interface ProjectionParts {
  readonly eventStore: EventStore;
  readonly database: ReadModelDatabase;
  readonly clock: Clock;
  readonly logger: Logger;
  /** Nobody looks when absent. */
  readonly metrics?: Metrics;
  readonly tracing?: Tracing;
}

/**
 * Brings one read model after the log, from its checkpoint on. Whatever stops it (the database is away, an event that
 * nobody can read, a log that ends before the checkpoint), it goes on from the checkpoint as soon as it can.
 */
export class ProjectionRunner {
  #subscription: Subscription | undefined;
  #checkpoint: LogPosition | undefined;
  #projectedUpTo: EpochMs | undefined;

  constructor(
    private readonly model: ReadModel,
    private readonly parts: ProjectionParts,
  ) {}

  start(): void {
    const { eventStore, clock, logger } = this.parts;
    const { model } = this.model.schema;
    this.#subscription ??= Subscription.start({
      store: eventStore,
      clock,
      batchSize: PROJECTION_BATCH,
      checkpoint: () => this.#load(),
      handle: (batch) => this.#project(batch),
      onError: (failure) => logger.alarm('projection-halted', { model, ...failure }),
    });
  }

  /** Resolves when nothing is in flight. */
  async stop(): Promise<void> {
    await this.#subscription?.stop();
    this.#subscription = undefined;
  }

  status(): ProjectionStatus {
    const { clock } = this.parts;
    const caughtUp = this.#subscription?.caughtUp === true;
    const behind = caughtUp || this.#projectedUpTo === undefined ? 0 : clock.now() - this.#projectedUpTo;
    const trouble = this.#subscription?.lastError;
    return {
      model: this.model.schema.model,
      state: this.#subscription === undefined ? 'stopped' : trouble === undefined ? 'running' : 'halted',
      checkpoint: this.#checkpoint,
      caughtUp,
      lagMs: Math.max(0, behind),
      trouble: trouble === undefined ? undefined : `${trouble.name}: ${trouble.message}`,
    };
  }

  async #load(): Promise<LogPosition | undefined> {
    const { database } = this.parts;
    await database.migrate(this.model.schema);
    this.#checkpoint = await database.checkpoint(this.model.schema.model);
    return this.#checkpoint;
  }

  async #project(page: readonly RecordedEvent[]): Promise<void> {
    const last = page.at(-1);
    if (last === undefined) return;
    const { database, clock, tracing = NO_TRACING } = this.parts;
    const from = clock.now();
    const events = concerningEvents(page, this.model);
    const statements = await this.model.project(database, events);
    const { model } = this.model.schema;
    const outcome = await database.apply(model, this.#checkpoint, last.position, statements);
    if (outcome === 'lost') throw new ProjectionLostError(model);
    this.#checkpoint = last.position;
    this.#projectedUpTo = events.at(-1)?.recordedAt ?? this.#projectedUpTo;
    recordProjected(tracing, this.model, page, { from, to: clock.now() });
  }
}
