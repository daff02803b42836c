/** `2026-05-04 10:10:00` in a zone that is so many hours east of UTC; the vendors print no offset. */
export function localTime(ms: number, utcOffsetHours: number): string {
  return new Date(ms + utcOffsetHours * 3_600_000).toISOString().slice(0, 19).replace('T', ' ');
}

/** `2025-10-04T12:00:00Z`: RFC 3339 without a fraction. */
export function utcSeconds(ms: number): string {
  return `${new Date(ms).toISOString().slice(0, 19)}Z`;
}

/** RFC 3339 with nanoseconds: the clock's milliseconds and six digits that the caller keeps. */
export function utcNanoseconds(ms: number, sixDigits: string): string {
  return `${new Date(ms).toISOString().slice(0, 23)}${sixDigits}Z`;
}
