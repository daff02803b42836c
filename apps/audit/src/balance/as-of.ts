import { isLogPosition, type LogPosition } from '#domain/log-position';
import type { EpochMs } from '#platform/time/clock';

/** A moment: a place in the log, or a time of day. A position is exact; a time is what the machines' clocks said. */
export type AsOf =
  | { readonly kind: 'position'; readonly position: LogPosition }
  | { readonly kind: 'time'; readonly time: EpochMs };

/** RFC 3339, with an offset or `Z`: a time without one is no moment. */
const TIME = /^\d{4}-\d{2}-\d{2}[Tt]\d{2}:\d{2}:\d{2}(?:\.\d{1,9})?(?:[Zz]|[+-]\d{2}:\d{2})$/;

/** Reads digits as a log position and all else as an RFC 3339 time; `undefined` when it is neither. */
export function readAsOf(text: string): AsOf | undefined {
  if (isLogPosition(text)) return { kind: 'position', position: text };
  if (!TIME.test(text)) return undefined;
  const time = Date.parse(text.toUpperCase());
  return Number.isNaN(time) || !isRealDate(text) ? undefined : { kind: 'time', time };
}

/** `Date.parse` takes 30 February for 1 March. */
function isRealDate(text: string): boolean {
  const day = text.slice(0, 10);
  const parsed = Date.parse(`${day}T00:00:00Z`);
  return !Number.isNaN(parsed) && new Date(parsed).toISOString().startsWith(day);
}
