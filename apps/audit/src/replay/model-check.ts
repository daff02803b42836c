import type { ReadModelDatabase } from '#read-models/database';
import type { LoggedEvent } from '../log/log.js';
import type { ProjectedEvent } from '#read-models/read-model';
import type { Difference } from './difference.js';
import type { LedgerFold } from './ledger-fold.js';

/**
 * Compares one read model with the log. It is handed every page of the log up to the model's checkpoint, in order, and
 * then asked to finish.
 */
export abstract class ModelCheck {
  /** Name of the model, as its checkpoint has it. */
  abstract readonly model: string;

  abstract take(page: readonly LoggedEvent[]): Promise<void>;

  /** `fold` stands exactly at the model's checkpoint. */
  abstract finish(fold: LedgerFold): Promise<ModelCheckResult>;
}

export interface ModelCheckResult {
  /** In the tables. */
  readonly rows: number;
  readonly differences: readonly Difference[];
}

export type MakeModelCheck = (database: ReadModelDatabase) => ModelCheck;

/** As a projector sees the event. */
export function projectedEvent({ recorded, metadata, event }: LoggedEvent): ProjectedEvent {
  const { position, revision } = recorded;
  return { event, position, revision, recordedAt: metadata.recordedAt };
}
