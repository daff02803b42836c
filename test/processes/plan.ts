import { ACCOUNTS, ALL_ACCOUNTS, planPayouts, type Account, type PlannedPayout } from '#demo/scenario';

/** Payouts of one demo. Each such part has all of its faults. */
const PART = 200;
/** Accounts of a kind: commands about one account keep their order, so that one alone would be a queue. */
const COPIES = 4;

const RICH: ReadonlySet<string> = new Set(ACCOUNTS.map(({ accountId }) => accountId));

/** Every account that a payout is from. */
export const PLANNED_ACCOUNTS: readonly Account[] = ALL_ACCOUNTS.flatMap((account) =>
  RICH.has(account.accountId)
    ? Array.from({ length: COPIES }, (_, copy) => ({
        ...account,
        accountId: copyOf(account.accountId, copy),
      }))
    : [account],
);

/**
 * The demo's payouts, with its faults, over and over until there are enough: success, failure, lost answers before and
 * after paying, delays, repeats and reorders of callbacks, money that turns, cancellations, accounts without funds.
 */
export function planRun(count: number): readonly PlannedPayout[] {
  const parts = Array.from({ length: Math.ceil(count / PART) }, (_, part) =>
    planPayouts(Math.min(PART, count - part * PART), `${10_000 + part}00`),
  );
  return parts.flat().map((payout, index) => ({
    ...payout,
    accountId: RICH.has(payout.accountId) ? copyOf(payout.accountId, index % COPIES) : payout.accountId,
  }));
}

function copyOf(accountId: string, copy: number): string {
  return `${accountId}-${copy + 1}`;
}
