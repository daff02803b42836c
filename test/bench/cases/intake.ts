import type { BenchCase, Measurement } from '../bench-case.js';
import { CommandLedger } from '../ledger/command-ledger.js';
import { INTAKE_CALLERS, measureIntake, type IntakeLoad } from '../ledger/intake-load.js';
import type { Progress } from '../progress.js';
import { RAW_APPEND } from './raw-append.js';

const MANY = 256;

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
  readonly #loads: readonly IntakeLoad[];

  constructor(quick: boolean) {
    const many = quick ? 100 : 4_000;
    const hot = quick ? 50 : 2_000;
    const accounts = quick ? 16 : MANY;
    this.#loads = [
      { name: 'many-accounts', accounts, commands: many },
      { name: 'hot-account', accounts: 1, commands: hot },
    ];
    this.settings = { callers: INTAKE_CALLERS, accounts, commandsToMany: many, commandsToOne: hot };
  }

  async run(progress: Progress): Promise<Readonly<Record<string, Measurement>>> {
    const measured: Record<string, Measurement> = {};
    for (const load of this.#loads)
      Object.assign(measured, await measureIntake(await CommandLedger.start(), load, progress));
    return measured;
  }
}

function figuresOf(name: string, whose: string) {
  return {
    [`intake-${name}`]: {
      unit: 'commands',
      comparedWith: RAW_APPEND,
      about: `published → PayoutRequested durable and the reply read; ${INTAKE_CALLERS} callers, ${whose}`,
    },
    [`own-side-${name}`]: {
      unit: 'payouts',
      comparedWith: RAW_APPEND,
      about: `the same commands until the last is settled, the provider being instant; ${whose}`,
    },
  };
}
