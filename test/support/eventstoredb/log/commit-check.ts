import type { RecentIds } from './recent-ids.js';

/** What the writer expects of the stream: its last revision, or one of the protocol's words. */
export type Expected = bigint | 'any' | 'no-stream' | 'stream-exists';

/** The stream as the check sees it. */
export interface StreamView {
  readonly name: string;
  /** -1n when it never had an event. */
  readonly lastRevision: bigint;
  readonly tombstoned: boolean;
  readonly softDeleted: boolean;
  readonly hasMetadata: boolean;
  idAt(revision: bigint): string | undefined;
}

export type CommitCheck =
  | { readonly decision: 'write'; readonly undelete: boolean }
  /** All of these ids are in the stream already, where the writer expects to put them: success, nothing is written. */
  | { readonly decision: 'already'; readonly lastRevision: bigint }
  | { readonly decision: 'wrong-revision' }
  | { readonly decision: 'deleted' };

/**
 * Decides an append as the server does. Written from what was recorded: an id stands for its content, ids are known per
 * stream and per revision, a part of an earlier append is recognised, and anything that mixes old and new is refused.
 */
export function checkCommit(
  stream: StreamView,
  expected: Expected,
  ids: readonly string[],
  recent: RecentIds,
): CommitCheck {
  if (stream.tombstoned) return { decision: 'deleted' };
  if (expected === 'stream-exists') {
    if (stream.softDeleted) return { decision: 'deleted' };
    if (stream.lastRevision < 0n && !stream.hasMetadata) return { decision: 'wrong-revision' };
  }
  if (expected === 'any' || expected === 'stream-exists') return checkByRecentIds(stream, ids, recent);

  const revision = expected === 'no-stream' ? -1n : expected;
  if (revision > stream.lastRevision) return { decision: 'wrong-revision' };
  if (revision === stream.lastRevision) return { decision: 'write', undelete: stream.softDeleted };
  let at = revision;
  for (const id of ids) {
    at += 1n;
    if (stream.idAt(at) === id) continue;
    const first = at === revision + 1n;
    if (first && revision === -1n && stream.softDeleted) return { decision: 'write', undelete: true };
    return { decision: 'wrong-revision' };
  }
  return ids.length === 0 ? { decision: 'wrong-revision' } : { decision: 'already', lastRevision: at };
}

function checkByRecentIds(stream: StreamView, ids: readonly string[], recent: RecentIds): CommitCheck {
  let last: bigint | undefined;
  for (const [index, id] of ids.entries()) {
    const revision = recent.revisionOf(stream.name, id);
    if (revision === undefined) {
      return index === 0
        ? { decision: 'write', undelete: stream.softDeleted }
        : { decision: 'wrong-revision' };
    }
    last = revision;
  }
  return last === undefined
    ? { decision: 'write', undelete: stream.softDeleted }
    : { decision: 'already', lastRevision: last };
}
