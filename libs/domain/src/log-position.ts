declare const brand: unique symbol;

/**
 * A place in the log of all streams: the decimal commit position, followed by `/` and the prepare position where the
 * two differ. Nobody does arithmetic on it; it is compared and kept.
 */
export type LogPosition = string & { readonly [brand]: 'LogPosition' };

/** The form of a position as text. */
export const LOG_POSITION = /^(0|[1-9][0-9]{0,19})(?:\/(0|[1-9][0-9]{0,19}))?$/;

export function isLogPosition(text: string): text is LogPosition {
  return LOG_POSITION.test(text);
}

/** Reads a stored position. Throws a `RangeError` on anything else. */
export function logPosition(text: string): LogPosition {
  if (!isLogPosition(text)) throw new RangeError(`not a log position: ${JSON.stringify(text)}`);
  return text;
}

/** Negative when `a` lies before `b`, 0 when they are the same place. */
export function comparePositions(a: LogPosition, b: LogPosition): number {
  const [aCommit, aPrepare] = parts(a);
  const [bCommit, bPrepare] = parts(b);
  if (aCommit !== bCommit) return aCommit < bCommit ? -1 : 1;
  if (aPrepare !== bPrepare) return aPrepare < bPrepare ? -1 : 1;
  return 0;
}

function parts(position: LogPosition): readonly [bigint, bigint] {
  const [commit = '0', prepare = commit] = position.split('/');
  return [BigInt(commit), BigInt(prepare)];
}
