import type { Checkpoints } from '#coordination/checkpoints';
import { comparePositions, isLogPosition, type LogPosition } from '#domain/log-position';
import type { EventStore } from '#event-store/event-store';

/** The checkpoints of `command`; those of the read models go with their tables. */
const LOOPS = ['ledger-process', 'payout-process', 'publisher'] as const;

export interface RestoreParts {
  readonly store: EventStore;
  readonly checkpoints: Checkpoints;
  /** Records in the log that nothing is sent; true when it was so already. */
  readonly pauseSending: () => Promise<boolean>;
  /** Has every read model made anew from the log at the next start of `projection`. */
  readonly forgetReadModels: () => Promise<void>;
  readonly say: (line: string) => void;
}

/**
 * After the log was restored from a backup: sending is paused, and what lies behind the log's end is set back to it. A
 * loop whose checkpoint was at a lost event had handled all before it, so that the end of the restored log is exactly as
 * far as it is. Repeating this changes nothing more.
 */
export async function setBackToTheEnd(parts: RestoreParts): Promise<void> {
  const { store, checkpoints, say } = parts;
  const head = await store.head();
  if (head === undefined) throw new Error('the log is empty: is this the right server?');
  say(`the log ends at ${head}`);
  // First: with the checkpoints moved, nothing tells any more that events were lost.
  say((await parts.pauseSending()) ? 'sending: is paused' : 'sending: paused, until an operator resumes it');
  for (const name of LOOPS) say(`${name}: ${await setBack(checkpoints, name, head)}`);
  await parts.forgetReadModels();
  say('read models: made anew at the next start of projection');
  say('Now start the programs, reconcile with the providers, then payout-ops resume-sending.');
}

async function setBack(checkpoints: Checkpoints, name: string, head: LogPosition): Promise<string> {
  const at = await checkpoints.load(name);
  if (at === undefined) return 'begins at the start';
  if (!isLogPosition(at)) return `left alone: ${JSON.stringify(at)} is no position`;
  if (comparePositions(at, head) <= 0) return `at ${at}, left alone`;
  const moved = await checkpoints.advance(name, at, head);
  if (moved === 'lost') throw new Error(`${name} moves while this runs: stop every copy of command first`);
  return `set back from ${at} to ${head}`;
}
