import type { EventLog } from './event-log.js';

/** What a reader of one stream sees of it: indexes into `log.streamEvents(stream)`, `from` inclusive, `to` exclusive. */
export type VisibleRange =
  | { readonly kind: 'missing' }
  | { readonly kind: 'deleted' }
  | { readonly kind: 'events'; readonly from: number; readonly to: number };

export function visibleRange(log: EventLog, stream: string, nowMs: number): VisibleRange {
  if (log.isTombstoned(stream)) return { kind: 'deleted' };
  const events = log.streamEvents(stream);
  let to = events.length;
  const tail = log.at(log.visible);
  if (tail !== undefined) {
    // Events that aren't durable yet are the last ones of their streams.
    while (to > 0 && (events[to - 1]?.position ?? 0) >= tail.position) to -= 1;
  }
  const metadata = log.metadataOf(stream);
  if (to === 0 || metadata.softDeleted) return { kind: 'missing' };
  let from = Math.max(0, Number(metadata.truncateBefore ?? 0n));
  if (metadata.maxCount !== undefined) from = Math.max(from, to - metadata.maxCount);
  if (metadata.maxAgeMs !== undefined) {
    const oldest = nowMs - metadata.maxAgeMs;
    while (from < to && (events[from]?.createdMs ?? nowMs) < oldest) from += 1;
  }
  return { kind: 'events', from: Math.min(from, to), to };
}
