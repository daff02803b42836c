import { Stopwatch, type BenchCase, type Measurement } from '../bench-case.js';
import { inParallel } from '../ledger/caller.js';
import { CommandLedger } from '../ledger/command-ledger.js';
import { LogWatch } from '../ledger/log-watch.js';
import type { Progress } from '../progress.js';
import { RAW_APPEND } from './raw-append.js';

const CALLERS = 64;
const MANY = 256;

interface Load {
  readonly name: string;
  readonly accounts: number;
  readonly commands: number;
}

/**
 * `RequestPayout` on the bus → `PayoutRequested` durable and its reply with the caller, while everything behind it works:
 * both processes, the publisher, and a provider in this process that pays at once.
 */
export class IntakeCase implements BenchCase {
  readonly figures = {
    ...figuresOf('many-accounts', 'many accounts'),
    ...figuresOf('hot-account', 'one account, whose commands keep their order'),
  };
  readonly settings: Readonly<Record<string, number>>;
  readonly #loads: readonly Load[];

  constructor(quick: boolean) {
    const many = quick ? 100 : 4_000;
    const hot = quick ? 50 : 2_000;
    const accounts = quick ? 16 : MANY;
    this.#loads = [
      { name: 'many-accounts', accounts, commands: many },
      { name: 'hot-account', accounts: 1, commands: hot },
    ];
    this.settings = { callers: CALLERS, accounts, commandsToMany: many, commandsToOne: hot };
  }

  async run(progress: Progress): Promise<Readonly<Record<string, Measurement>>> {
    const measured: Record<string, Measurement> = {};
    for (const load of this.#loads) Object.assign(measured, await this.#measure(load, progress));
    return measured;
  }

  async #measure(
    { name, accounts, commands }: Load,
    progress: Progress,
  ): Promise<Readonly<Record<string, Measurement>>> {
    const ledger = await CommandLedger.start();
    try {
      const ids = Array.from({ length: accounts }, (_, index) => `account-${index}`);
      await ledger.openAccounts(ids);
      await this.#send(ledger, ids, Math.ceil(commands / 4), progress);
      const { eventStore } = ledger.engines;
      const before = await eventStore.head();
      const time = new Stopwatch();
      const { payouts, latencies } = await this.#send(ledger, ids, commands, progress);
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
      ledger.remove();
    }
  }

  async #send(
    ledger: CommandLedger,
    accounts: readonly string[],
    count: number,
    progress: Progress,
  ): Promise<{ readonly payouts: readonly string[]; readonly latencies: readonly number[] }> {
    const payouts: string[] = [];
    const latencies = await inParallel(count, CALLERS, async (index) => {
      payouts.push(await ledger.requestPayout(accounts[index % accounts.length] ?? '', index));
      progress.count(payouts.length, count);
    });
    return { payouts, latencies };
  }
}

function figuresOf(name: string, whose: string) {
  return {
    [`intake-${name}`]: {
      unit: 'commands',
      comparedWith: RAW_APPEND,
      about: `published → PayoutRequested durable and the reply read; ${CALLERS} callers, ${whose}`,
    },
    [`own-side-${name}`]: {
      unit: 'payouts',
      comparedWith: RAW_APPEND,
      about: `the same commands until the last is settled, the provider being instant; ${whose}`,
    },
  };
}
