import { Stopwatch, type Measurement } from '../bench-case.js';
import type { Progress } from '../progress.js';
import type { BenchRoom } from './bench-room.js';
import { inParallel } from './caller.js';
import type { CommandLedger } from './command-ledger.js';
import { LogWatch } from './log-watch.js';

export const INTAKE_CALLERS = 64;

export interface IntakeLoad {
  readonly name: string;
  readonly accounts: number;
  readonly commands: number;
}

/** Commands until all are answered, and until all their payouts are settled. The ledger is stopped and removed. */
export async function measureIntake(
  ledger: CommandLedger<BenchRoom>,
  { name, accounts, commands }: IntakeLoad,
  progress: Progress,
): Promise<Readonly<Record<string, Measurement>>> {
  try {
    const ids = Array.from({ length: accounts }, (_, index) => `account-${index}`);
    await ledger.openAccounts(ids);
    await send(ledger, ids, Math.ceil(commands / 4), progress);
    const { eventStore } = ledger.engines;
    const before = await eventStore.head();
    const time = new Stopwatch();
    const { payouts, latencies } = await send(ledger, ids, commands, progress);
    const answered = time.lap();
    const watch = await LogWatch.from(eventStore, before);
    await Promise.all(payouts.map((payoutId) => watch.whenSettled(payoutId)));
    const settled = time.lap();
    await watch.stop();
    return {
      [`intake-${name}`]: { count: commands, ...answered, latencies },
      [`own-side-${name}`]: { count: commands, ...settled },
    };
  } finally {
    await ledger.stop();
    await ledger.remove();
  }
}

async function send(
  ledger: CommandLedger<BenchRoom>,
  accounts: readonly string[],
  count: number,
  progress: Progress,
): Promise<{ readonly payouts: readonly string[]; readonly latencies: readonly number[] }> {
  const payouts: string[] = [];
  const latencies = await inParallel(count, INTAKE_CALLERS, async (index) => {
    payouts.push(await ledger.requestPayout(accounts[index % accounts.length] ?? '', index));
    progress.count(payouts.length, count);
  });
  return { payouts, latencies };
}
