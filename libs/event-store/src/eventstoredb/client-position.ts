import type { Position } from '@eventstore/db-client';
import { logPosition, type LogPosition } from '#domain/log-position';

/** The server's positions and revisions are signed 64-bit numbers; −1 (none) comes as a far larger one. */
export const LARGEST_POSITION = 2n ** 63n - 1n;

/** Undefined when the server gave none. */
export function fromClient(position: Position | undefined): LogPosition | undefined {
  if (position === undefined || position.commit > LARGEST_POSITION || position.commit < 0n) return undefined;
  const { commit, prepare } = position;
  return logPosition(commit === prepare ? commit.toString() : `${commit.toString()}/${prepare.toString()}`);
}

/** Undefined when it lies behind everything that a server can hold. Throws a `RangeError` on what is no position. */
export function toClient(position: LogPosition): Position | undefined {
  const [commit = '0', prepare = commit] = logPosition(position).split('/');
  const converted = { commit: BigInt(commit), prepare: BigInt(prepare) };
  return converted.commit > LARGEST_POSITION || converted.prepare > LARGEST_POSITION ? undefined : converted;
}
