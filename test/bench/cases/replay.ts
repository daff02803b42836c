import { readEvent, readPages } from '#audit/log/log';
import { openLedger, type OpenLedger } from '#audit/open-ledger';
import { LedgerFold } from '#audit/replay/ledger-fold';
import { Replay } from '#audit/replay/replay';
import { SystemClock } from '#platform/time/system-clock';
import { Projections } from '#projection/projections';
import { eventually } from '#test/support/eventually';
import { Stopwatch, type BenchCase, type Measurement } from '../bench-case.js';
import { inParallel } from '../ledger/caller.js';
import { CommandLedger } from '../ledger/command-ledger.js';
import { LogWatch } from '../ledger/log-watch.js';
import type { Progress } from '../progress.js';

const RAW_READ = 'raw-read';
const CALLERS = 64;
const ACCOUNTS = 64;
const PROJECTED_WITHIN_MS = 120_000;

/** Reading a real history back: as it is stored, folded by the domain, and as the audit does it with the read models. */
export class ReplayCase implements BenchCase {
  readonly figures = {
    [RAW_READ]: {
      unit: 'events',
      comparedWith: RAW_READ,
      about: 'the whole log in pages, its JSON parsed, nothing decoded',
    },
    fold: {
      unit: 'events',
      comparedWith: RAW_READ,
      about: 'the same, each event decoded and folded by the domain, its postings checked',
    },
    'audit-replay': {
      unit: 'events',
      comparedWith: RAW_READ,
      about: 'the same, and every row of every read model compared, as `audit replay` does it',
    },
  };
  readonly settings: Readonly<Record<string, number>>;
  readonly #payouts: number;
  #ledger: CommandLedger | undefined;

  constructor(quick: boolean) {
    this.#payouts = quick ? 100 : 3_000;
    this.settings = { payouts: this.#payouts, accounts: ACCOUNTS };
  }

  async run(progress: Progress): Promise<Readonly<Record<string, Measurement>>> {
    this.#ledger ??= await this.#writeHistory(progress);
    const { dataFolder } = this.#ledger.room;
    const ledger = await openLedger({ kind: 'folder', dataFolder }, new SystemClock());
    try {
      return {
        [RAW_READ]: await timed(() => readAll(ledger)),
        fold: await timed(() => foldAll(ledger)),
        'audit-replay': await timed(() => replayAll(ledger)),
      };
    } finally {
      await ledger.close();
    }
  }

  close(): Promise<void> {
    return this.#ledger?.remove() ?? Promise.resolve();
  }

  /** The repeats read the same history: reading leaves it as it is. */
  async #writeHistory(progress: Progress): Promise<CommandLedger> {
    const ledger = await CommandLedger.start();
    const accounts = Array.from({ length: ACCOUNTS }, (_, index) => `account-${index}`);
    await ledger.openAccounts(accounts);
    const { eventStore, readModels } = ledger.engines;
    const watch = await LogWatch.from(eventStore);
    let settled = 0;
    await inParallel(this.#payouts, CALLERS, async (index) => {
      await watch.whenSettled(await ledger.requestPayout(accounts[index % ACCOUNTS] ?? '', index));
      settled += 1;
      progress.count(settled, this.#payouts);
    });
    await watch.stop();
    const projections = new Projections({ ...ledger.engines, database: readModels });
    projections.start();
    await eventually(() => projections.status().every(({ caughtUp }) => caughtUp), PROJECTED_WITHIN_MS);
    await projections.stop();
    await ledger.stop();
    return ledger;
  }
}

async function readAll({ log }: OpenLedger): Promise<number> {
  let events = 0;
  for await (const page of readPages(log)) events += page.length;
  return events;
}

async function foldAll({ log }: OpenLedger): Promise<number> {
  const fold = new LedgerFold();
  for await (const page of readPages(log)) for (const recorded of page) fold.apply(readEvent(recorded));
  return fold.events;
}

async function replayAll(ledger: OpenLedger): Promise<number> {
  const { log, tables } = ledger;
  if (tables === undefined) throw new Error('there are no tables to compare with');
  const report = await tables.inSnapshot((readModels) =>
    new Replay({ log, readModels, clock: new SystemClock() }).run(),
  );
  if (!report.equal) throw new Error('the read models are not what the log says: run `audit replay`');
  return report.log.events;
}

async function timed(read: () => Promise<number>): Promise<Measurement> {
  const time = new Stopwatch();
  const count = await read();
  return { count, ...time.lap() };
}
