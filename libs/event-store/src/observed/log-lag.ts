import { decodeMetadata } from '#domain/codec/metadata';
import type { Clock, EpochMs } from '#platform/time/clock';
import type { EventStore, LogPosition, RecordedEvent } from '../event-store.js';

/** Counted one by one up to here; above, the rest is estimated. */
const COUNTED = 100;

/** How far a consumer of the log is behind. */
export interface LogLag {
  /** Events after its position. */
  readonly events: number;
  /** Age of the first of them by its recorded time; 0 when there is none. */
  readonly seconds: number;
}

/**
 * Read from the log itself, not from what the consumer believes: one that has silently stopped is seen too. Positions
 * are places, not numbers of events (in EventStoreDB they are bytes), so a long way is estimated by the density of its
 * first events; where a position counts events, that is exact.
 */
export async function logLag(
  store: EventStore,
  clock: Clock,
  position: LogPosition | undefined,
): Promise<LogLag> {
  const page = await store.readAll({
    limit: COUNTED,
    ...(position === undefined ? {} : { after: position }),
  });
  const [first] = page;
  const last = page.at(-1);
  if (first === undefined || last === undefined) return { events: 0, seconds: 0 };
  const recordedAt = firstTime(page);
  const seconds = recordedAt === undefined ? 0 : Math.max(0, clock.now() - recordedAt) / 1_000;
  if (page.length < COUNTED) return { events: page.length, seconds };
  const head = (await store.head()) ?? last.position;
  const measured = place(last.position) - place(first.position);
  const rest = Math.max(0, place(head) - place(last.position));
  const density = measured <= 0 ? 0 : (page.length - 1) / measured;
  return { events: page.length + Math.round(rest * density), seconds };
}

/** The loop may be at a halt at an event that nobody can read: the next one is hardly younger. */
function firstTime(page: readonly RecordedEvent[]): EpochMs | undefined {
  for (const { metadata } of page) {
    try {
      return decodeMetadata(metadata).recordedAt;
    } catch {
      continue;
    }
  }
  return undefined;
}

/** The commit position. Nobody else does arithmetic on it. */
function place(position: LogPosition): number {
  return Number(position.split('/')[0]);
}
