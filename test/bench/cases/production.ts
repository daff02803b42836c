import type { BenchCase, Measurement } from '../bench-case.js';
import { appendFor } from '../ledger/append-load.js';
import { CommandLedger } from '../ledger/command-ledger.js';
import { INTAKE_CALLERS, measureIntake } from '../ledger/intake-load.js';
import { ProductionRoom } from '../ledger/production-room.js';
import type { Progress } from '../progress.js';
import { RAW_APPEND } from './raw-append.js';

/**
 * The same loads on Kafka, PostgreSQL and EventStoreDB (or its stand-in: the settings say which), as shares of what the
 * embedded engines do in the same run. Broker, database and log share this machine's processors with us.
 */
export class ProductionCase implements BenchCase {
  readonly figures = {
    'production-append': {
      unit: 'events',
      comparedWith: RAW_APPEND,
      about: 'raw-append on the log of the production shape',
    },
    'intake-production': {
      unit: 'commands',
      comparedWith: 'intake-many-accounts',
      about: `intake-many-accounts on the production engines; ${INTAKE_CALLERS} callers`,
    },
    'own-side-production': {
      unit: 'payouts',
      comparedWith: 'own-side-many-accounts',
      about: 'own-side-many-accounts on the production engines',
    },
  };
  settings: Readonly<Record<string, number | string>>;
  readonly #seconds: number;
  readonly #commands: number;
  readonly #accounts: number;

  constructor(quick: boolean) {
    this.#seconds = quick ? 0.5 : 3;
    this.#commands = quick ? 50 : 2_000;
    this.#accounts = quick ? 16 : 256;
    this.settings = { commands: this.#commands, accounts: this.#accounts };
  }

  async run(progress: Progress): Promise<Readonly<Record<string, Measurement>>> {
    const room = await ProductionRoom.open();
    this.settings = { ...this.settings, ...room.kinds };
    await appendFor(room.engines.eventStore, this.#seconds / 10, progress);
    const append = await appendFor(room.engines.eventStore, this.#seconds, progress);
    const ledger = await CommandLedger.startIn(room);
    const load = { name: 'production', accounts: this.#accounts, commands: this.#commands };
    return { 'production-append': append, ...(await measureIntake(ledger, load, progress)) };
  }
}
