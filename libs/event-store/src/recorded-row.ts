import type { LogPosition } from '#domain/log-position';
import { logPosition } from '#domain/log-position';
import type { JsonObject, RecordedEvent } from './event-store.js';

/** An event as the embedded stores keep it. Its position is its number in the log, from 1. */
export interface RecordedRow {
  readonly position: number;
  readonly stream: string;
  readonly revision: number;
  readonly id: string;
  readonly type: string;
  readonly data: string;
  readonly metadata: string;
}

export function recordedEvent(row: RecordedRow): RecordedEvent {
  return {
    id: row.id,
    type: row.type,
    data: JSON.parse(row.data) as JsonObject,
    metadata: JSON.parse(row.metadata) as JsonObject,
    stream: row.stream,
    revision: BigInt(row.revision),
    position: positionOf(row.position),
  };
}

export function positionOf(number: number): LogPosition {
  return String(number) as LogPosition;
}

/**
 * The number of an event in an embedded log; 0 is before the first. Throws a `RangeError` on a position of another
 * engine: its log has to be imported, not pointed into.
 */
export function numberOf(position: LogPosition | undefined): number {
  if (position === undefined) return 0;
  if (logPosition(position).includes('/')) throw new RangeError(`not a position of this log: ${position}`);
  return Math.min(Number(position), Number.MAX_SAFE_INTEGER);
}

/** Throws a `RangeError` unless it is a whole number from 1. */
export function checkLimit(limit: number): void {
  if (!Number.isSafeInteger(limit) || limit < 1) throw new RangeError(`not a number of events: ${limit}`);
}
