import type { Checkpoints } from '#coordination/checkpoints';
import { comparePositions, isLogPosition } from '#domain/log-position';
import type { EventStore } from '#event-store/event-store';

/** The checkpoints of `command`; those of the read models go with their tables. */
const LOOPS = ['ledger-process', 'payout-process', 'publisher'] as const;

export interface RestoreParts {
  readonly store: EventStore;
  readonly checkpoints: Checkpoints;
  /** Has every read model made anew from the log at the next start of `projection`. */
  readonly forgetReadModels: () => Promise<void>;
  readonly say: (line: string) => void;
}

/**
 * After the log was restored from a backup: what lies behind its end is set back to it. A loop whose checkpoint was at
 * a lost event had handled all before it, so that the end of the restored log is exactly as far as it is. Repeating
 * this changes nothing more.
 */
export async function setBackToTheEnd({
  store,
  checkpoints,
  forgetReadModels,
  say,
}: RestoreParts): Promise<void> {
  const head = await store.head();
  say(`the log ends at ${head ?? 'its start'}`);
  for (const name of LOOPS) {
    const at = await checkpoints.load(name);
    if (at === undefined || !isLogPosition(at)) {
      say(
        `${name}: ${at === undefined ? 'begins at the start' : `left alone: ${JSON.stringify(at)} is no position`}`,
      );
      continue;
    }
    if (head === undefined) throw new Error('the log is empty: is this the right server?');
    if (comparePositions(at, head) <= 0) {
      say(`${name}: at ${at}, left alone`);
      continue;
    }
    const moved = await checkpoints.advance(name, at, head);
    if (moved === 'lost') throw new Error(`${name} moves while this runs: stop every copy of command first`);
    say(`${name}: set back from ${at} to ${head}`);
  }
  await forgetReadModels();
  say('read models: made anew at the next start of projection');
  say(
    'Now start command with PAYOUT_SENDING=paused, reconcile with the providers, then payout-ops resume-sending.',
  );
}
