import type { LogPosition } from '#domain/log-position';

const DIGITS = 20;
const PATTERN = /^[0-9]{20}-[0-9]{20}$/;

/** A log position as text of fixed length that sorts, in any database and collation, as the log does. */
export function positionKey(position: LogPosition): string {
  const [commit = '0', prepare = commit] = position.split('/');
  return `${commit.padStart(DIGITS, '0')}-${prepare.padStart(DIGITS, '0')}`;
}

export function isPositionKey(text: string): boolean {
  return PATTERN.test(text);
}
