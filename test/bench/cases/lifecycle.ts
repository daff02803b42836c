import { Stopwatch, type BenchCase, type Measurement } from '../bench-case.js';
import { inParallel, type Caller } from '../ledger/caller.js';
import { LogWatch } from '../ledger/log-watch.js';
import { ROUTES } from '../ledger/routes.js';
import { SandboxLedger, SETTLE_AFTER_MS } from '../ledger/sandbox-ledger.js';
import type { Progress } from '../progress.js';
import { RAW_APPEND } from './raw-append.js';

const IN_FLIGHT = 64;
const ACCOUNTS_EACH = 10;
const PAYEES = 200;

/** Command → settled money through the sandbox's five providers: signed HTTP both ways, callbacks, look-ups, read models. */
export class LifecycleCase implements BenchCase {
  readonly figures = {
    lifecycle: {
      unit: 'payouts',
      comparedWith: RAW_APPEND,
      about: `published → FundsSettled in the log; ${IN_FLIGHT} in flight, five providers over HTTP`,
    },
  };
  readonly settings: Readonly<Record<string, number>>;
  readonly #payouts: number;

  constructor(quick: boolean) {
    this.#payouts = quick ? 50 : 1_500;
    this.settings = {
      inFlight: IN_FLIGHT,
      providers: ROUTES.length,
      accounts: ROUTES.length * ACCOUNTS_EACH,
      payouts: this.#payouts,
      providerSettlesAfterMs: SETTLE_AFTER_MS,
    };
  }

  async run(progress: Progress): Promise<Readonly<Record<string, Measurement>>> {
    const ledger = await SandboxLedger.start();
    const watch = await LogWatch.from(ledger.engines.eventStore);
    try {
      await openAccounts(ledger.caller, watch);
      const warmUp = Math.ceil(this.#payouts / 5);
      await this.#pay(ledger.caller, watch, 0, warmUp, progress);
      const time = new Stopwatch();
      const latencies = await this.#pay(ledger.caller, watch, warmUp, this.#payouts, progress);
      return {
        lifecycle: { count: this.#payouts, ...time.lap(), latencies },
      };
    } finally {
      await watch.stop();
      await ledger.stop();
    }
  }

  #pay(
    caller: Caller,
    watch: LogWatch,
    from: number,
    count: number,
    progress: Progress,
  ): Promise<readonly number[]> {
    return inParallel(count, IN_FLIGHT, async (number) => {
      const index = from + number;
      await watch.whenSettled(await request(caller, index));
      progress.count(watch.settled - from, count);
    });
  }
}

async function request(caller: Caller, index: number): Promise<string> {
  const route = ROUTES[index % ROUTES.length];
  if (route === undefined) throw new Error('there is no route');
  const { provider, currency, amount } = route;
  const payoutId = await caller.ask({
    type: 'RequestPayout',
    data: {
      accountId: accountOf(provider, Math.floor(index / ROUTES.length) % ACCOUNTS_EACH),
      amount,
      currency,
      provider,
      payeeId: `payee-${index % PAYEES}`,
      beneficiary: route.beneficiary(index),
      description: 'Monthly commission',
    },
  });
  if (payoutId === undefined) throw new Error('the reply names no payout');
  return payoutId;
}

async function openAccounts(caller: Caller, watch: LogWatch): Promise<void> {
  await inParallel(ROUTES.length * ACCOUNTS_EACH, IN_FLIGHT, async (index) => {
    const route = ROUTES[index % ROUTES.length];
    if (route === undefined) throw new Error('there is no route');
    const { provider, currency, deposit } = route;
    const accountId = accountOf(provider, Math.floor(index / ROUTES.length));
    await caller.ask({ type: 'OpenAccount', data: { accountId, currency } });
    await caller.ask({ type: 'Deposit', data: { accountId, amount: deposit, currency } });
    await watch.whenDeposited(accountId);
  });
}

function accountOf(provider: string, number: number): string {
  return `${provider}-${number}`;
}
