import type { DomainEvent } from '#domain/codec/stored-event';
import type { LogPosition } from '#domain/log-position';
import type { ModelSchema, ReadModelDatabase, Statement } from './database.js';

/** A decoded event with its place in the log, as projectors see it. */
export interface ProjectedEvent {
  readonly event: DomainEvent;
  readonly position: LogPosition;
  /** Within its own stream. */
  readonly revision: bigint;
  /** When it was recorded, milliseconds since the epoch. */
  readonly recordedAt: number;
}

/** One model: which events it is made of, and how they become rows. */
export interface ReadModel {
  readonly schema: ModelSchema;
  /** Types that the model is made of. The others only move its checkpoint. */
  readonly concerns: ReadonlySet<string>;
  /**
   * The statements that bring the rows from before these events to after them; several changes of one row become one
   * statement. Reads the rows that the events touch, changes nothing itself. Rejects with `UnprojectableEventError`.
   */
  project(database: ReadModelDatabase, events: readonly ProjectedEvent[]): Promise<readonly Statement[]>;
}

/** An event that can't follow on the rows: they were made of another log, or by a defect. The projection stops. */
export class UnprojectableEventError extends Error {
  override readonly name = 'UnprojectableEventError';

  constructor({ event, position }: ProjectedEvent, why: string) {
    super(`${event.type} at ${position} can't be projected: ${why}; rebuild the model from the log`);
  }
}
