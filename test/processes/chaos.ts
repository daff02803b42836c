import { setTimeout as sleep } from 'node:timers/promises';
import type { SeededRandom } from '../support/processes/seeded-random.js';
import type { Engines } from './engines.js';
import { COPIES, SESSION_MS, type CopyName, type Fleet } from './fleet.js';

/** Something that breaks while payouts are on their way. */
export interface Breakage {
  readonly what: string;
  run(): Promise<void>;
}

/** What of the fleet can break. */
export type BreakableFleet = Pick<Fleet, 'audit' | 'copy' | 'start'>;

export interface ChaosParts {
  readonly fleet: BreakableFleet;
  readonly engines: Pick<Engines, 'kafka' | 'postgres'>;
  readonly random: SeededRandom;
  readonly kills: number;
}

/** Longer than Kafka waits, and than any lease: others have long taken over when it wakes up. */
const STOPPED_MS = SESSION_MS + 4_000;

/**
 * Each copy is killed `kills` times, one copy of command is stopped for longer than its session, broker and database
 * are restarted once each: in an order that the seed decides, and never the same copy twice in a row.
 */
export function planChaos({ fleet, engines, random, kills }: ChaosParts): readonly Breakage[] {
  const names = shuffled(
    COPIES.flatMap((name) => Array.from({ length: kills }, () => name)),
    random,
  );
  const plan: Breakage[] = spread(names).map((name) => killOf(name, fleet, random));
  const insert = (one: Breakage): void =>
    void plan.splice(random.between(1, Math.max(1, plan.length - 1)), 0, one);
  insert({ what: 'the broker is killed and started again', run: () => engines.kafka.restart() });
  insert({ what: 'the database is restarted', run: () => engines.postgres.restart() });
  const stopped: CopyName = random.next() < 0.5 ? 'command-1' : 'command-2';
  insert(stopOf(stopped, fleet));
  return plan;
}

function killOf(name: CopyName, fleet: BreakableFleet, random: SeededRandom): Breakage {
  const down = random.between(0, 1_500);
  return {
    what: `${name} is killed`,
    run: async () => {
      // While it reads everything.
      if (name === 'audit')
        await fetch(`${fleet.audit}/v1/replay`, { method: 'POST' }).catch(() => undefined);
      await fleet.copy(name).kill();
      await sleep(down);
      await fleet.start(name);
    },
  };
}

function stopOf(name: CopyName, fleet: BreakableFleet): Breakage {
  return {
    what: `${name} is stopped for ${STOPPED_MS / 1_000} s (SIGSTOP)`,
    run: async () => {
      fleet.copy(name).pause();
      await sleep(STOPPED_MS);
      fleet.copy(name).resume();
    },
  };
}

function shuffled<T>(list: readonly T[], random: SeededRandom): readonly T[] {
  const left = [...list];
  return list.map(() => left.splice(random.between(0, left.length - 1), 1)[0] as T);
}

/** The same order, but what would come twice in a row waits until something else was there. */
function spread<T>(list: readonly T[]): readonly T[] {
  const left = [...list];
  const out: T[] = [];
  while (left.length > 0) {
    const other = left.findIndex((one) => one !== out.at(-1));
    out.push(...left.splice(Math.max(other, 0), 1));
  }
  return out;
}

/**
 * Breaks one thing after the other while the load goes on: neither gets far ahead of the other, so that whatever the
 * machine's speed something is under way at each breakage.
 */
export class Chaos {
  #done = 0;
  #share = 0;
  #woken: (() => void)[] = [];

  constructor(
    private readonly plan: readonly Breakage[],
    private readonly onBreakage: (what: string, number: number, of: number) => void,
  ) {}

  /** Resolves when all has been broken and is up again. */
  async run(): Promise<void> {
    for (const [at, breakage] of this.plan.entries()) {
      while (this.#share < (at + 0.5) / (this.plan.length + 1)) await this.#change();
      this.onBreakage(breakage.what, at + 1, this.plan.length);
      await breakage.run();
      this.#done += 1;
      this.#wake();
    }
  }

  /** How much of the load is answered, from 0 to 1. */
  progress(share: number): void {
    this.#share = share;
    this.#wake();
  }

  /** Resolves when so much of the load may be sent. */
  async mayGoOnTo(share: number): Promise<void> {
    while (share > (this.#done + 2) / (this.plan.length + 1)) await this.#change();
  }

  #change(): Promise<void> {
    return new Promise((resolve) => this.#woken.push(resolve));
  }

  #wake(): void {
    for (const wake of this.#woken.splice(0)) wake();
  }
}
